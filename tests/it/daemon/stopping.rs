//! Being told to stop.

use std::time::{Duration, Instant};

use rosterd::sandbox::veris::{Effect, Fault, Target, When};

use crate::fixtures::daemon::Daemon;
use crate::fixtures::road::Road;

/// What a stop may take, as systemd is told.
const AT_MOST: Duration = Duration::from_secs(10);

#[track_caller]
fn stops(daemon: Daemon) {
    let began = Instant::now();
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(began.elapsed() < AT_MOST, "{:?}", began.elapsed());
}

#[test]
fn an_answer_that_is_awaited_is_waited_for_and_recorded() {
    let mut road = Road::new(12);
    road.config.sync().more = "schedule: 1h".to_owned();
    road.faults([Fault::new(Effect::AnswerLatency(Duration::from_secs(2))).on(Target::Members).times(1)]);
    let daemon = Daemon::start(&road);
    road.wait(|road| road.sandbox.member("E12").is_some());
    stops(daemon);
    road.in_step();
    // Confirmed, so nothing is sent again.
    let requests = road.requests();
    road.run(&["sync"]).ended("ok", 0);
    assert_eq!(road.requests(), requests);
}

#[test]
fn an_answer_that_never_comes_is_not_waited_for_for_ever() {
    let mut road = Road::new(12);
    road.config.sync().more = "schedule: 1h".to_owned();
    road.config.destination = "quiet: 1s".to_owned();
    road.faults([Fault::new(Effect::Hang(When::After)).on(Target::Members).times(1)]);
    let daemon = Daemon::start(&road);
    road.wait(|road| road.sandbox.member("E12").is_some());
    daemon.signal("TERM");
    daemon.hear("STOPPING=1");
    let began = Instant::now();
    let output = daemon.end();
    assert!(output.code == Some(0) && began.elapsed() < AT_MOST, "{:?} {output:?}", began.elapsed());
    // Recorded as sent: what became of it is asked by sending it again, after the quiet period.
    road.run(&["sync", "--wait", "30s"]).ended("ok", 0);
    road.in_step();
}

#[test]
fn a_reading_is_given_up() {
    let mut road = Road::alone(12, "");
    road.config.sync().more = "schedule: 1h".to_owned();
    road.slapd.pause();
    let daemon = Daemon::start(&road);
    road.wait(|road| road.status()["syncs"][0]["running"] == true);
    stops(daemon);
    road.slapd.resume();
    road.sync_well();
}

#[test]
fn whoever_waits_for_a_run_is_told() {
    let road = Road::alone(12, "");
    road.slapd.pause();
    let daemon = Daemon::start(&road);
    let asked = road.start(&["sync"]);
    road.wait(|road| road.status()["syncs"][0]["running"] == true);
    stops(daemon);
    let told = asked.end();
    assert!(told.code == Some(1) && told.stderr.contains("told to stop"), "{told:?}");
    road.slapd.resume();
}
