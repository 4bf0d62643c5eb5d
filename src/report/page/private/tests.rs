//! Every page, from values made by hand.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::json;

use super::*;
use crate::report::story::{Account, Event, Found, HeldChange, Said};
use crate::report::{Delivery, Members, Ran, Read, Summary};
use crate::roster::Payload;

fn at(minute: u8) -> Timestamp {
    format!("2026-11-22T10:{minute:02}:07Z").parse().unwrap()
}

fn payload(fields: &serde_json::Value) -> Payload {
    Payload::from_json(&fields.to_string()).unwrap()
}

/// Somebody of whom everything is told.
fn ada() -> Story {
    let found = Found {
        values: BTreeMap::from([("title".to_owned(), vec!["Engineer".to_owned(), "Chief".to_owned()])]),
        standing: "active".to_owned(),
        fields: payload(&json!({ "designation": "Engineer", "properties": { "email": "ada@example.com" } })),
        faults: vec!["phone: is no number".to_owned()],
    };
    let account = Account {
        identity: "E1".to_owned(),
        remote: Some("m-17".to_owned()),
        leaving: false,
        confirmed: Some("active"),
        certain: false,
        pending: true,
        waits: Some("for the next reading".to_owned()),
        refusal: Some("answered 422".to_owned()),
        said: Some(Said { line: "no such city".to_owned(), given: json!({}) }),
        not_before: Some(at(30)),
        payload: payload(&json!({ "designation": "Intern" })),
        forgotten: false,
    };
    let held = HeldChange {
        kind: "leave".to_owned(),
        identity: "E1".to_owned(),
        why: "protected".to_owned(),
        since: at(1),
        plan: "1f2e3d4c".to_owned(),
        approved: false,
    };
    let event = Event { at: at(2), run: Some(3), batch: Some(4), kind: "confirmed".to_owned(), detail: None };
    Story {
        sync: "employees".to_owned(),
        key: "5f0c".to_owned(),
        verdict: "held".to_owned(),
        why: Some("disabled".to_owned()),
        absent_since: Some(at(0)),
        recheck_at: Some(at(50)),
        directory: Look::Found(found),
        account: Some(account),
        held: vec![held],
        events: vec![event],
    }
}

/// Somebody of whom nothing is told that need not be.
fn bob(directory: Look) -> Story {
    Story {
        sync: "guests".to_owned(),
        key: "77aa".to_owned(),
        verdict: "never".to_owned(),
        why: None,
        absent_since: None,
        recheck_at: None,
        directory,
        account: None,
        held: Vec::new(),
        events: Vec::new(),
    }
}

#[test]
fn the_way_in() {
    insta::assert_snapshot!([arrived(), gone(), ask(), nobody("e9", Sight::NoValues)].concat());
}

#[test]
fn one_person_in_two_syncs() {
    insta::assert_snapshot!(person(vec![ada(), bob(Look::Skipped)], Sight::Values));
}

#[test]
fn whatever_became_of_the_look_is_said() {
    let shown = |look| person(vec![bob(look)], Sight::Values);
    assert!(shown(Look::Failed("it is down".to_owned())).contains("not asked: it is down"));
    assert!(shown(Look::Missing("deleted".to_owned())).contains("not found by the sync: deleted"));
    assert!(!shown(Look::Skipped).contains("Directory<"));
    let mut gone = ada();
    gone.account.iter_mut().for_each(|account| account.forgotten = true);
    let gone = person(vec![gone], Sight::Values);
    assert!(gone.contains("retention.values") && !gone.contains("last good payload") && !gone.contains("Intern"));
}

#[test]
fn values_are_not_for_everybody() {
    let shown = person(vec![ada()], Sight::NoValues);
    for value in ["Engineer", "Chief", "ada@", "Intern", "no such city"] {
        assert!(!shown.contains(value), "{value}: {shown}");
    }
    assert!(shown.contains("designation") && shown.contains("5f0c") && shown.contains("state folder"));
}

#[test]
fn a_browser_obeys_nothing_that_a_directory_says() {
    let hostile = "<script>alert('1')</script>\"\u{202e}\u{1b}&";
    let mut story = ada();
    story.key = hostile.to_owned();
    story.why = Some(hostile.to_owned());
    story.account.iter_mut().for_each(|account| account.refusal = Some(hostile.to_owned()));
    story.events[0].detail = Some(hostile.to_owned());
    let Look::Found(found) = &mut story.directory else { panic!() };
    found.values.insert(hostile.to_owned(), vec![hostile.to_owned()]);
    found.fields = payload(&json!({ hostile: hostile }));
    let shown = person(vec![story], Sight::Values) + &nobody(hostile, Sight::Values);
    assert!(shown.matches("&lt;script&gt;alert(").count() >= 9, "{shown}");
    assert!(!shown.contains("<script") && !shown.contains('\u{202e}') && !shown.contains('\u{1b}'), "{shown}");
    assert!(!shown.contains("\"\u{fffd}") && !shown.contains("value=\"<"), "{shown}");
}

fn waiting(key: &str) -> Waiting {
    Waiting {
        key: key.to_owned(),
        kind: "leave".to_owned(),
        identity: "E1".to_owned(),
        why: "gone: deleted, or not readable any more; 40 leaves within 24 h, the limit is 5".to_owned(),
        since: at(3),
        approved: false,
        absent_since: Some(at(0)),
    }
}

#[test]
fn who_is_held_and_what_lets_them_go() {
    let approved = Waiting { approved: true, absent_since: None, ..waiting("a&b <i>") };
    let some = vec![waiting("5f0c"), approved];
    let mut page = Held { sync: "employees".to_owned(), plan: Some("1f2e3d4c".to_owned()), all: 1_236, some };
    insta::assert_snapshot!(held(&page, Sight::Values));
    page.all = 2;
    assert!(!held(&page, Sight::Values).contains("… and"));
    let none = Held { sync: "employees".to_owned(), plan: None, all: 0, some: Vec::new() };
    assert!(held(&none, Sight::Values).contains("Nothing of employees is held"));
}

fn ran() -> Ran {
    let summary = Summary {
        sync: "employees".to_owned(),
        run: 12,
        result: "held".to_owned(),
        plan: Some("1f2e3d4c".to_owned()),
        error: Some("answered 429".to_owned()),
        read: Read { mode: "delta".to_owned(), entries: 3, why: None },
        members: Members { joined: 1, changed: 1, ..Members::default() },
        delivery: Delivery { confirmed: 1, pending: 1, requests: 2, ..Delivery::default() },
    };
    Ran { run: 12, sync: "employees".to_owned(), began: at(0), ended: Some(at(1)), summary: Some(summary) }
}

#[test]
fn where_to_begin() {
    insta::assert_snapshot!(start(&["employees".to_owned()], &[ran()], Sight::Values));
    assert!(!start(&[], &[], Sight::Values).contains("The last runs"));
}

fn changes() -> Changes {
    let changed = Changed {
        key: Some("5f0c".to_owned()),
        identity: Some("E1".to_owned()),
        kind: "change".to_owned(),
        why: Some("properties.city".to_owned()),
        outcome: Some("refused: answered 422".to_owned()),
        fields: BTreeMap::from([("properties.city".to_owned(), [json!(null), json!("Oslo")])]),
    };
    let forgotten = Changed {
        key: None,
        identity: None,
        kind: "leave".to_owned(),
        why: Some("disabled".to_owned()),
        outcome: None,
        fields: BTreeMap::new(),
    };
    Changes { ran: ran(), all: 1_236, some: vec![changed, forgotten] }
}

#[test]
fn a_run_and_who_changed_in_it() {
    insta::assert_snapshot!(run(changes(), Sight::Values));
    let hidden = run(changes(), Sight::NoValues);
    assert!(!hidden.contains("Oslo") && hidden.contains("properties.city: nothing → "), "{hidden}");
    let killed = Ran { ended: None, summary: None, ..ran() };
    let killed = run(Changes { ran: killed, all: 0, some: Vec::new() }, Sight::Values);
    assert!(
        killed.contains("no end") && killed.contains("interrupted") && killed.contains("Nobody changed"),
        "{killed}"
    );
}
