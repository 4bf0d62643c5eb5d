//! What somebody does by hand.

use super::*;

#[test]
fn the_client_that_is_there_from_the_start_is_one_like_all_others() {
    let mut bench = Bench::new();
    let admin = bench.0.clients(at(0)).pop().unwrap();
    assert_eq!((admin.key.len(), admin.secret.len(), admin.scopes[0].entity_id), (25, 40, 2));
    assert_eq!(bench.get(CLIENTS, 0).1["data"][0]["clientKey"], KEY);
    assert_eq!(bench.details(KEY, 0).1["data"]["scopes"], json!([{"permission": "READWRITE", "entityId": 2}]));
    let token = bench.token(KEY, SECRET, 0);
    assert_eq!(bench.by_token(&token, "DELETE", &format!("{CLIENTS}/{KEY}"), 0), 200);
    assert_eq!(bench.by_token(&token, "GET", CLIENTS, 0), 401);
    bench.0.reset();
    assert_eq!((bench.names(0), bench.generate(KEY, SECRET, 0).0), (vec!["rosterd".to_owned()], 200));
}

#[test]
fn clients_are_seeded_all_or_none() {
    let mut bench = Bench::new();
    let mut old = client("old");
    old["createdOn"] = json!("2020-01-01T00:00:00.000+0530");
    bench.0.seed(&[old.clone(), client("new")], at(5)).unwrap();
    let clients = bench.0.clients(at(5));
    assert_eq!(clients.iter().map(|client| client.id).collect::<Vec<_>>(), [1, 2, 3]);
    assert_eq!(clients[1].created, "2019-12-31T18:30:00Z".parse().unwrap());
    assert_eq!((clients[1].updated, clients[2].created), (clients[1].created, at(5)));
    assert_eq!((clients[1].created_by.kind, clients[1].is_valid), (Kind::AdminUser, true));
    assert_eq!(clients[1].scopes[0].resources, [".*v3/targetGroups.*"]);
    assert_eq!(bench.generate(&clients[1].key, &clients[1].secret, 5).0, 200);
    let mut mistaken = client("x");
    mistaken["createdOn"] = json!("yesterday");
    for (wrong, reason) in [
        (json!({}), "client 1: scopes is mandatory"),
        (json!(7), "client 1: scopes is mandatory"),
        (mistaken, "client 1: createdOn is no time"),
    ] {
        assert_eq!(bench.0.seed(&[client("y"), wrong], at(6)).unwrap_err(), reason);
    }
    assert_eq!(bench.names(6), ["rosterd", "old", "new"]);
    assert_eq!(bench.create(&client("next"), 6)["id"], 4);
}

#[test]
fn a_client_is_changed_by_hand_in_what_is_named() {
    let mut bench = Bench::new();
    let created = bench.create(&client("a"), 0);
    let key = text(&created, "clientKey");
    let before = bench.0.client(key, at(0)).unwrap();
    let scopes = vec![Scope { entity_id: 2, permission: Permission::Read, resources: vec![".*".into()] }];
    let edit = Edit { name: Some("b".into()), scopes: Some(scopes.clone()), ..Edit::default() };
    bench.0.edit(key, edit, at(9)).unwrap();
    let after = bench.0.client(key, at(9)).unwrap();
    let by = Actor::admin();
    assert_eq!(after, Record { name: "b".into(), scopes, updated: at(9), updated_by: by, ..before });
    let everything =
        json!({"name": "c", "description": "d", "expirationTokenTime": 7, "defaultTillId": 8, "isValid": false});
    bench.0.edit(key, serde_json::from_value(everything).unwrap(), at(10)).unwrap();
    let after = bench.0.client(key, at(10)).unwrap();
    assert_eq!((after.name.as_str(), after.description.as_str()), ("c", "d"));
    assert_eq!((after.expiration_token_time, after.default_till_id, after.is_valid), (7, 8, false));
    assert_eq!(bench.get(CLIENTS, 10).1["data"][1]["isValid"], false, "invalid is not deleted");
}

#[test]
fn mistakes_by_hand_change_nothing() {
    let mut bench = Bench::new();
    let before = bench.0.clients(at(0));
    let scope = |entity_id, resource: &str| {
        vec![Scope { entity_id, permission: Permission::Read, resources: vec![resource.into()] }]
    };
    for (edit, reason) in [
        (Edit { expiration_token_time: Some(0), ..Edit::default() }, "expirationTokenTime is not above 0"),
        (Edit { scopes: Some(vec![]), ..Edit::default() }, "scopes is mandatory"),
        (Edit { scopes: Some(scope(9, ".*")), ..Edit::default() }, "entityId 9 is unknown"),
        (Edit { scopes: Some(scope(1, "(")), ..Edit::default() }, r#"resource "(" is no pattern"#),
    ] {
        assert_eq!(bench.0.edit(KEY, edit, at(1)).unwrap_err(), reason);
    }
    assert_eq!(bench.0.edit("nobody", Edit::default(), at(1)).unwrap_err(), "no such client");
    assert_eq!(bench.0.remove("nobody", at(1)).unwrap_err(), "no such client");
    assert_eq!(bench.0.clients(at(1)), before);
}

#[test]
fn a_client_is_deleted_by_hand() {
    let mut bench = Bench::new();
    let created = bench.create(&client("a"), 0);
    let key = text(&created, "clientKey");
    bench.0.remove(key, at(1)).unwrap();
    assert_eq!((bench.details(key, 1).0, bench.names(1)), (404, vec!["rosterd".to_owned()]));
    assert_eq!(bench.0.remove(key, at(1)).unwrap_err(), "no such client");
}

#[test]
fn the_organization_gets_other_scopes() {
    let mut bench = Bench::new();
    let scopes = vec![Entity { id: 2, entity: "All".into() }, Entity { id: 7, entity: "Vouchers".into() }];
    bench.0.set_entities(scopes);
    let told = json!([{"id": 2, "entity": "All"}, {"id": 7, "entity": "Vouchers"}]);
    assert_eq!(bench.get("/v3/integrations/scopes", 0).1["data"], told);
    assert_eq!(bench.ask("POST", CLIENTS, &client("a"), 0).1, error(400, "entityId 1 is unknown"));
    let mut body = client("a");
    body["scopes"][0]["entityId"] = json!(7);
    bench.create(&body, 0);
}

#[test]
fn a_summary_has_everything_but_secrets_and_tokens() {
    let mut bench = Bench::new();
    let token = bench.token(KEY, SECRET, 0);
    bench.create(&client("a"), 0);
    bench.0.set_faults(vec![Fault::new(Effect::ShortList(1))]);
    let secret = bench.0.clients(at(0)).pop().unwrap().secret;
    let summary = bench.0.summary(at(0));
    assert_eq!((&summary["tokens"], &summary["clients"][1]["name"]), (&json!(1), &json!("a")));
    assert_eq!(summary["clients"][1]["scopes"][0]["resources"], json!([".*v3/targetGroups.*"]));
    assert_eq!(summary["habits"], json!({"keeps_deleted": false, "errors_with_200": false}));
    assert_eq!(summary["requests"], json!({"token": {"issued": 1}, "create": {"created": 1}}));
    assert_eq!(summary["faults"], json!([{"short_list": 1, "target": "list"}]));
    assert_eq!((summary["receipts"].as_array().unwrap().len(), &summary["scopes"][0]["id"]), (2, &json!(1)));
    for hidden in [secret, SECRET.into(), token] {
        assert!(!summary.to_string().contains(&hidden));
        assert!(!format!("{:?}", bench.0.clients(at(0))).contains(&hidden));
    }
    assert!(!format!("{:?}", Options::default()).contains(SECRET));
    assert!(!format!("{:?}", Options::default()).contains("sandbox-password"));
}
