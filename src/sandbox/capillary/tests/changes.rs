//! Clients from their creation to their end.

use super::*;

#[test]
fn names_are_not_unique_but_keys_secrets_and_ids_are() {
    let mut bench = Bench::new();
    let [one, other] = [bench.create(&client("twin"), 0), bench.create(&client("twin"), 0)];
    for field in ["id", "clientKey", "clientSecret"] {
        assert_ne!(one[field], other[field]);
    }
    assert_eq!(bench.names(0), ["rosterd", "twin", "twin"]);
}

#[test]
fn a_secret_is_told_once() {
    let mut bench = Bench::new();
    let created = bench.create(&client("a"), 0);
    let key = text(&created, "clientKey");
    let replies = [
        bench.get(CLIENTS, 1).1["data"][1].clone(),
        bench.details(key, 1).1["data"].clone(),
        bench.update(key, &client("b"), 1).1["data"].clone(),
        bench.delete(key, 1).1["data"].clone(),
    ];
    for reply in replies {
        assert_eq!((&reply["clientKey"], reply.get("clientSecret")), (&created["clientKey"], None));
    }
}

#[test]
fn an_update_replaces_everything_and_clears_what_is_left_out() {
    let mut bench = Bench::new();
    let created = bench.create(&client("a"), 0);
    let key = text(&created, "clientKey");
    let before = bench.0.client(key, at(0)).unwrap();
    let body = json!({
        "expirationTokenTime": 30, "defaultTillId": 7, "clientKey": "other", "clientSecret": "other", "isValid": false,
        "scopes": [{"entityId": 3, "permission": "READ", "resources": []}],
    });
    let (status, reply) = bench.update(key, &body, 60);
    let data = &reply["data"];
    assert_eq!((status, &data["name"], &data["description"]), (200, &json!(""), &json!("")));
    assert_eq!((&data["clientKey"], &data["isValid"]), (&json!(key), &json!(true)));
    assert_eq!(data["scopes"], json!([{"entityId": 3, "permission": "READ"}]));
    let after = bench.0.client(key, at(60)).unwrap();
    assert_eq!((&after.secret, after.expiration_token_time, after.default_till_id), (&before.secret, 30, 7));
    assert_eq!((after.created, after.updated), (at(0), at(60)));
    assert_eq!(after.scopes, [Scope { entity_id: 3, permission: Permission::Read, resources: vec![] }]);
}

#[test]
fn who_changed_it_is_told() {
    let mut bench = Bench::new();
    let created = bench.create(&client("a"), 0);
    let who = |reply: &Value, of: &str| text(&reply["attribution"][of], "type").to_owned();
    assert_eq!([who(&created, "createdBy"), who(&created, "lastUpdatedBy")], ["ADMIN_USER", "ADMIN_USER"]);
    let token = bench.token(KEY, SECRET, 0);
    let path = format!("{CLIENTS}/{}", text(&created, "clientKey"));
    let body = client("b").to_string();
    let request =
        Request { method: "PUT", path: &path, token: Some(&token), body: body.as_bytes(), ..Request::default() };
    let (_, reply) = read(&bench.0.handle(&request, at(5)));
    assert_eq!([who(&reply["data"], "createdBy"), who(&reply["data"], "lastUpdatedBy")], ["ADMIN_USER", "TILL"]);
    assert_eq!(reply["data"]["attribution"]["lastUpdatedBy"]["id"], 50_006_796);
}

#[test]
fn a_deleted_client_is_gone() {
    let mut bench = Bench::new();
    let created = bench.create(&client("a"), 0);
    let key = text(&created, "clientKey");
    assert_eq!(bench.delete(key, 1).1["data"]["isValid"], false);
    let gone = (404, error(404, "no such client"));
    assert_eq!(bench.delete(key, 2), gone);
    assert_eq!(bench.details(key, 2), gone);
    assert_eq!(bench.update(key, &client("b"), 2), gone);
    assert_eq!(bench.names(2), ["rosterd"]);
    assert_eq!(bench.get(CLIENTS, 2).1["data"].as_array().unwrap().len(), 1);
    let kept = bench.0.client(key, at(2)).unwrap();
    assert_eq!((kept.deleted, kept.is_valid, kept.updated, kept.name.as_str()), (true, false, at(1), "a"));
}

#[test]
fn some_keep_what_is_deleted() {
    let mut bench = Bench::new();
    bench.0.set_habits(Habits { keeps_deleted: true, ..Habits::default() });
    let created = bench.create(&client("a"), 0);
    let key = text(&created, "clientKey");
    for seconds in [1, 2] {
        assert_eq!(bench.delete(key, seconds).1["data"]["isValid"], false);
    }
    let (status, details) = bench.details(key, 3);
    assert_eq!((status, &details["data"]["isValid"]), (200, &json!(false)));
    assert_eq!(bench.get(CLIENTS, 3).1["data"][1]["isValid"], false);
    let (status, updated) = bench.update(key, &client("b"), 4);
    assert_eq!((status, &updated["data"]["isValid"]), (200, &json!(false)), "an update brings nobody back");
    assert_eq!(bench.generate(key, text(&created, "clientSecret"), 4).0, 401);
    assert_eq!(bench.names(4), ["rosterd", "b"]);
    bench.0.set_habits(Habits::default());
    assert_eq!((bench.names(4), bench.details(key, 4).0), (vec!["rosterd".to_owned()], 404));
}

#[test]
fn the_same_comes_to_the_same() {
    let [one, other] = [Bench::new(), Bench::new()].map(|mut bench| {
        let created = bench.create(&client("a"), 7);
        (created, bench.token(KEY, SECRET, 8))
    });
    assert_eq!(one, other);
    assert_ne!(Bench::new().create(&client("a"), 8)["clientKey"], one.0["clientKey"], "at another time it does not");
}

#[test]
fn receipts_say_what_it_was_about() {
    let mut bench = Bench::new();
    let created = bench.create(&client("a"), 0);
    let key = text(&created, "clientKey");
    let about = |bench: &Bench| {
        let Receipt { target, client_key, name, outcome, answer, reason, .. } = bench.last();
        assert_eq!(reason.is_some(), answer != "200");
        (target, client_key.unwrap_or_default(), name.unwrap_or_default(), outcome)
    };
    assert_eq!(about(&bench), (Target::Create, key.into(), "a".into(), Outcome::Created));
    bench.update(key, &client("b"), 0);
    assert_eq!(about(&bench), (Target::Update, key.into(), "b".into(), Outcome::Updated));
    bench.update("x", &client("b"), 0);
    assert_eq!(about(&bench), (Target::Update, "x".into(), String::new(), Outcome::NotFound));
    bench.details(key, 0);
    assert_eq!(about(&bench), (Target::Details, key.into(), "b".into(), Outcome::Told));
    bench.get(CLIENTS, 0);
    assert_eq!(about(&bench), (Target::List, String::new(), String::new(), Outcome::Told));
    bench.delete(key, 0);
    assert_eq!(about(&bench), (Target::Delete, key.into(), "b".into(), Outcome::Deleted));
    bench.generate(KEY, "x", 0);
    assert_eq!(about(&bench), (Target::Token, KEY.into(), String::new(), Outcome::Unauthorized));
    bench.ask("POST", CLIENTS, &json!({"name": "c"}), 0);
    assert_eq!(about(&bench), (Target::Create, String::new(), "c".into(), Outcome::Refused));
    assert_eq!(bench.0.counts()[&Target::Create], [(Outcome::Created, 1), (Outcome::Refused, 1)].into());
}
