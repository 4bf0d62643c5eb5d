//! What was kept for long enough goes, by itself or because somebody asks for it, and leaves the file.

use std::fs;
use std::time::Duration;

use serde_json::json;

use crate::fixtures::daemon::Daemon;
use crate::fixtures::program::Output;
use crate::fixtures::road::{Bench, Road};

const DAY: Duration = Duration::from_hours(24);

/// Somebody's title, which nobody else has.
const PLANTED: &str = "Planted-Value-4711";

impl Bench {
    /// Whether the store's file says something anywhere, or its log.
    fn is_in_file(&self, what: &str) -> bool {
        ["state.db", "state.db-wal"].iter().any(|name| {
            let bytes = fs::read(self.state().join(name)).unwrap_or_default();
            bytes.windows(what.len()).any(|window| window == what.as_bytes())
        })
    }

    fn said(&self, arguments: &[&str]) -> Output {
        self.start(arguments).end()
    }
}

/// Somebody who left; and their key.
fn left() -> (Road, String) {
    let mut road = Road::new(12);
    road.people.set(1, "title", PLANTED);
    road.sync_well();
    let key = road.said(&["explain", "E1", "--json"]).lines()[0]["key"].as_str().unwrap().to_owned();
    assert!(road.is_in_file(PLANTED) && road.is_in_file(&key));
    road.people.fire([1]);
    road.sync_well();
    (road, key)
}

#[test]
fn a_daemon_removes_what_is_due_to_go_by_itself() {
    let (mut road, key) = left();
    let daemon = Daemon::start(&road);
    road.run(&["sync"]).ended("ok", 0);
    assert_eq!(daemon.stop().code, Some(0));
    assert!(road.is_in_file(PLANTED), "not before its time");
    road.later(DAY);
    let daemon = Daemon::start(&road);
    road.wait(|road| !road.is_in_file(PLANTED));
    let story = road.said(&["explain", "E1", "--offline", "--json"]).lines().remove(0);
    assert_eq!((&story["account"]["forgotten"], &story["account"]["payload"]), (&json!(true), &json!({})), "{story}");
    let text = road.said(&["explain", "E1", "--offline"]).well();
    assert!(text.contains("payload    forgotten: they left longer ago"), "{text}");
    assert!(road.is_in_file("@corp.example.com"), "of those who are there everything is");
    assert!(road.run(&["resend", "people", "E1"]).stdout.contains("\"resent\":0"));
    road.run(&["sync"]).ended("ok", 0);
    assert_eq!(daemon.stop().code, Some(0));
    road.later(DAY * 400);
    let daemon = Daemon::start(&road);
    road.wait(|road| !road.is_in_file(&key));
    assert_eq!(road.said(&["explain", "E1", "--offline"]).code, Some(1));
    assert!(!road.said(&["runs"]).well().is_empty() && road.said(&["status"]).code == Some(0));
    assert_eq!(road.said(&["explain", "E2", "--offline"]).code, Some(0));
    // Somebody new.
    road.people.hire([1]);
    let json = road.run(&["sync"]).ended("ok", 0);
    assert_eq!(json["members"]["joined"], 1, "{json}");
    road.in_step();
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    road.discreet(&output);
}

#[test]
fn without_a_daemon_a_run_does_so_in_its_end() {
    let (mut road, key) = left();
    road.later(DAY * 2);
    road.run(&["sync"]).ended("ok", 0);
    assert!(!road.is_in_file(PLANTED) && road.is_in_file(&key));
    road.config.settings = "retention: { audit: 0s }".to_owned();
    road.run(&["sync"]).ended("ok", 0);
    assert!(!road.is_in_file(&key));
    road.in_step();
}

#[test]
fn whoever_is_gone_can_be_forgotten_at_once() {
    let (mut road, key) = left();
    let active = road.said(&["forget", "E2"]);
    assert_eq!(active.code, Some(1));
    assert!(
        active.stderr.contains("nothing was forgotten") && active.stderr.contains("rosterd sync people"),
        "{active:?}"
    );
    let unknown = road.said(&["forget", "E99"]);
    assert!(unknown.code == Some(1) && unknown.stderr.contains("nobody is known by “E99”"), "{unknown:?}");
    assert_eq!(road.said(&["forget"]).code, Some(2));
    let daemon = Daemon::start(&road);
    let output = road.said(&["forget", &key, "--reason", "a request of August"]);
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{output:?}");
    let realm = format!("veris {} sandbox", road.sandbox.url());
    insta::assert_snapshot!(output.stdout.replace(&realm, "REALM"));
    // Also while the daemon has it open.
    assert!(!road.is_in_file(PLANTED) && !road.is_in_file(&key));
    let audit = "SELECT detail FROM event WHERE kind = 'forgotten' AND person IS NULL AND account IS NULL";
    let stopped = daemon.stop();
    assert!(stopped.stderr.contains("forget") && !stopped.stderr.contains(&key), "{stopped:?}");
    let recorded = road.sql(audit);
    assert!(recorded.len() == 1 && recorded[0].ends_with(": a request of August"), "{recorded:?}");
    assert_eq!(road.said(&["explain", "E1", "--offline"]).code, Some(1));
    // They are not brought back, and can come back.
    let sent = road.requests();
    road.run(&["sync", "--full"]).ended("ok", 0);
    assert_eq!(road.requests(), sent);
    road.people.hire([1]);
    assert_eq!(road.run(&["sync"]).ended("ok", 0)["members"]["joined"], 1);
    road.in_step();
}

#[test]
fn whoever_the_directory_still_shows_is_known_of_again_and_not_sent() {
    let mut road = Road::new(12);
    road.sync_well();
    road.people.set(1, "employeeType", "left");
    road.sync_well();
    road.config.sync().more = "on_first_seen_inactive: send".to_owned();
    let sends = road.said(&["forget", "E1"]);
    assert!(
        sends.code == Some(1) && sends.stderr.contains("`on_first_seen_inactive: send` would send them anew"),
        "{sends:?}"
    );
    road.config.sync().more = String::new();
    let json = road.run(&["forget", "E1"]).lines().remove(0);
    assert_eq!(json["forgotten"]["people"], 1, "{json}");
    let stays = json["stays"].as_array().unwrap();
    assert!(
        stays.iter().any(|what| what.as_str().unwrap().contains("the next reading of everybody finds them")),
        "{json}"
    );
    let sent = road.requests();
    road.run(&["sync", "--full"]).ended("ok", 0);
    assert_eq!(
        (road.requests(), road.sql("SELECT verdict FROM person WHERE active = 0")),
        (sent, vec!["never".to_owned()])
    );
}

#[test]
fn whoever_is_still_to_leave_is_not_forgotten() {
    let mut road = Road::new(12);
    road.sync_well();
    road.people.fire([1]);
    road.config.destination = "quiet: 1h".to_owned();
    road.faults([rosterd::sandbox::veris::Fault::new(rosterd::sandbox::veris::Effect::Hang(
        rosterd::sandbox::veris::When::Before,
    ))
    .times(1)
    .on(rosterd::sandbox::veris::Target::Members)]);
    let cut_off = road.start(&["sync"]);
    let before = road.requests()[1];
    road.wait(|road| road.requests()[1] > before);
    drop(cut_off);
    let refused = road.said(&["forget", "E1"]);
    assert!(refused.code == Some(1) && refused.stderr.contains("not answered yet"), "{refused:?}");
    assert_eq!(road.sql("SELECT kind FROM event WHERE kind = 'forgotten'"), Vec::<String>::new());
}
