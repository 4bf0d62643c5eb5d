//! Targets that answer what they should not, or not at all: nothing is lost, and nobody suffers for it later.

use std::time::Duration;

use rosterd::sandbox::veris::{Effect, Fault, Malformed, Redirect, When};
use serde_json::{Value, json};

use crate::fixtures::road::Road;

/// Longer than any pause after one failure.
const LATER: Duration = Duration::from_mins(16);

/// Twelve people at the target, then changes to three of them, one of whom leaves, while pushes meet a fault.
struct Case {
    road: Road,
    number: usize,
}

impl Case {
    fn new() -> Self {
        let mut road = Road::new(12);
        road.sync_well();
        Self { road, number: 0 }
    }

    /// A run that meets the fault and ends like this; then one that does not, and brings everybody where they belong.
    #[track_caller]
    fn run(&mut self, effect: Effect, result: &str, code: i32, words: &[&str]) -> Value {
        let Self { road, number } = self;
        *number += 1;
        for person in [1, 2] {
            road.people.set(person, "title", &format!("Engineer {number}"));
        }
        road.people.set(3, "employeeType", if *number % 2 == 1 { "left" } else { "staff" });
        road.faults([Fault::new(effect)]);
        let output = road.sync();
        let json = if words.is_empty() { output.ended(result, code) } else { output.says(result, code, words) };
        if code == 6 {
            assert_eq!(json["delivery"]["confirmed"], 0);
            // At once again: the target is left alone.
            let before = road.requests();
            let again = road.sync().says("pending", 6, &["waits until"]);
            assert_eq!((&again["delivery"]["pending"], road.requests()), (&json!(3), before));
            road.later(LATER);
        }
        road.faults([]);
        road.sync_well();
        // A day later the guard has forgotten.
        road.later(Duration::from_hours(25));
        json
    }
}

#[test]
fn statuses_that_refuse() {
    let mut case = Case::new();
    for status in [401, 403] {
        case.run(Effect::Status(status), "pending", 6, &["waits until", &format!("answered {status}")]);
    }
    for status in [500, 502, 503, 504, 404, 418] {
        case.run(Effect::Status(status), "pending", 6, &["waits until", &format!("answered {status}")]);
    }
    let redirect = Effect::Redirect(Redirect { to: "http://login.example.net/?who".into(), status: 302 });
    case.run(redirect, "pending", 6, &["waits until", "a redirect to host login.example.net", "`url`"]);
}

#[test]
fn statuses_that_refuse_everything_once() {
    let mut road = Road::new(12);
    road.sync_well();
    for (number, status) in [400, 413, 422].into_iter().enumerate() {
        for person in [1, 2, 3] {
            road.people.set(person, "title", &format!("Engineer {status}"));
        }
        road.people.fire([4 + number]);
        road.faults([Fault::new(Effect::Status(status))]);
        let json = road.sync().says("pending", 6, &["refused once, which the next run has to confirm"]);
        assert_eq!((&json["delivery"]["confirmed"], &json["delivery"]["pending"]), (&json!(0), &json!(4)));
        road.faults([]);
        road.sync_well();
        road.later(Duration::from_hours(25));
    }
}

#[test]
fn no_answer() {
    let mut case = Case::new();
    for when in [When::Before, When::After] {
        case.run(Effect::Cut(when), "pending", 6, &["waits until", "no whole answer"]);
    }
    case.run(Effect::Body(Malformed::Truncated), "pending", 6, &["waits until", "no whole answer"]);
    case.road.config.destination = "quiet: 0s\n    timeout: 700ms".to_owned();
    for when in [When::Before, When::After] {
        case.run(Effect::Hang(when), "pending", 6, &["waits until", "no whole answer: timed out"]);
    }
    let slow = Duration::from_secs(30);
    for effect in [Effect::Latency(slow), Effect::AnswerLatency(slow), Effect::SlowBody(slow)] {
        case.run(effect, "pending", 6, &["waits until", "no whole answer: timed out"]);
    }
}

#[test]
fn odd_successes() {
    let mut case = Case::new();
    for body in [Malformed::Empty, Malformed::NotJson, Malformed::Huge, Malformed::Text("{}".into())] {
        let json = case.run(Effect::Body(body), "ok", 0, &[]);
        assert_eq!(json["delivery"]["confirmed"], 3);
    }
    // Slow, but not too slow.
    case.run(Effect::SlowBody(Duration::from_millis(200)), "ok", 0, &[]);
}

#[test]
fn a_success_that_names_somebody() {
    let mut case = Case::new();
    case.road.people.set(1, "title", "Chief Engineer");
    case.road.people.set(2, "title", "Chief Engineer");
    let complaint = json!({"errors": [{"unique_id": "E2", "message": "Chief Engineer Żoë 2 <p2@corp.example.com>?"}]});
    case.road.faults([Fault::new(Effect::Body(Malformed::Text(complaint.to_string())))]);
    let json = case.road.sync().ended("partial", 3);
    assert_eq!((&json["delivery"]["confirmed"], &json["delivery"]["refused"]), (&json!(1), &json!(1)));
    // Refused is refused: not tried again as it is.
    let before = case.road.requests();
    case.road.sync().ended("ok", 0);
    assert_eq!(case.road.requests(), before);
}

#[test]
fn batches_that_are_too_large() {
    let mut road = Road::new(12);
    road.faults([Fault::new(Effect::BatchLimit(4))]);
    // 12 is too large, 6 and 6 are, and 3 is not: that is remembered for the rest of the run.
    let json = road.sync_well();
    assert_eq!((&json["delivery"]["confirmed"], road.requests()), (&json!(12), [1, 7]));
}

#[test]
fn somebody_the_target_refuses_is_found_by_halving() {
    let mut road = Road::new(12);
    road.faults([Fault::new(Effect::Refuse(vec!["E4".into(), "E11".into()]))]);
    let json = road.sync().ended("partial", 3);
    assert_eq!((&json["delivery"]["confirmed"], &json["delivery"]["refused"]), (&json!(10), &json!(2)));
    road.in_step_but(&["E4", "E11"]);
    // A refused leaver is no quarantine: tried daily until it is taken.
    road.faults([Fault::new(Effect::Refuse(vec!["E5".into()]))]);
    road.people.fire([5]);
    road.people.set(6, "title", "Chief Engineer");
    let json = road.sync().ended("pending", 6);
    assert_eq!((&json["delivery"]["confirmed"], &json["delivery"]["pending"]), (&json!(1), &json!(1)));
    road.later(Duration::from_hours(25));
    road.faults([]);
    road.sync().ended("ok", 0);
    road.in_step_but(&["E4", "E11"]);
}
