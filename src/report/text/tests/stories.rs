use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::report::story::{Account, Event, Found, HeldChange, Look, Said, Story};
use crate::roster::Payload;

fn fields(value: &Value) -> Payload {
    Payload::new(value.as_object().unwrap().clone())
}

fn event(minutes: i64, run: Option<i64>, batch: Option<i64>, kind: &str, detail: Option<&str>) -> Event {
    Event { at: at(minutes), run, batch, kind: kind.to_owned(), detail: detail.map(str::to_owned) }
}

fn somebody() -> Story {
    Story {
        sync: "employees".to_owned(),
        key: "00000000-0000-4000-8000-000000000007".to_owned(),
        verdict: "active".to_owned(),
        why: None,
        absent_since: None,
        recheck_at: None,
        directory: Look::Skipped,
        account: None,
        held: Vec::new(),
        events: Vec::new(),
    }
}

fn account() -> Account {
    Account {
        remote: None,
        identity: "1007".to_owned(),
        leaving: false,
        confirmed: Some("active"),
        certain: true,
        pending: false,
        waits: None,
        refusal: None,
        said: None,
        not_before: None,
        payload: fields(&json!({ "designation": "Engineer", "unique_id": "1007" })),
        forgotten: false,
    }
}

#[test]
fn what_was_sent_of_somebody_who_left_long_ago() {
    let payload = Payload::default();
    let account = Account { leaving: true, confirmed: Some("left"), payload, forgotten: true, ..account() };
    let text = story(&Story { account: Some(account), ..somebody() });
    assert!(
        text.ends_with("  payload    forgotten: they left longer ago than that is kept (`retention.values`)\n"),
        "{text}"
    );
}

#[test]
fn nothing_that_a_field_says_is_shown_without_values() {
    let found = Found {
        values: [("title".to_owned(), vec!["Planted".to_owned()])].into(),
        standing: "active".to_owned(),
        fields: fields(&json!({ "properties": { "title": "Planted", "none": null }, "tags": ["Planted"] })),
        faults: Vec::new(),
    };
    let said = Some(Said { line: "title: Planted".to_owned(), given: json!("Planted") });
    let payload = fields(&json!({ "title": "Planted", "number": 4711 }));
    let account = Account { said, payload, ..account() };
    let all = Story { directory: Look::Found(found), account: Some(account), ..somebody() };
    assert_eq!(story(&all).matches("Planted").count(), 5);
    let none = all.without_values();
    let json = serde_json::to_string(&none).unwrap();
    assert!(!(story(&none) + &json).contains("Planted") && !json.contains("4711"), "{json}");
    assert!(json.contains(r#""properties":{"none":null,"title":"…"}"#) && json.contains("1007"), "{json}");
}

#[test]
fn a_long_value_is_shortened() {
    let found = Found {
        values: [("info", vec!["x".repeat(2_000_000)])].map(|(name, values)| (name.to_owned(), values)).into(),
        standing: "active".to_owned(),
        fields: fields(&json!({ "designation": "y".repeat(2_000_000) })),
        faults: Vec::new(),
    };
    let text = story(&Story { directory: Look::Found(found), ..somebody() });
    assert!(text.len() < 2_000, "{}", text.len());
    assert!(text.contains("xxx … (2000000 characters; --json shows all)"), "{text}");
}

#[test]
fn active_and_as_the_directory_says() {
    let found = Found {
        values: [("title", vec!["Lead".to_owned()]), ("mail", vec!["a@x.example".to_owned(), "b\u{1b}".to_owned()])]
            .map(|(name, values)| (name.to_owned(), values))
            .into(),
        standing: "active".to_owned(),
        fields: fields(&json!({ "designation": "Lead" })),
        faults: vec!["country: is missing".to_owned()],
    };
    let events = vec![
        event(0, Some(1), None, "join", None),
        event(1, Some(1), Some(2), "confirmed", Some("active")),
        event(30, None, None, "approved", Some("by ada: she left")),
        event(31, Some(3), Some(4), "refused", Some("answered 422")),
    ];
    let story_ = Story { directory: Look::Found(found), account: Some(account()), events, ..somebody() };
    insta::assert_snapshot!(story(&story_));
}

#[test]
fn held_and_absent() {
    let held = |approved| HeldChange {
        kind: "leave".to_owned(),
        identity: "1007".to_owned(),
        why: "everybody at once".to_owned(),
        since: at(5),
        plan: "1f2e3d4c".to_owned(),
        approved,
    };
    let account = Account {
        certain: false,
        pending: true,
        not_before: Some(at(1440)),
        waits: Some("until the target has let go of the msisdn it has, or may have, for bert@x.example".to_owned()),
        refusal: Some("answered 400".to_owned()),
        leaving: true,
        confirmed: None,
        ..account()
    };
    insta::assert_snapshot!(story(&Story {
        verdict: "held".to_owned(),
        why: Some("deleted".to_owned()),
        absent_since: Some(at(2)),
        recheck_at: Some(at(3)),
        directory: Look::Missing("deleted".to_owned()),
        account: Some(account),
        held: vec![held(false), held(true)],
        ..somebody()
    }));
}

#[test]
fn never_sent_and_the_directory_is_down() {
    let directory = Look::Failed("ldap.example:636 can't be reached: connection refused".to_owned());
    let why = Some("email: has no @".to_owned());
    insta::assert_snapshot!(story(&Story { verdict: "invalid".to_owned(), why, directory, ..somebody() }));
}

#[test]
fn fields_within_fields_have_a_line_each() {
    let payload = fields(&json!({
        "properties": { "email": "anna@example.com", "shop": { "city": "Oslo", "tags": ["a", "b"] }, "\u{1b}x": null },
        "consents": { "newsletter": { "status": true } },
        "push_enabled": false,
    }));
    let mapped = fields(&json!({ "properties": { "email": "anna@example.com" } }));
    let (values, standing) = (BTreeMap::new(), "active".to_owned());
    let found = Found { values, standing, fields: mapped, faults: vec!["properties.msisdn: is no text".to_owned()] };
    let said = Said { line: "language: value_not_match 'pl', allowed: en, no".to_owned(), given: json!({}) };
    let (refusal, said) = (Some("language: value_not_match, allowed: en, no".to_owned()), Some(said));
    let account = Account { identity: "anna@example.com".to_owned(), payload, refusal, said, ..account() };
    let told = Story { directory: Look::Found(found), account: Some(account), ..somebody() };
    insta::assert_snapshot!(story(&told));
}
