//! Who is told when, how often, and what becomes of what does not arrive.

use std::fs;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::http::StatusCode;

use super::{Hook, Teller, short, told};
use crate::fixtures::daemon::Daemon;
use crate::fixtures::road::Road;

#[test]
fn a_restart_tells_nothing_twice() {
    let mut road = Road::new(30);
    let (teller, hook) = (Teller::new(&road), Hook::new(&road));
    road.config.settings = format!("notify: [{}, {{ webhook: {}, on: [held], after: 1s }}]", teller.item(), hook.url);
    road.sync_well();
    let daemon = Daemon::start(&road);
    road.people.fire(1..=8);
    let held = road.sync().ended("held", 4);
    assert_eq!(told(&road, 1, || teller.heard()), ["held people raised"]);
    assert_eq!(told(&road, 1, || hook.heard()), ["held people raised"]);
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    let daemon = Daemon::start(&road);
    let plan = held["plan"].as_str().unwrap();
    assert_eq!(road.run(&["approve", "people", plan, "--reason", "seen by a test"]).code, Some(0));
    assert_eq!(told(&road, 2, || teller.heard()), ["held people raised", "held people recovered"]);
    assert_eq!(told(&road, 2, || hook.heard()), ["held people raised", "held people recovered"]);
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(!output.stderr.contains("planted-hook-path"), "{output:?}");
    road.discreet(&output);
}

#[test]
fn what_goes_away_within_the_patience_of_a_receiver_is_not_told_what_lasts_is() {
    let mut road = Road::new(30);
    let (quick, patient) = (Teller::new(&road), Hook::new(&road));
    road.config.settings = format!("notify: [{}, {{ webhook: {}, after: 1h }}]", quick.item(), patient.url);
    road.sync_well();
    let daemon = Daemon::start(&road);
    let good = fs::read_to_string(road.config_file()).unwrap();
    fs::write(road.config_file(), good.replace("    search:", "    serach:")).unwrap();
    assert_eq!(told(&road, 1, || quick.heard()), ["config_refused config raised"]);
    fs::write(road.config_file(), &good).unwrap();
    let mut said = vec!["config_refused config raised", "config_refused config recovered"];
    assert_eq!(told(&road, 2, || quick.heard()), said);
    road.people.fire(1..=8);
    road.sync().ended("held", 4);
    said.push("held people raised");
    assert_eq!(told(&road, 3, || quick.heard()), said);
    assert_eq!(daemon.stop().code, Some(0));
    assert_eq!(short(&patient.heard()), Vec::<String>::new());
    road.later(Duration::from_mins(61));
    let daemon = Daemon::start(&road);
    assert_eq!(told(&road, 1, || patient.heard()), ["held people raised"]);
    assert_eq!(short(&quick.heard()), said);
    assert_eq!(daemon.stop().code, Some(0));
    // What lasts is told again the next day.
    road.later(Duration::from_hours(25));
    let daemon = Daemon::start(&road);
    assert_eq!(told(&road, 2, || patient.heard()), ["held people raised"; 2]);
    said.push("held people raised");
    assert_eq!(told(&road, 4, || quick.heard()), said);
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn who_could_not_be_told_is_told_later_and_the_log_says_so_once() {
    let mut road = Road::new(2);
    let (teller, hook) = (Teller::new(&road), Hook::new(&road));
    fs::write(&teller.fails, "").unwrap();
    hook.answers(StatusCode::SERVICE_UNAVAILABLE);
    road.config.settings = format!("notify: [{}, {}]", teller.item(), hook.item());
    road.config.client_secret = "planted-wrong-secret".to_owned();
    let daemon = Daemon::start(&road);
    assert_eq!(road.run(&["sync"]).code, Some(6));
    // Each is tried at each look.
    let tries = || fs::read_to_string(&teller.fails).unwrap().lines().count();
    road.wait(|_| tries() >= 2 && hook.refused.load(Ordering::Relaxed) >= 2);
    assert_eq!((teller.heard(), hook.heard()), (Vec::new(), Vec::new()));
    fs::remove_file(&teller.fails).unwrap();
    hook.answers(StatusCode::OK);
    assert_eq!(told(&road, 1, || teller.heard()), ["rejecting veris raised"]);
    assert_eq!(told(&road, 1, || hook.heard()), ["rejecting veris raised"]);
    let output = daemon.stop();
    let said = |words: &str| output.stderr.matches(words).count();
    assert_eq!((said("tell could not be told"), said("exit status: 3")), (1, 1), "{output:?}");
    assert_eq!((said("the webhook at 127.0.0.1 could not be told"), said("it answered 503")), (1, 1), "{output:?}");
    assert_eq!(said("could be told again"), 2, "{output:?}");
    assert!(!output.stderr.contains("planted-hook-path"), "{output:?}");
    road.discreet(&output);
}
