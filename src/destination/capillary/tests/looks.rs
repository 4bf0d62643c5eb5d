//! A look at everybody: seed 001, "Get Integration Scopes", "Get API Clients" and "Get Client Details".

use super::*;
use crate::destination::{Look, Seen};

/// The client whose details the sample shows; the sample's list has it with another last letter.
const DETAILED: &str = "t3OPbJA3M2dJFFDFVdESW3MHa";
const OTHER: &str = "8eyh1jM4Brzx84niMClQ3OHDv";

/// The sample's list, with the key that the details have.
fn listing() -> Reply {
    ok(&sample::LIST.replace("t3OPbJA3M2dJFFDFVdESW3MHb", DETAILED))
}

/// Answers every question in turn; what is asked on the way, and how it ended.
fn look(ours: &[&str], replies: &[Reply]) -> (Vec<String>, Step) {
    let mut look = Look { ours: ours.iter().copied().map(Remote::new).collect(), replies: Vec::new() };
    let mut step = capillary().start(Job::Observe(&look), &env(&[], None));
    let mut asked = Vec::new();
    for reply in replies {
        let Step::Call(_, ticket) = &step else { panic!("{step:?} before {reply:?}") };
        asked.push(shown(&step));
        step = capillary().resume(Job::Observe(&look), ticket, Input::Reply(reply), &env(&[], None));
        look.replies.push(reply.clone());
    }
    (asked, step)
}

fn seen(ours: &[&str], replies: &[Reply]) -> Vec<Seen> {
    match look(ours, replies).1 {
        Step::Done(Done::Observed(seen, scopes)) => {
            assert_eq!(scopes.len(), 3);
            seen
        }
        other => panic!("{}", shown(&other)),
    }
}

fn keys(seen: &[Seen]) -> Vec<&str> {
    seen.iter().map(|seen| seen.remote.as_str()).collect()
}

#[test]
fn it_is_asked_for_the_scopes_the_list_and_the_details_of_ours() {
    let replies = [ok(sample::SCOPES), listing(), ok(sample::DETAILS)];
    let (asked, _) = look(&[DETAILED], &replies);
    assert_eq!(asked, ["Get scopes", "Get clients", &format!("Get clients/{DETAILED}")]);
    let [other, ours] = &*seen(&[DETAILED], &replies) else { panic!("two are there") };
    let expected = json!({
        "name": "democlient", "description": "sample description", "expirationTokenTime": 30, "defaultTillId": 50_014_941,
        "scopes": [
            { "entity": "All", "entityId": 2, "permission": "WRITE" },
            { "entity": "TargetGroups", "entityId": 1, "permission": "WRITE" },
            { "entity": "Transaction", "entityId": 3, "permission": "WRITE" },
        ],
    });
    assert_eq!((ours.remote.as_str(), &ours.payload), (DETAILED, &payload(expected)));
    assert_eq!(ours.since.as_deref(), Some("2020-04-13T11:31:32.000+0530"));
    let expected = json!({
        "name": "clientdemo1", "description": "Demo client for testing purposes.", "expirationTokenTime": 10,
        "defaultTillId": 50_014_941,
    });
    assert_eq!((other.remote.as_str(), &other.payload), (OTHER, &payload(expected)));
}

#[test]
fn with_none_of_ours_the_list_is_enough() {
    let seen = seen(&[], &[ok(sample::SCOPES), ok(sample::LIST)]);
    assert_eq!(keys(&seen), [OTHER, "t3OPbJA3M2dJFFDFVdESW3MHb"]);
    let none = ok(r#"{"data": [], "errors": null}"#);
    assert!(matches!(look(&[], &[ok(sample::SCOPES), none]).1, Step::Done(Done::Observed(seen, _)) if seen.is_empty()));
}

#[test]
fn who_is_not_valid_is_not_there() {
    let invalid = |sample: &str| ok(&sample.replace(r#""isValid": true"#, r#""isValid": false"#));
    let there = ok(&listing().body.replacen(r#""isValid": true"#, r#""isValid": false"#, 1));
    for details in [invalid(sample::DETAILS), reply(404, "")] {
        assert_eq!(keys(&seen(&[DETAILED], &[ok(sample::SCOPES), there.clone(), details])), [OTHER]);
    }
    assert!(seen(&[], &[ok(sample::SCOPES), invalid(sample::LIST)]).is_empty());
}

#[test]
fn a_failed_or_a_shortened_list_is_no_observation() {
    let scopes = || ok(sample::SCOPES);
    let unreadable = "later: answered 200 OK with something that can't be read";
    let (short, differ) =
        ("later: its list of clients was cut short", "later: its list of clients and their details differ");
    let odd_key = sample::LIST.replace(OTHER, "../x");
    let other = sample::DETAILS.replace(DETAILED, OTHER);
    for (case, replies, told) in [
        ("scopes", vec![ok("[]")], unreadable),
        ("list", vec![scopes(), ok("<html>")], unreadable),
        ("a client without a key", vec![scopes(), ok(r#"{"data": [{"name": "x"}], "errors": null}"#)], unreadable),
        ("a key that is a path", vec![scopes(), ok(&odd_key)], unreadable),
        ("no list", vec![scopes(), ok(r#"{"data": null, "errors": null}"#)], unreadable),
        ("errors", vec![scopes(), ok(r#"{"data": [], "errors": "oops"}"#)], "later: answered 200 OK with errors: oops"),
        ("no such path", vec![scopes(), reply(404, "")], "later: answered 404 Not Found; check `url`"),
        ("details only", vec![scopes(), ok(sample::LIST), ok(sample::DETAILS)], short),
        ("list only", vec![scopes(), listing(), reply(404, "")], differ),
        ("somebody else's details", vec![scopes(), listing(), ok(&other)], differ),
        ("details", vec![scopes(), listing(), ok("{}")], unreadable),
        ("details fail", vec![scopes(), listing(), reply(500, "")], "later: answered 500 Internal Server Error"),
    ] {
        assert_eq!(shown(&look(&[DETAILED], &replies).1), told, "{case}");
    }
}

#[test]
fn an_empty_list_of_errors_says_nothing() {
    let fine = |text: &str| ok(&text.replace("\"errors\": null", "\"errors\": []"));
    assert!(fine(sample::LIST).body.contains("[]"));
    assert_eq!(seen(&[], &[fine(sample::SCOPES), fine(sample::LIST)]).len(), 2);
}

#[test]
fn without_an_answer_nothing_was_seen() {
    let look = Look::default();
    let Step::Call(_, ticket) = capillary().start(Job::Observe(&look), &env(&[], None)) else {
        panic!("nothing asked")
    };
    let resume = |input| shown(&capillary().resume(Job::Observe(&look), &ticket, input, &env(&[], None)));
    assert_eq!(resume(Input::Unsent("no route")), "later: nothing was sent: no route");
    assert_eq!(resume(Input::Unanswered("cut")), "later: no whole answer: cut");
    assert_eq!(resume(Input::Woken), "later: no whole answer: nothing was asked");
    let (no, busy) = (reply(401, ""), Reply { retry_after: Some(at(90)), ..reply(429, "") });
    assert!(resume(Input::Reply(&no)).starts_with("unauthorised: "));
    assert!(resume(Input::Reply(&busy)).starts_with("90: "));
}

/// The sample's client, seen with one thing changed, in the terms of what was confirmed.
fn held(path: &str, value: Value) -> Payload {
    let mut client: Value = serde_json::from_str(sample::CREATED).unwrap();
    *client["data"].pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
    let body = json!({"data": [client["data"]], "errors": null}).to_string();
    let details = json!({"data": client["data"], "errors": null}).to_string();
    let [seen] = &*seen(&[MADE], &[ok(sample::SCOPES), ok(&body), ok(&details)]) else { panic!("one is there") };
    capillary().held(&member(mapped()), &seen.payload)
}

#[test]
fn resources_are_taken_as_they_were_confirmed() {
    assert_eq!(held("/id", json!(1)), member(mapped()), "by name and by number");
    let mut turned = serde_json::from_str::<Value>(sample::CREATED).unwrap()["data"]["scopes"].clone();
    turned.as_array_mut().unwrap().reverse();
    assert_eq!(held("/scopes", turned), member(mapped()), "in whatever order");
}

#[test]
fn every_drift_shows() {
    for (path, value) in [
        ("/name", json!("NewName4")),
        ("/name", json!(null)),
        ("/description", json!("")),
        ("/expirationTokenTime", json!(601)),
        ("/defaultTillId", json!(null)),
        ("/scopes", json!([])),
        ("/scopes", json!([{"entityId": 1, "permission": "READWRITE"}])),
        ("/scopes/0/permission", json!("READ")),
        ("/scopes/0/entityId", json!(3)),
        ("/scopes/0/entityId", json!(9)),
    ] {
        assert_ne!(held(path, value.clone()), member(mapped()), "{path} {value}");
    }
    let added = json!([
        {"entityId": 1, "permission": "READWRITE"}, {"entityId": 2, "permission": "WRITE"},
        {"entityId": 3, "permission": "READ"},
    ]);
    assert_ne!(held("/scopes", added), member(mapped()));
}
