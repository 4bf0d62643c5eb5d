//! The daemon as a service: it starts, delivers, says what it does, and stops.

use rosterd::sandbox::veris::Status;
use serde_json::Value;

use super::host::Host;

#[test]
#[ignore = "needs a package and a Debian: run tests/package"]
fn a_service_runs_delivers_by_schedule_and_stops_cleanly() {
    let mut host = Host::started(30);
    assert_eq!(host.property("ActiveState"), "active");
    assert_eq!(host.property("SubState"), "running");
    assert_eq!(host.property("WatchdogUSec"), "1min");
    host.wait_for_active(30);
    host.road.in_step();

    host.road.people.hire([31]);
    host.road.people.set(1, "employeeType", "left");
    host.container.wait("the next run by schedule", |_| {
        let members = host.road.sandbox.members();
        members.contains_key("E31") && members["E1"].fields.status == Status::InActive
    });
    host.road.in_step();
    assert_eq!(host.road.requests()[0], 1, "one token for all of it");

    let status = host.container.does(&["rosterd", "status", "--json"]);
    let status: Value = serde_json::from_str(&status).unwrap();
    assert_eq!(
        (&status["daemon"]["refused"], &status["syncs"][0]["active"]),
        (&Value::Null, &Value::from(30)),
        "{status}"
    );
    assert!(status["daemon"]["config"]["path"] == "/etc/rosterd/rosterd.yaml", "asked of the daemon: {status}");
    assert!(host.property("StatusText").contains("people"), "{}", host.property("StatusText"));
    let journal = host.journal();
    let run = journal.iter().find(|entry| entry["ROSTERD_RESULT"] == "ok" && entry["ROSTERD_JOINED"] == "30");
    let run = run.unwrap_or_else(|| panic!("{journal:?}"));
    assert_eq!((&run["ROSTERD_SYNC"], &run["PRIORITY"]), (&Value::from("people"), &Value::from("6")), "{run}");
    assert_eq!(run["SYSLOG_IDENTIFIER"], "rosterd");

    let stopped = host.container.does(&["sh", "-c", "date +%s%N; systemctl stop rosterd; date +%s%N"]);
    let [before, after] = [0, 1].map(|line| stopped.lines().nth(line).unwrap().parse::<u64>().unwrap());
    assert!(after - before < 10_000_000_000, "stopped in {} ns", after - before);
    assert_eq!((host.property("Result").as_str(), host.property("ActiveState").as_str()), ("success", "inactive"));
    assert_eq!(host.property("ExecMainStatus"), "0");
    host.discreet();
}

#[test]
#[ignore = "needs a package and a Debian: run tests/package"]
fn roots_commands_before_the_first_start_are_no_trouble_to_the_service() {
    let mut host = Host::configured(3);
    let checked = host.container.run(&["rosterd", "check"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    host.container.does(&["rosterd", "sync"]);
    assert_eq!(host.container.does(&["find", "/var/lib/rosterd", "!", "-user", "rosterd"]), "");
    host.start();
    host.road.people.hire([4]);
    host.wait_for_active(4);
    host.road.in_step();
    assert_eq!(host.road.requests()[0], 1, "one token for both");
}
