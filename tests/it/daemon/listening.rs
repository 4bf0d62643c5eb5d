//! What monitoring sees.

use std::net::TcpListener;

use rosterd::sandbox::veris::{Effect, Fault, Target};

use crate::fixtures::daemon::{Daemon, free_port};
use crate::fixtures::overheard;
use crate::fixtures::program::Output;
use crate::fixtures::road::Road;

fn get(road: &Road, port: u16, path: &str) -> (u16, String) {
    rosterd::transport::install_crypto();
    road.block_on(async {
        let reply = reqwest::get(format!("http://127.0.0.1:{port}{path}")).await.unwrap();
        let (status, text) = (reply.status().as_u16(), reply.text().await.unwrap());
        overheard::unasked(&text);
        (status, text)
    })
}

#[test]
fn health_readiness_and_numbers() {
    let mut road = Road::new(30);
    let port = free_port();
    road.config.settings = format!("listen: 127.0.0.1:{port}");
    road.config.sync().more = "schedule: 1h".to_owned();
    let daemon = Daemon::start(&road);
    road.wait(|road| road.runs().first().is_some_and(|run| run["summary"]["result"] == "ok"));
    assert_eq!(get(&road, port, "/healthz").0, 200);
    let ready = get(&road, port, "/readyz");
    assert_eq!(ready.0, 200, "{ready:?}");
    road.people.fire([1, 2]);
    road.faults([Fault::new(Effect::RetryAfter(600)).on(Target::Members)]);
    let held = road.run(&["sync"]);
    assert_eq!(held.code, Some(6), "{held:?}");
    let (status, text) = get(&road, port, "/metrics");
    assert_eq!(status, 200);
    for line in [
        "rosterd_runs_total{sync=\"people\",result=\"ok\"} 1",
        "rosterd_runs_total{sync=\"people\",result=\"pending\"} 1",
        "rosterd_member_changes_total{sync=\"people\",kind=\"join\"} 30",
        "rosterd_member_changes_total{sync=\"people\",kind=\"leave\"} 2",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} is not in\n{text}");
    }
    for path in ["/metrics", "/healthz", "/readyz", "/"] {
        let shown = get(&road, port, path).1;
        let names_nobody = !["E1\"", "E2\"", "uid=", "ou="].iter().any(|name| shown.contains(name));
        assert!(names_nobody, "{path}: {shown}");
        road.discreet(&Output { code: None, stdout: shown, stderr: String::new() });
    }
    let overdue = "rosterd_oldest_undelivered_leave_timestamp_seconds{sync=\"people\"}";
    assert!(text.contains("# HELP") && text.contains(overdue), "{text}");
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    road.discreet(&output);
}

#[test]
fn an_address_that_is_taken_is_an_error_at_once() {
    let mut road = Road::new(2);
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    road.config.settings = format!("listen: {}", taken.local_addr().unwrap());
    let output = Daemon::begin(&road, &[]).end();
    assert_eq!(output.code, Some(1), "{output:?}");
    assert!(output.stderr.contains("listen") && output.stderr.contains("already"), "{output:?}");
}
