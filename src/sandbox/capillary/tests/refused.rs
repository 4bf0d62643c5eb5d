use super::*;

/// A client with one field changed; `null` is as good as left out.
fn with(field: &str, value: Value) -> Value {
    let mut client = client("a");
    client[field] = value;
    client
}

fn scoped(scope: &Value) -> Value {
    with("scopes", json!([scope]))
}

#[track_caller]
fn refused(method: &str, path: &str, body: &Value, reason: &str) {
    let mut bench = Bench::new();
    let (status, reply) = bench.ask(method, path, body, 0);
    let message = reply["errors"][0]["message"].as_str().unwrap().to_owned();
    assert!(message.starts_with(reason), "{message}");
    assert_eq!((status, reply), (400, error(400, &message)));
    assert_eq!((bench.last().outcome, bench.last().reason), (Outcome::Refused, Some(message)));
    assert_eq!(bench.names(0), ["rosterd"]);
}

#[test]
fn a_new_client_needs_everything() {
    for (field, wrong) in [
        ("name", json!(null)),
        ("name", json!("")),
        ("name", json!(" ")),
        ("description", json!(null)),
        ("description", json!("")),
        ("expirationTokenTime", json!(null)),
        ("defaultTillId", json!(null)),
        ("scopes", json!(null)),
        ("scopes", json!([])),
    ] {
        refused("POST", CLIENTS, &with(field, wrong), &format!("{field} is mandatory"));
    }
}

#[test]
fn an_update_needs_all_but_name_and_description() {
    let path = format!("{CLIENTS}/{KEY}");
    for field in ["expirationTokenTime", "defaultTillId", "scopes"] {
        refused("PUT", &path, &with(field, Value::Null), &format!("{field} is mandatory"));
    }
    refused("PUT", &path, &with("name", json!(7)), "name: ");
    refused("PUT", &path, &with("description", json!(["x"])), "description: ");
    refused("PUT", &path, &scoped(&json!({"entityId": 1, "permission": "READ"})), "scope 0: missing field `resources`");
}

#[test]
fn kinds_are_minded() {
    for (field, wrong) in [
        ("name", json!(7)),
        ("description", json!({})),
        ("expirationTokenTime", json!("600")),
        ("expirationTokenTime", json!(600.0)),
        ("expirationTokenTime", json!(true)),
        ("defaultTillId", json!("15000449")),
        ("defaultTillId", json!(1.5)),
        ("scopes", json!({})),
        ("scopes", json!(["All"])),
        ("scopes", json!([[1, "READ", []]])),
    ] {
        refused("POST", CLIENTS, &with(field, wrong), &format!("{field}: "));
    }
    for wrong in [0, -1] {
        refused("POST", CLIENTS, &with("expirationTokenTime", wrong.into()), "expirationTokenTime is not above 0");
    }
}

#[test]
fn scopes_are_minded() {
    for (scope, reason) in [
        (json!({}), "scope 0: missing field `entityId`"),
        (json!({"entityId": 1, "resources": []}), "scope 0: missing field `permission`"),
        (json!({"entityId": 1, "permission": "READ"}), "scope 0: missing field `resources`"),
        (json!({"entityId": 1, "permission": "read", "resources": []}), "scope 0: unknown variant `read`"),
        (json!({"entityId": "1", "permission": "READ", "resources": []}), "scope 0: invalid type: string"),
        (json!({"entityId": 1, "permission": "READ", "resources": null}), "scope 0: invalid type: null"),
        (json!({"entityId": 1, "permission": "READ", "resources": ".*"}), "scope 0: invalid type: string"),
        (json!({"entityId": 1, "permission": "READ", "resources": [7]}), "scope 0: invalid type: integer"),
        (json!({"entityId": 1, "permission": "READ", "resources": ["("]}), r#"resource "(" is no pattern"#),
        (json!({"entityId": 4, "permission": "READ", "resources": []}), "entityId 4 is unknown"),
    ] {
        refused("POST", CLIENTS, &scoped(&scope), reason);
    }
    let good = json!({"entityId": 1, "permission": "READ", "resources": []});
    refused("POST", CLIENTS, &with("scopes", json!([good, {}])), "scope 1: missing field");
    Bench::new().create(&scoped(&good), 0);
}

#[test]
fn what_cannot_be_read_is_refused_before_anything_is_looked_up() {
    let request = |body, content_type| Request {
        method: "PUT",
        path: "/v3/integrations/clients/nobody",
        authorization: Some(BASIC),
        content_type,
        body,
        ..Request::default()
    };
    let whole = client("a").to_string();
    for (body, kind, status, reason) in [
        (&b""[..], None, 400, "not JSON"),
        (b"{", Some("application/json"), 400, "not JSON"),
        (b"[]", Some("application/json; charset=utf-8"), 400, "not a JSON object"),
        (b"null", None, 400, "not a JSON object"),
        (whole.as_bytes(), Some("text/plain"), 415, "Content-Type is not application/json"),
        (whole.as_bytes(), Some("Application/JSON;charset=UTF-8"), 404, "no such client"),
        (whole.as_bytes(), None, 404, "no such client"),
    ] {
        let mut bench = Bench::new();
        let reply = read(&bench.0.handle(&request(body, kind), at(0)));
        assert_eq!(reply, (status, error(status, reason)));
        let unreadable = bench.last().outcome == Outcome::Unreadable;
        assert_eq!(unreadable, status != 404);
    }
}

#[test]
fn whoever_is_unknown_is_told_nothing_else() {
    let basic = |text: &str| format!("Basic {text}");
    // `sandbox:sandbox-password` without MD5, `other:` with it, no base64, and another scheme.
    let plain = basic("c2FuZGJveDpzYW5kYm94LXBhc3N3b3Jk");
    let other = basic("b3RoZXI6OTExYjdiZjU1YjdiMDNjZGZlMmFmOWQxZTY4ZTQ4OTc=");
    let (garbage, bearer) = (basic("*"), BASIC.replace("Basic", "Bearer"));
    for authorization in [None, Some(""), Some(&*plain), Some(&*other), Some(&*garbage), Some(&*bearer)] {
        for (method, path) in [("GET", CLIENTS), ("GET", "/v3/elsewhere"), ("PATCH", CLIENTS), ("POST", CLIENTS)] {
            let mut bench = Bench::new();
            let request = Request { method, path, authorization, ..Request::default() };
            assert_eq!(bench.0.handle(&request, at(0)).status, 401, "{method} {path} {authorization:?}");
            assert_eq!(bench.last().outcome, Outcome::Unauthorized);
        }
    }
    let request =
        Request { method: "GET", path: CLIENTS, token: Some("x"), authorization: Some(BASIC), ..Request::default() };
    let reply = read(&Bench::new().0.handle(&request, at(0)));
    assert_eq!(reply, (401, error(401, "the token is unknown or has expired")), "a token goes first");
    let lower = BASIC.replace("Basic", "basic");
    let request = Request { method: "GET", path: CLIENTS, authorization: Some(&lower), ..Request::default() };
    assert_eq!(Bench::new().0.handle(&request, at(0)).status, 200);
}

#[test]
fn other_paths_and_methods_are_refused() {
    let mut bench = Bench::new();
    let no_path = (404, error(404, "no such path"));
    for path in
        ["/v3/elsewhere", "/v3/integrations", "/v3/integrations/clients/", "/v3/integrations/clients/a/b", "/v1.1/x"]
    {
        assert_eq!(bench.get(path, 0), no_path, "{path}");
    }
    let no_method = (405, error(405, "no such method"));
    for (method, path) in [
        ("PUT", CLIENTS),
        ("DELETE", CLIENTS),
        ("HEAD", CLIENTS),
        ("POST", "/v3/integrations/scopes"),
        ("POST", "/v3/integrations/clients/a"),
        ("PATCH", "/v3/integrations/clients/a"),
        ("GET", "/v3/oauth/token/generate"),
    ] {
        assert_eq!(bench.ask(method, path, &client("a"), 0), no_method, "{method} {path}");
        assert_eq!(bench.last().outcome, Outcome::NoMethod);
    }
}

#[test]
fn some_tell_errors_with_200() {
    let mut bench = Bench::new();
    bench.0.set_habits(Habits { errors_with_200: true, ..Habits::default() });
    assert_eq!(bench.details("nobody", 0), (200, error(404, "no such client")));
    assert_eq!(bench.last().outcome, Outcome::NotFound);
    assert_eq!(bench.generate(KEY, "x", 0), (200, error(401, "key or secret is wrong")));
    assert_eq!(bench.by_token("x", "GET", CLIENTS, 0), 200);
    bench.create(&client("a"), 0);
}
