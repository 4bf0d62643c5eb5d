//! What came of a finished bulk: seed 002, "Get bulk status".

use super::*;
use crate::destination::Said;

/// The seed's own example, of a bulk in which joe is one of 13.
const SAMPLE: &str = r#"{
    "id": 11,
    "import_id": "89405ae3-2dd5-46cb-a13b-840bc588199b",
    "request_number": 1,
    "only_create": false,
    "status": "finished",
    "members_in_payload_number": 13,
    "members_created_number": 10,
    "members_updated_number": 2,
    "members_with_validation_errors_number": 1,
    "retries": 0,
    "members_errors": {
        "joe@example.com": {
            "properties": [
                { "error": { "language": [ { "error": "value_not_match", "value": "pl", "values": "en, no", "property": "language" } ] } }
            ]
        }
    },
    "created_at": "2018-07-30T17:14:03.738Z"
}"#;

fn joe() -> Item {
    let payload =
        payload(json!({"properties": {"email": "Joe@Example.com", "msisdn": "4799999999", "language": "pl"}}));
    Item { account: 13, identity: Identity::new("joe@example.com"), payload, ..item(1) }
}

fn thirteen() -> Vec<Item> {
    (1..13).map(item).chain([joe()]).collect()
}

fn told(boostcom: &Boostcom, items: &[Item], bulk: &Value, second: i64) -> Done {
    let bulk: wire::Bulk = serde_json::from_value(bulk.clone()).unwrap();
    report::finished(&boostcom.settings, items, &bulk, &env(second))
}

fn in_short(boostcom: &Boostcom, items: &[Item], bulk: &Value) -> String {
    shown(&Step::Done(told(boostcom, items, bulk, 5)))
}

#[test]
fn exactly_those_named_are_refused_and_why_can_be_read() {
    let sample: Value = serde_json::from_str(SAMPLE).unwrap();
    let Done::Partly(named) = told(&boostcom(), &thirteen(), &sample, 5) else { panic!("nobody is named") };
    let [(account, refusal)] = named.as_slice() else { panic!("{named:?}") };
    assert_eq!((*account, refusal.text.as_str()), (13, "language: value_not_match, allowed: en, no"));
    let Some(Said { line, given }) = &refusal.said else { panic!("nothing is kept") };
    assert_eq!(line, "language: value_not_match 'pl', allowed: en, no");
    assert_eq!(serde_json::from_str::<Value>(given).unwrap(), sample["members_errors"]["joe@example.com"]);
}

#[test]
fn a_member_may_be_named_by_either_identifier() {
    for name in ["JOE@example.com", "4799999999"] {
        let bulk = json!({"status": "finished", "members_errors": {name: {"properties": [{"error": {"email": [{"error": "invalid_email", "value": "Joe@Example.com"}]}}]}}});
        assert_eq!(in_short(&boostcom(), &thirteen(), &bulk), "partly: 13 email: invalid_email");
    }
}

#[test]
fn whatever_the_errors_look_like_they_are_kept() {
    for (given, text) in [
        (
            json!({"email": [{"property": "email", "error": "duplicated_email_in_community"}]}),
            "email: duplicated_email_in_community",
        ),
        (
            json!({"errors": {"properties": {"birthday": [{"error": "invalid_date_format", "property": "birthday"}], "x": [{"error": "type_not_match"}]}}}),
            "birthday: invalid_date_format; x: type_not_match",
        ),
        (json!("Joe@Example.com is not wanted"), "\"… is not wanted\""),
        (json!(null), "null"),
        (json!([[]]), "the target named an error that can't be shown"),
    ] {
        let bulk = json!({"status": "finished", "members_errors": {"joe@example.com": given}});
        assert_eq!(in_short(&boostcom(), &thirteen(), &bulk), format!("partly: 13 {text}"));
    }
}

#[test]
fn the_counts_must_add_up() {
    let counts = |payload: u64, created: u64, updated: u64, wrong: u64| {
        json!({"status": "finished", "members_in_payload_number": payload, "members_created_number": created,
            "members_updated_number": updated, "members_with_validation_errors_number": wrong, "members_errors": {}})
    };
    for (bulk, expected) in [
        (counts(13, 10, 3, 0), "accepted"),
        (json!({"status": "finished", "members_in_payloads_number": 13}), "accepted"),
        (counts(12, 9, 3, 0), "failed: the target counts 12 members in a bulk of 13"),
        (counts(13, 9, 3, 0), "failed: of 13 members the target counts 9 as created, 3 as updated and 0 with errors"),
        (counts(13, 9, 5, 0), "failed: of 13 members the target counts 9 as created, 5 as updated and 0 with errors"),
        (counts(13, 9, 3, 1), "split: 1 members have errors, 0 of them are named"),
    ] {
        assert_eq!(in_short(&boostcom(), &thirteen(), &bulk), expected);
    }
    let careful = with(|s| s.only_create = true);
    assert_eq!(in_short(&careful, &thirteen(), &counts(13, 9, 0, 0)), "accepted", "four were there already");
}

#[test]
fn names_of_nobody_are_looked_for_among_fewer() {
    let bulk =
        json!({"status": "finished", "members_errors": {"who@example.com": {"email": []}, "joe@example.com": {}}});
    assert_eq!(in_short(&boostcom(), &thirteen(), &bulk), "split: 2 members have errors, 1 of them are named");
}

#[test]
fn errors_that_the_target_has_forgotten_are_asked_for_anew() {
    let mut sample: Value = serde_json::from_str(SAMPLE).unwrap();
    sample["members_errors"] = json!({});
    let done = told(&boostcom(), &thirteen(), &sample, 86_400);
    assert_eq!(shown(&Step::Done(done)), "lost: 1 members have errors, 0 of them are named");
}
