//! Everything that somebody is told of, from its beginning to its end.

use std::fs;
use std::time::Duration;

use rosterd::sandbox::veris::{self, Effect, Fault, Target};

use super::{Hook, Teller, told};
use crate::fixtures::daemon::Daemon;
use crate::fixtures::road::Road;

/// A command and a webhook that are told of everything.
struct Both {
    teller: Teller,
    hook: Hook,
}

impl Both {
    fn on(road: &mut Road) -> Self {
        let (teller, hook) = (Teller::new(road), Hook::new(road));
        road.config.settings = format!("notify: [{}, {}]", teller.item(), hook.item());
        Self { teller, hook }
    }

    /// Each was told that it began, in these words, and nothing else.
    #[track_caller]
    fn hear_of(&self, road: &Road, what: &str, text: &str) {
        let raised = [format!("{what} raised")];
        assert_eq!(told(road, 1, || self.teller.heard()), raised);
        assert_eq!(told(road, 1, || self.hook.heard()), raised);
        for message in [self.teller.heard().remove(0), self.hook.heard().remove(0)] {
            assert_eq!(message["text"], text, "{message}");
            assert!(message["since"].as_str().unwrap() <= message["at"].as_str().unwrap(), "{message}");
        }
    }

    /// And that it is over, and nothing else.
    #[track_caller]
    fn hear_the_end_of(&self, road: &Road, what: &str) {
        let all = ["raised", "recovered"].map(|state| format!("{what} {state}"));
        assert_eq!(told(road, 2, || self.teller.heard()), all);
        assert_eq!(told(road, 2, || self.hook.heard()), all);
    }
}

#[test]
fn failed() {
    let mut road = Road::new(2);
    let both = Both::on(&mut road);
    road.config.sync().more = "require: [\"(uid=nobody-is-called-so)\"]".to_owned();
    let daemon = Daemon::start(&road);
    road.sync().ended("failed", 1);
    both.hear_of(&road, "failed people", "people: the last run failed; why: rosterd runs people");
    road.config.sync().more.clear();
    road.write_config();
    daemon.signal("HUP");
    daemon.hear("READY=1");
    road.sync_well();
    both.hear_the_end_of(&road, "failed people");
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn held() {
    let mut road = Road::new(30);
    let both = Both::on(&mut road);
    road.sync_well();
    let daemon = Daemon::start(&road);
    road.people.fire(1..=8);
    let held = road.sync().ended("held", 4);
    both.hear_of(&road, "held people", "people: 8 changes not approved yet; who: rosterd plan people");
    let plan = held["plan"].as_str().unwrap();
    assert_eq!(road.run(&["approve", "people", plan, "--reason", "seen by a test"]).code, Some(0));
    both.hear_the_end_of(&road, "held people");
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn refused() {
    let mut road = Road::new(12);
    let both = Both::on(&mut road);
    road.faults([Fault::new(Effect::Refuse(vec!["E4".into(), "E11".into()]))]);
    let daemon = Daemon::start(&road);
    road.sync().ended("partial", 3);
    both.hear_of(&road, "refused people", "people: 2 members refused by veris; who: rosterd status");
    road.faults([]);
    assert_eq!(road.run(&["retry", "people"]).code, Some(0));
    road.sync_well();
    both.hear_the_end_of(&road, "refused people");
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn rejecting() {
    let mut road = Road::new(2);
    let both = Both::on(&mut road);
    let right = std::mem::replace(&mut road.config.client_secret, "planted-wrong-secret".to_owned());
    let daemon = Daemon::start(&road);
    assert_eq!(road.sync().code, Some(6));
    both.hear_of(&road, "rejecting veris", "veris: it refuses the credentials; why: rosterd status");
    road.config.client_secret = right;
    road.write_config();
    both.hear_the_end_of(&road, "rejecting veris");
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn quota_low() {
    let mut road = Road::to(2, veris::Options { quota: 1, ..veris::Options::default() });
    let both = Both::on(&mut road);
    road.config.destination = "quiet: 0s\n    token: { quota: 1, reserve: 0 }".to_owned();
    let daemon = Daemon::start(&road);
    road.sync_well();
    both.hear_of(&road, "quota_low veris", "veris: 0 of 1 tokens left; until when: rosterd status");
    assert_eq!(daemon.stop().code, Some(0));
    road.later(Duration::from_hours(25));
    let daemon = Daemon::start(&road);
    both.hear_the_end_of(&road, "quota_low veris");
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn leaver_overdue() {
    let mut road = Road::new(12);
    let both = Both::on(&mut road);
    road.sync_well();
    road.people.fire([3]);
    let busy = Duration::from_mins(10);
    road.faults([Fault::new(Effect::RetryAfter(busy.as_secs())).on(Target::Members)]);
    road.sync().ended("pending", 6);
    road.later(Duration::from_mins(61));
    let daemon = Daemon::start(&road);
    let text = "people: somebody who left is still active at veris after an hour; why: rosterd status";
    both.hear_of(&road, "leaver_overdue people", text);
    assert_eq!(daemon.stop().code, Some(0));
    road.faults([]);
    road.later(2 * busy);
    let daemon = Daemon::start(&road);
    road.sync_well();
    both.hear_the_end_of(&road, "leaver_overdue people");
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn config_refused() {
    let mut road = Road::new(2);
    let both = Both::on(&mut road);
    let daemon = Daemon::start(&road);
    let good = fs::read_to_string(road.config_file()).unwrap();
    fs::write(road.config_file(), good.replace("    search:", "    serch: ~\n    search:")).unwrap();
    daemon.hear("config refused");
    let text = "config: the file is not used (1 fault), the one before stays in force; why: rosterd check";
    both.hear_of(&road, "config_refused config", text);
    fs::write(road.config_file(), &good).unwrap();
    both.hear_the_end_of(&road, "config_refused config");
    assert_eq!(daemon.stop().code, Some(0));
}
