//! What is sent: seed 002, "Send import request".

use secrecy::ExposeSecret;

use super::*;

fn request(boostcom: &Boostcom, items: &[Item], env: &Env<'_>) -> Request {
    match boostcom.start(Job::Deliver(items), env) {
        Step::Call(request, ticket) => {
            assert!(ticket.words().is_some_and(|words| words.contains(&IMPORT())), "asked for by it, come what may");
            request
        }
        other => panic!("{other:?}"),
    }
}

fn body(boostcom: &Boostcom, items: &[Item]) -> Value {
    serde_json::from_str(request(boostcom, items, &env(0)).body.as_deref().unwrap()).unwrap()
}

/// The member sent of somebody due with `due`, of whom `before` was confirmed.
fn sent(boostcom: &Boostcom, op: Op, certain: bool, due: Value, before: Value) -> Value {
    let before = (!before.is_null()).then(|| payload(before));
    let item = Item { op, certain, payload: payload(due), before, ..item(1) };
    body(boostcom, &[item])["members"][0].clone()
}

#[test]
fn the_request_is_the_seeds() {
    let request = request(&boostcom(), &items(2), &env(0));
    assert_eq!(request.method, Method::Post);
    assert_eq!(request.url, "https://bpc-api.boostcom.no/api/v3/loyalty_clubs/infinity-mall/members/imports");
    let headers: Vec<_> = request.headers.iter().map(|(name, value)| (*name, value.expose_secret())).collect();
    let expected =
        [("X-Client-Authorization", "B7t9U9tsoWsG"), ("X-Product-Name", "default"), ("X-User-Agent", "rosterd test")];
    assert_eq!(headers, expected);
    let members: Vec<Value> = [1, 2].map(|n| Value::Object(item(n).payload.fields().clone())).to_vec();
    let expected = json!({"import_id": IMPORT(), "request_number": 7, "only_create": false, "members": members});
    assert_eq!(body(&boostcom(), &items(2)), expected);
}

#[test]
fn the_import_has_an_id_of_ours_that_is_a_uuid() {
    let id = IMPORT();
    let lengths: Vec<usize> = id.split('-').map(str::len).collect();
    assert_eq!(lengths, [8, 4, 4, 4, 12]);
    assert_eq!((&id[14..15], "89ab".contains(&id[19..20])), ("8", true), "{id}");
    assert_ne!(id, wire::import_id(Fingerprint::of(b"another session")));
}

#[test]
fn a_channel_is_written_when_somebody_joins_and_when_the_directory_changed_it() {
    let due = json!({"properties": {"email": "a@b.c"}, "push_enabled": true, "sms_enabled": false});
    assert_eq!(sent(&boostcom(), Op::Join, true, due.clone(), json!(null)), due);
    let before = json!({"properties": {"email": "a@b.c"}, "push_enabled": true, "sms_enabled": true});
    let changed = json!({"properties": {"email": "a@b.c"}, "sms_enabled": false});
    assert_eq!(sent(&boostcom(), Op::Change, true, due.clone(), before.clone()), changed);
    assert_eq!(sent(&boostcom(), Op::Change, false, due.clone(), before), due, "another value may have arrived");
    assert_eq!(sent(&boostcom(), Op::Change, true, due.clone(), json!(null)), due, "of an import nothing is known");
}

#[test]
fn returning_restores_no_channel_unless_the_config_says_so() {
    let due = json!({"properties": {"email": "a@b.c"}, "push_enabled": true});
    let quiet = json!({"properties": {"email": "a@b.c"}});
    assert_eq!(sent(&boostcom(), Op::Return, true, due.clone(), due.clone()), quiet);
    let back = with(|s| s.on_return = payload(json!({"email_enabled": true, "properties": {"level": "new"}})));
    let restored = json!({"properties": {"email": "a@b.c", "level": "new"}, "email_enabled": true});
    assert_eq!(sent(&back, Op::Return, true, due.clone(), due), restored);
}

#[test]
fn what_the_directory_has_no_more_is_deleted() {
    let before = json!({"properties": {"email": "a@b.c", "msisdn": "4740485124", "title": "Boss", "gone": null}});
    let due = json!({"properties": {"email": "a@b.c", "title": "Chair"}});
    let expected = json!({"properties": {"email": "a@b.c", "title": "Chair", "msisdn": null}});
    for op in [Op::Change, Op::Return] {
        assert_eq!(sent(&boostcom(), op, true, due.clone(), before.clone()), expected);
    }
    assert_eq!(sent(&boostcom(), Op::Leave, true, due.clone(), before), due);
}

#[test]
fn a_password_goes_with_those_who_join() {
    let once = BTreeMap::from([(item(1).identity, SecretString::from("hunter2"))]);
    let env = Env { once: &once, ..env(0) };
    for (op, password) in [(Op::Join, json!("hunter2")), (Op::Change, json!(null)), (Op::Return, json!(null))] {
        let request = request(&boostcom(), &[Item { op, ..item(1) }], &env);
        let body: Value = serde_json::from_str(request.body.as_deref().unwrap()).unwrap();
        assert_eq!(body["members"][0]["password"], password, "{op:?}");
    }
}

#[test]
fn only_those_who_join_are_sent_as_only_created() {
    let careful = with(|s| s.only_create = true);
    for (op, only) in [(Op::Join, true), (Op::Change, false), (Op::Leave, false)] {
        let bulk = [Item { op, ..item(1) }];
        assert_eq!(body(&careful, &bulk)["only_create"], json!(only), "{op:?}");
        assert_eq!(body(&boostcom(), &bulk)["only_create"], json!(false));
    }
}

#[test]
fn a_consent_is_written_when_the_directory_says_something_new() {
    let consents = |one: bool, other: bool| json!({"news": {"status": one}, "offers": {"status": other}});
    let due = |consents: Value| json!({"properties": {"email": "a@b.c"}, "consents": consents});
    let nothing = json!({"properties": {"email": "a@b.c"}});
    for op in [Op::Change, Op::Return] {
        let news = due(json!({"offers": {"status": false}}));
        assert_eq!(sent(&boostcom(), op, true, due(consents(true, false)), due(consents(true, true))), news, "{op:?}");
        assert_eq!(sent(&boostcom(), op, true, due(consents(true, true)), due(consents(true, true))), nothing);
        assert_eq!(sent(&boostcom(), op, true, due(consents(true, true)), nothing.clone()), due(consents(true, true)));
    }
    let both = due(consents(true, true));
    assert_eq!(sent(&boostcom(), Op::Join, true, both.clone(), json!(null)), both);
    assert_eq!(sent(&boostcom(), Op::Change, false, both.clone(), both.clone()), both, "another may have arrived");
}

#[test]
fn who_returns_when_what_was_sent_of_them_is_forgotten_keeps_what_they_consented_to() {
    let due = |status: bool, time: &str, msisdn: Value| json!({"properties": {"email": "a@b.c", "msisdn": msisdn}, "consents": {"news": {"status": status, "updated_at": time}}});
    let before = serde_json::to_value(payload(due(true, "2026-01-01", json!("4740485124"))).emptied()).unwrap();
    let without = json!({"properties": {"email": "a@b.c", "msisdn": null}});
    assert_eq!(sent(&boostcom(), Op::Return, true, due(true, "2026-01-01", json!(null)), before.clone()), without);
    let withdrawn = due(false, "2026-11-01", json!(null));
    assert_eq!(sent(&boostcom(), Op::Return, true, withdrawn.clone(), before), withdrawn);
}
