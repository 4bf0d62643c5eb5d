use super::*;

#[test]
fn a_token_is_good_for_as_long_as_its_client_says_and_never_longer_than_an_hour() {
    for (seconds, good) in [(600, 600), (3600, 3600), (86_400, 3600)] {
        let mut bench = Bench::new();
        let all = json!([{"entityId": 2, "permission": "READ", "resources": []}]);
        let mut body = client("a");
        (body["expirationTokenTime"], body["scopes"]) = (seconds.into(), all);
        let created = bench.create(&body, 0);
        let (status, reply) = bench.generate(text(&created, "clientKey"), text(&created, "clientSecret"), 10);
        assert_eq!((status, &reply["data"]["ttlSeconds"]), (200, &json!(good)));
        let token = text(&reply["data"], "accessToken");
        assert_eq!(bench.by_token(token, "GET", CLIENTS, 10 + good - 1), 200);
        assert_eq!(bench.by_token(token, "GET", CLIENTS, 10 + good), 401);
    }
}

#[test]
fn credentials_are_needed_and_have_to_belong_together() {
    let mut bench = Bench::new();
    let created = bench.create(&client("a"), 0);
    let (key, secret) = (text(&created, "clientKey"), text(&created, "clientSecret"));
    let wrong = (401, error(401, "key or secret is wrong"));
    for (key, secret) in [(key, SECRET), (KEY, secret), (key, ""), ("", secret), (secret, key)] {
        assert_eq!(bench.generate(key, secret, 0), wrong);
    }
    assert_eq!(bench.0.tokens(), 0);
    assert_eq!(bench.generate(key, secret, 0).0, 200);
    for (body, reason) in [
        (json!({"secret": secret}), "key is mandatory"),
        (json!({"key": key}), "secret is mandatory"),
        (json!({"key": 7, "secret": secret}), "key is mandatory"),
        (json!([]), "not a JSON object"),
    ] {
        let reply = bench.ask("POST", "/v3/oauth/token/generate", &body, 0);
        assert_eq!(reply, (400, error(400, reason)));
    }
    assert_eq!((bench.0.tokens(), bench.last().outcome), (1, Outcome::Unreadable));
}

#[test]
fn earlier_tokens_stay_good_until_all_are_revoked() {
    let mut bench = Bench::new();
    let tokens = [0, 0, 1].map(|seconds| bench.token(KEY, SECRET, seconds));
    assert_ne!(tokens[0], tokens[1]);
    let all = |bench: &mut Bench| tokens.each_ref().map(|token| bench.by_token(token, "GET", CLIENTS, 2));
    assert_eq!(all(&mut bench), [200; 3]);
    bench.0.revoke_tokens();
    assert_eq!(all(&mut bench), [401; 3]);
    let fresh = bench.token(KEY, SECRET, 2);
    assert_eq!((bench.by_token(&fresh, "GET", CLIENTS, 2), bench.0.tokens()), (200, 4));
}

#[test]
fn a_token_ends_with_its_client() {
    let ends: [fn(&mut Bench, &str); 3] = [
        |bench, key| assert_eq!(bench.delete(key, 1).0, 200),
        |bench, key| bench.0.remove(key, at(1)).unwrap(),
        |bench, key| bench.0.edit(key, Edit { is_valid: Some(false), ..Edit::default() }, at(1)).unwrap(),
    ];
    for end in ends {
        let mut bench = Bench::new();
        let [own, others] = [bench.create(&client("a"), 0), bench.create(&client("b"), 0)];
        let credentials = |client: &Value| [text(client, "clientKey"), text(client, "clientSecret")].map(str::to_owned);
        let ([key, secret], [other_key, other_secret]) = (credentials(&own), credentials(&others));
        let [token, other] = [bench.token(&key, &secret, 0), bench.token(&other_key, &other_secret, 0)];
        end(&mut bench, &key);
        assert_eq!(bench.by_token(&token, "GET", "/v3/targetGroups", 1), 401);
        assert_eq!(bench.by_token(&other, "GET", "/v3/targetGroups", 1), 200);
        assert_eq!(bench.generate(&key, &secret, 1).0, 401);
    }
}

#[test]
fn a_client_that_is_valid_again_gets_new_tokens_and_not_its_old_ones() {
    let mut bench = Bench::new();
    let token = bench.token(KEY, SECRET, 0);
    for is_valid in [false, true] {
        bench.0.edit(KEY, Edit { is_valid: Some(is_valid), ..Edit::default() }, at(1)).unwrap();
    }
    assert_eq!(bench.by_token(&token, "GET", CLIENTS, 1), 401);
    let token = bench.token(KEY, SECRET, 1);
    assert_eq!(bench.by_token(&token, "GET", CLIENTS, 1), 200);
}
