//! Token requests, of which there are few: every one is counted before it is made.

use std::time::Duration;

use jiff::Timestamp;
use rosterd::sandbox::veris::{self, Effect, Fault, Malformed, Redirect, Target, ValidTill, When};
use serde_json::json;

use crate::fixtures::road::{Road, SECRETS};

const DAY: Duration = Duration::from_hours(24);
/// Longer than a token lives, and than the pause after one failure.
const LATER: Duration = Duration::from_mins(16);

/// Charges in the store, which the target's own count never exceeds.
#[track_caller]
fn charged(road: &Road) -> u64 {
    let realm = format!("veris {} sandbox", road.config.target);
    let charged = road.store(async |store| store.tokens_used(&realm, DAY, Timestamp::now()).await.unwrap());
    assert!(road.sandbox.ledger().used as u64 <= charged, "the target saw requests that nobody counted");
    charged
}

#[test]
fn every_way_in_which_a_token_is_not_to_be_had() {
    let mut road = Road::new(12);
    road.config.destination = "quiet: 0s\n    timeout: 1s".to_owned();
    let text = |text: &str| Effect::Body(Malformed::Text(text.to_owned()));
    let echo = format!(r#"{{"Status": "Failed for {} {}", "AccessToken": ""}}"#, SECRETS[1], SECRETS[2]);
    let redirect = Redirect { to: "http://login.example.net/?who".into(), status: 302 };
    let slow = Duration::from_secs(30);
    let cases = [
        (Effect::Status(500), "answered 500"),
        (Effect::Status(400), "answered 400"),
        (Effect::RetryAfter(700), "answered 429"),
        (Effect::Redirect(redirect), "a redirect to host login.example.net"),
        (Effect::Cut(When::Before), "no whole answer"),
        (Effect::Cut(When::After), "no whole answer"),
        (Effect::Hang(When::Before), "no whole answer: timed out"),
        (Effect::SlowBody(slow), "no whole answer: timed out"),
        (Effect::Body(Malformed::Empty), "gave no AccessToken"),
        (Effect::Body(Malformed::NotJson), "gave no AccessToken"),
        (Effect::Body(Malformed::Truncated), "no whole answer"),
        (text(r#"{"Status": "Failed", "AccessToken": null}"#), "with Status \"Failed\" but gave no AccessToken"),
        (text(r#"{"AccessToken": "sandbox-1\nx"}"#), "characters that no header can carry"),
        (text(&echo), "gave no AccessToken"),
    ];
    for (number, (effect, words)) in cases.into_iter().enumerate() {
        road.people.set(1, "title", &format!("Engineer {number}"));
        road.faults([Fault::new(effect).on(Target::Token)]);
        let before = road.requests();
        let json = road.sync().says("pending", 6, &["waits until", words]);
        assert_eq!((&json["delivery"]["requests"], &json["delivery"]["token_requests"]), (&json!(1), &json!(1)));
        road.sync().says("pending", 6, &["waits until", words]);
        assert_eq!(road.requests(), [before[0] + 1, before[1]], "{words}");
        road.later(LATER);
        road.faults([]);
        road.sync_well();
        assert_eq!(charged(&road), 2);
        road.later(DAY);
    }
}

#[test]
fn a_target_that_is_down_costs_no_quota() {
    let mut road = Road::new(12);
    road.sync_well();
    road.later(LATER);
    road.people.set(1, "title", "Chief Engineer");
    // A proxy that is not there: the same target, out of reach.
    road.config.destination = "quiet: 0s\n    proxy: http://127.0.0.1:1".to_owned();
    road.sync().says("pending", 6, &["waits until", "nothing was sent: could not connect"]);
    assert_eq!(charged(&road), 1);
    road.later(LATER);
    road.config.destination = "quiet: 0s".to_owned();
    road.sync_well();
    assert_eq!(charged(&road), 2);
}

#[test]
fn refused_credentials_are_tried_once() {
    let mut road = Road::new(12);
    let secret = std::mem::replace(&mut road.config.client_secret, "planted-client-secret-wrong".to_owned());
    road.sync().says("pending", 6, &["the target's credentials were refused"]);
    for _ in 0..2 {
        road.later(LATER);
        road.sync().says("pending", 6, &["the target's credentials were refused", "until there are others"]);
    }
    assert_eq!((charged(&road), road.requests()), (1, [1, 0]));
    road.config.client_secret = secret;
    assert_eq!(road.sync_well()["delivery"]["token_requests"], 1);
}

#[test]
fn a_quota_that_is_used_up() {
    let target = veris::Options { quota: 3, ..veris::Options::default() };
    let mut road = Road::to(12, target);
    road.config.destination = "quiet: 0s\n    token: { quota: 3, reserve: 1 }".to_owned();
    road.sync_well();
    road.later(LATER);
    road.people.set(1, "title", "Chief Engineer");
    road.sync_well();
    road.later(LATER);
    // The last one is for leavers.
    road.people.set(2, "title", "Chief Engineer");
    let json = road.sync().says("pending", 6, &["waits until", "quota of 3 token requests is used up"]);
    assert_eq!(json["delivery"]["requests"], 0);
    road.people.fire([3]);
    let json = road.sync().ended("ok", 0);
    assert_eq!((&json["delivery"]["confirmed"], charged(&road)), (&json!(2), 3), "with it go the others");
    road.in_step();
    road.later(LATER);
    road.people.fire([4]);
    road.sync().says("pending", 6, &["waits until", "quota of 3 token requests is used up"]);
    assert_eq!(road.sandbox.ledger().used, 3);
    // As soon as the first of them is a day old.
    road.later(Duration::from_mins(24 * 60 - 3 * 16));
    road.sync_well();
}

#[test]
fn a_quota_that_somebody_else_used_up() {
    let target = veris::Options { quota: 0, ..veris::Options::default() };
    let road = Road::to(12, target);
    road.sync().says("pending", 6, &["waits until", "answered 429"]);
    let before = road.requests();
    road.later(Duration::from_hours(23));
    road.sync().says("pending", 6, &["waits until", "answered 429"]);
    assert_eq!(road.requests(), before);
}

#[test]
fn every_spelling_of_a_tokens_end() {
    use ValidTill::{DateTime, EpochMillis, EpochSeconds, EpochText, Garbage, Missing, Null, Past, Rfc2822, Rfc3339};
    let mut road = Road::new(12);
    for written in [DateTime, EpochMillis, EpochSeconds, EpochText, Garbage, Missing, Null, Past, Rfc2822, Rfc3339] {
        road.faults([Fault::new(Effect::ValidTill(written))]);
        road.people.set(1, "title", &format!("Engineer {written:?}"));
        assert_eq!(road.sync_well()["delivery"]["token_requests"], 1);
        road.people.set(1, "title", "Engineer");
        assert_eq!(road.sync_well()["delivery"]["token_requests"], 0, "it is used again");
        road.later(DAY);
    }
}

#[test]
fn tokens_that_hardly_live_are_no_reason_to_ask_for_many() {
    let target = veris::Options { lifetime: Duration::from_secs(5), ..veris::Options::default() };
    let mut road = Road::to(12, target);
    assert_eq!(road.sync_well()["delivery"]["token_requests"], 1);
    road.later(Duration::from_secs(5));
    road.people.set(1, "title", "Chief Engineer");
    road.sync().says("pending", 6, &["waits until", "tokens end within a minute"]);
    assert_eq!(charged(&road), 1);
    road.later(Duration::from_mins(1));
    road.sync_well();
}
