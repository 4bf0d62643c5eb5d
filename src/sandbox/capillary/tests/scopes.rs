//! What tokens may do.

use super::*;

const PLACES: [(&str, &str); 6] = [
    ("GET", "/v3/targetGroups/7"),
    ("POST", "/v3/targetGroups"),
    ("GET", "/v1.1/transaction/get"),
    ("POST", "/v1.1/transaction/add"),
    ("GET", CLIENTS),
    ("GET", "/v3/elsewhere"),
];

/// What each of the places tells the token of a client with these scopes.
fn told(scopes: &Value) -> [u16; 6] {
    let mut bench = Bench::new();
    let mut body = client("a");
    body["scopes"] = scopes.clone();
    let created = bench.create(&body, 0);
    let token = bench.token(text(&created, "clientKey"), text(&created, "clientSecret"), 0);
    PLACES.map(|(method, path)| {
        let status = bench.by_token(&token, method, path, 0);
        assert_eq!(status == 403, bench.last().outcome == Outcome::Forbidden);
        status
    })
}

fn scope(entity_id: i64, permission: &str, resources: &[&str]) -> Value {
    json!({"entityId": entity_id, "permission": permission, "resources": resources})
}

#[test]
fn entities_permissions_and_resources_are_held() {
    for (scopes, expected) in [
        (json!([scope(2, "READWRITE", &[])]), [200, 200, 200, 200, 200, 404]),
        (json!([scope(2, "READ", &[])]), [200, 403, 200, 403, 200, 404]),
        (json!([scope(2, "WRITE", &[])]), [403, 200, 403, 200, 403, 403]),
        (json!([scope(1, "READWRITE", &[])]), [200, 200, 403, 403, 403, 403]),
        (json!([scope(3, "READWRITE", &[])]), [403, 403, 200, 200, 403, 403]),
        (json!([scope(3, "READWRITE", &[".*v1.1/transaction/add"])]), [403, 403, 403, 200, 403, 403]),
        (json!([scope(1, "READWRITE", &[".*v3/targetGroups.*"])]), [200, 200, 403, 403, 403, 403]),
        (json!([scope(1, "READ", &[]), scope(3, "WRITE", &[])]), [200, 403, 403, 200, 403, 403]),
    ] {
        assert_eq!(told(&scopes), expected, "{scopes}");
    }
}

#[test]
fn whoever_may_is_told_that_nothing_is_there() {
    let mut bench = Bench::new();
    let nothing = (200, json!({"data": [], "errors": null}));
    for (method, path) in &PLACES[..4] {
        assert_eq!(bench.ask(method, path, &Value::Null, 0), nothing, "a password may do everything");
    }
    let created = bench.create(&client("a"), 0);
    let key = text(&created, "clientKey");
    let token = bench.token(key, text(&created, "clientSecret"), 0);
    let request = Request { method: "POST", path: CLIENTS, token: Some(&token), ..Request::default() };
    let reply = read(&bench.0.handle(&request, at(0)));
    assert_eq!(reply, (403, error(403, &format!("no scope of {key} permits POST {CLIENTS}"))));
}

#[test]
fn scopes_hold_as_they_are_now() {
    let mut bench = Bench::new();
    let created = bench.create(&client("a"), 0);
    let key = text(&created, "clientKey");
    let token = bench.token(key, text(&created, "clientSecret"), 0);
    assert_eq!(bench.by_token(&token, "POST", "/v3/targetGroups", 0), 200);
    let mut body = client("a");
    body["scopes"] = json!([scope(1, "READ", &[])]);
    bench.update(key, &body, 1);
    assert_eq!(bench.by_token(&token, "POST", "/v3/targetGroups", 1), 403);
    assert_eq!(bench.by_token(&token, "GET", "/v3/targetGroups", 1), 200);
    bench.0.set_entities(vec![Entity { id: 2, entity: "All".into() }]);
    assert_eq!(bench.by_token(&token, "GET", "/v3/targetGroups", 1), 403, "what is no more permits nothing");
}
