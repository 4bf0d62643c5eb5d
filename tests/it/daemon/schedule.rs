//! What runs by itself, and when.

use crate::fixtures::daemon::Daemon;
use crate::fixtures::road::Road;

#[test]
fn a_sync_that_never_ran_runs_at_once_and_then_by_its_schedule() {
    let mut road = Road::new(12);
    // Nobody is to be seen in the log, however much is said.
    road.config.settings = "log: { level: trace }".to_owned();
    road.config.sync().more = "schedule: 10s".to_owned();
    let daemon = Daemon::start(&road);
    road.wait(|road| road.runs().first().is_some_and(|run| run["summary"]["result"] == "ok"));
    road.in_step();
    road.people.set(1, "title", "Chief Engineer");
    road.wait(|road| road.runs().len() == 2 && road.runs()[0]["ended"].is_string());
    road.in_step();
    let status = road.status();
    assert!(status["syncs"][0]["next"].is_string() && status["daemon"]["since"].is_string(), "{status}");
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    road.discreet(&output);
    // What stands in the store is known to the next one: its last run was a moment ago.
    let daemon = Daemon::start(&road);
    assert_eq!(road.runs().len(), 2);
    drop(daemon);
}

#[test]
fn without_a_schedule_nothing_runs_until_somebody_asks() {
    let mut road = Road::new(12);
    let daemon = Daemon::start(&road);
    let status = road.status();
    assert_eq!(status["syncs"][0]["last"], serde_json::Value::Null, "{status}");
    road.run(&["sync"]).ended("ok", 0);
    road.in_step();
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn a_run_that_was_cut_off_is_made_up_for_at_once() {
    let mut road = Road::new(12);
    road.config.sync().more = "schedule: 1h".to_owned();
    road.sync_well();
    road.config.destination = "quiet: 1s".to_owned();
    road.people.set(1, "title", "Chief Engineer");
    let slow = rosterd::sandbox::veris::Effect::Hang(rosterd::sandbox::veris::When::Before);
    road.faults([rosterd::sandbox::veris::Fault::new(slow).times(1)]);
    let cut_off = road.start(&["sync"]);
    road.wait(|road| road.requests()[1] == 2);
    drop(cut_off);
    let daemon = Daemon::start(&road);
    road.wait(|road| road.runs()[0]["summary"]["result"] == "ok");
    road.in_step();
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn a_paused_sync_rests_and_leaves_no_trace_of_it() {
    let mut road = Road::new(12);
    road.config.sync().more = "schedule: 10s".to_owned();
    road.run(&["pause", "people"]);
    let daemon = Daemon::start(&road);
    let status = road.status();
    assert_eq!(status["syncs"][0]["paused"], true, "{status}");
    assert!(road.runs().is_empty());
    road.run(&["resume", "people"]);
    road.wait(|road| road.runs().first().is_some_and(|run| run["summary"]["result"] == "ok"));
    road.in_step();
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn a_store_that_can_not_be_opened_for_a_while_stops_nothing_for_good() {
    let mut road = Road::new(12);
    road.config.sync().more = "schedule: 10s".to_owned();
    let daemon = Daemon::start(&road);
    road.wait(|road| road.runs().first().is_some_and(|run| run["ended"].is_string()));
    let (store, aside) = (road.state().join("state.db"), road.state().join("aside.db"));
    std::fs::rename(&store, &aside).unwrap();
    std::fs::write(&store, "no database at all, however long it may be").unwrap();
    // Its moment comes and goes.
    daemon.hear_for(std::time::Duration::from_secs(12));
    std::fs::rename(&aside, &store).unwrap();
    road.wait(|road| road.runs().len() == 2 && road.runs()[0]["ended"].is_string());
    road.in_step();
    let output = daemon.stop();
    assert!(output.code == Some(0) && output.stderr.contains("is no database of rosterd any more"), "{output:?}");
}
