//! When to try again, over restarts: every run of these is a process of its own.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use rosterd::sandbox::veris::{Effect, Fault, Late, Then};
use serde_json::{Value, json};

use crate::fixtures::road::Road;

/// Until when a run says that it waits.
fn until(json: &Value) -> Timestamp {
    let said = json["error"].as_str().and_then(|error| error.strip_prefix("waits until ")).unwrap();
    said.split_once(": ").unwrap().0.parse().unwrap()
}

#[test]
fn a_target_that_asks_for_patience_gets_it() {
    let mut road = Road::new(12);
    road.faults([Fault::new(Effect::RetryAfter(600)).times(1)]);
    let began = Timestamp::now();
    let json = road.sync().says("pending", 6, &["waits until", "answered 429"]);
    let wait = until(&json).duration_since(began);
    assert!((SignedDuration::from_secs(599)..SignedDuration::from_secs(660)).contains(&wait), "{wait}");
    let asked = road.requests();
    road.later(Duration::from_secs(500));
    road.sync().says("pending", 6, &["waits until", "answered 429"]);
    assert_eq!((asked, road.requests()), ([1, 1], [1, 1]));
    road.later(Duration::from_secs(110));
    assert_eq!(road.sync_well()["delivery"]["confirmed"], 12);
}

#[test]
fn what_takes_effect_late_does_not_undo_what_is_newer() {
    let mut road = Road::new(12);
    road.config.destination = "quiet: 60s".to_owned();
    road.sync_well();
    road.people.set(1, "title", "Chief Engineer");
    road.people.fire([2]);
    let late = Late { after: Duration::from_secs(50), then: Then::Cut };
    road.faults([Fault::new(Effect::Late(late)).times(1)]);
    road.sync().says("pending", 6, &["waits until", "no whole answer"]);
    // Meanwhile the one is promoted again, the other one hired again; another one's change goes out at once.
    road.people.set(1, "title", "Director of Engineering");
    road.people.hire([2]);
    road.people.set(3, "title", "Chief Engineer");
    road.later(Duration::from_secs(20));
    let json = road.sync().says("pending", 6, &["waits until", "may still take effect"]);
    assert_eq!((&json["delivery"]["confirmed"], &json["delivery"]["pending"]), (&json!(1), &json!(2)));
    road.later(Duration::from_secs(45));
    assert_eq!(road.sync_well()["delivery"]["confirmed"], 2);
}

#[test]
fn when_everything_is_refused_for_an_hour_nobody_is_suspected() {
    let mut road = Road::new(30);
    road.sync_well();
    road.people.hire(31..=35);
    for person in 1..=5 {
        road.people.set(person, "title", "Chief Engineer");
    }
    road.people.fire(6..=10);
    road.faults([Fault::new(Effect::RefuseAll)]);
    let mut least = Duration::ZERO;
    for _ in 0..4 {
        let json = road.sync().says("pending", 6, &["waits until", "the target refuses everybody"]);
        assert_eq!(json["delivery"]["pending"], 15);
        // The target is asked ever more rarely.
        let wait = Duration::try_from(until(&json).duration_since(Timestamp::now())).unwrap();
        assert!(wait > least && wait < Duration::from_hours(1), "{wait:?}");
        least = wait;
        road.later(wait + Duration::from_secs(1));
    }
    road.faults([]);
    let json = road.sync_well();
    assert_eq!((&json["delivery"]["confirmed"], &json["delivery"]["pending"]), (&json!(15), &json!(0)));
}

#[test]
fn when_a_lone_leaver_is_refused_it_is_tried_again_at_once_and_then_daily() {
    let mut road = Road::new(12);
    road.sync_well();
    road.people.fire([3]);
    road.faults([Fault::new(Effect::Refuse(vec!["E3".into()]))]);
    for (asked, words) in [(1, "refused once, which the next run has to confirm"), (2, "next try"), (2, "next try")] {
        let json = road.sync().says("pending", 6, &[words]);
        assert_eq!((&json["delivery"]["pending"], road.requests()), (&json!(1), [1, 1 + asked]));
    }
    road.later(Duration::from_hours(25));
    road.faults([]);
    road.sync_well();
}

#[test]
fn an_old_token_is_renewed_once_a_young_one_is_not() {
    let mut road = Road::new(12);
    road.sync_well();
    road.people.set(1, "title", "Chief Engineer");
    road.faults([Fault::new(Effect::Status(401)).times(1)]);
    road.sync().says("pending", 6, &["answered 401"]);
    assert_eq!(road.requests(), [1, 2]);
    road.later(Duration::from_mins(6));
    road.faults([Fault::new(Effect::Status(401)).times(1)]);
    assert_eq!(road.sync_well()["delivery"]["token_requests"], 1);
    assert_eq!(road.requests(), [2, 4]);
    road.later(Duration::from_mins(6));
    road.people.set(1, "title", "Director of Engineering");
    road.faults([Fault::new(Effect::Status(401)).times(2)]);
    road.sync().says("pending", 6, &["answered 401"]);
    assert_eq!(road.requests(), [3, 6]);
    road.later(Duration::from_mins(16));
    road.sync_well();
}
