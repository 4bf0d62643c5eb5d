//! Who we are (public docs): a token for a client's key and secret, or a user's name and the MD5 of their password.

use secrecy::ExposeSecret;

use super::*;

fn basic() -> Capillary {
    with(|s| s.auth = Auth::Basic { username: "anna".to_owned(), password: "hunter2".into() })
}

fn call(step: Step) -> (Request, Ticket) {
    match step {
        Step::Call(request, ticket) => (request, ticket),
        other => panic!("{other:?}"),
    }
}

fn headers(request: &Request) -> Vec<(&str, &str)> {
    request.headers.iter().map(|(name, value)| (*name, value.expose_secret())).collect()
}

/// The token and its seconds, or what became of it instead.
fn outcome(input: Input<'_>) -> Result<(String, i64), String> {
    match capillary().resume(Job::Authenticate, &Ticket::NONE, input, &env(&[], None)) {
        Step::Done(Done::Token(token, until)) => {
            Ok((token.expose_secret().to_owned(), until.as_second() - at(0).as_second()))
        }
        other => Err(shown(&other)),
    }
}

fn answered(status: u16, body: &str) -> Result<(String, i64), String> {
    outcome(Input::Reply(&reply(status, body)))
}

#[test]
fn the_request_is_the_docs() {
    let (request, _) = call(capillary().start(Job::Authenticate, &env(&[], None)));
    assert_eq!(request.method, Method::Post);
    assert_eq!(request.url, "https://eu.api.capillarytech.com/v3/oauth/token/generate");
    assert!(request.headers.is_empty(), "the body says it all");
    let body: Value = serde_json::from_str(request.body.as_deref().unwrap()).unwrap();
    assert_eq!(body, json!({"key": "adminKey", "secret": "adm1n-s3cret"}));
    assert!(!format!("{request:?}").contains("adm1n"));
}

#[test]
fn a_token_is_good_for_as_long_as_it_says_but_an_hour_at_most() {
    let token = |data: Value| answered(200, &json!({"data": data, "errors": null}).to_string());
    for (data, seconds) in [
        (json!({"accessToken": "t0ken", "ttlSeconds": 600}), 600),
        (json!({"accessToken": "t0ken", "ttlSeconds": 3600}), 3600),
        (json!({"accessToken": "t0ken", "ttlSeconds": 86_400, "more": 1}), 3600),
        (json!({"accessToken": "t0ken", "ttlSeconds": u64::MAX}), 3600),
        (json!({"accessToken": "t0ken"}), 3600),
    ] {
        assert_eq!(token(data), Ok(("t0ken".to_owned(), seconds)));
    }
    for odd in ["", "t0 ken", "t0ken\n", "tøken"] {
        let told = token(json!({"accessToken": odd, "ttlSeconds": 600}));
        assert_eq!(told, Err("later: gave an accessToken that no header can carry".to_owned()));
    }
}

#[test]
fn everything_else_is_a_failure_in_words() {
    let advice = "; check `auth`, and whether its client still exists";
    for (status, body, told) in [
        (200, "{}".to_owned(), "later: answered 200 OK with something that can't be read".to_owned()),
        (200, "<html>".to_owned(), "later: answered 200 OK with something that can't be read".to_owned()),
        (
            200,
            json!({"data": {"accessToken": "t0ken"}, "errors": [{"code": 7, "message": "no adm1n-s3cret"}]})
                .to_string(),
            "later: answered 200 OK with errors: no … (7)".to_owned(),
        ),
        (401, String::new(), format!("unauthorised: answered 401 Unauthorized{advice}")),
        (500, "no adm1n-s3cret".to_owned(), "later: answered 500 Internal Server Error: no …".to_owned()),
        (404, String::new(), "later: answered 404 Not Found; check `url`".to_owned()),
    ] {
        assert_eq!(answered(status, &body), Err(told), "{status} {body}");
    }
    assert!(answered(403, "").unwrap_err().starts_with("unauthorised: "));
    let busy = Reply { retry_after: Some(at(90)), ..reply(429, "") };
    assert_eq!(outcome(Input::Reply(&busy)), Err("90: answered 429 Too Many Requests".to_owned()));
    assert_eq!(outcome(Input::Unsent("no route")), Err("later: nothing was sent: no route".to_owned()));
    assert_eq!(outcome(Input::Unanswered("cut")), Err("later: no whole answer: cut".to_owned()));
    assert_eq!(outcome(Input::Woken), Err("later: no whole answer: nothing was asked".to_owned()));
}

#[test]
fn every_request_says_who_we_are() {
    let token = SecretString::from("t0ken");
    let (request, _) = call(capillary().start(Job::Check, &env(&[], Some(&token))));
    assert_eq!(headers(&request), [("X-CAP-API-OAUTH-TOKEN", "t0ken")]);
    let (request, _) = call(basic().start(Job::Check, &env(&[], None)));
    // printf 'anna:%s' $(printf hunter2 | md5sum | cut -d' ' -f1) | base64 -w0
    let expected = "Basic YW5uYToyYWI5NjM5MGM3ZGJlMzQzOWRlNzRkMGM5YjBiMTc2Nw==";
    assert_eq!(headers(&request), [("Authorization", expected)]);
    assert_eq!(
        (request.method, request.url.as_str()),
        (Method::Get, "https://eu.api.capillarytech.com/v3/integrations/scopes")
    );
}

#[test]
fn a_user_needs_no_token() {
    assert_eq!(basic().limits().token, None);
    let told = shown(&basic().start(Job::Authenticate, &env(&[], None)));
    assert_eq!(told, "later: nothing was sent: no token is wanted");
}

#[test]
fn credentials_are_good_when_they_may_ask_what_clients_can_be_given() {
    let check =
        |ticket: &Ticket, reply: &Reply| capillary().resume(Job::Check, ticket, Input::Reply(reply), &env(&[], None));
    let (request, ticket) = call(capillary().start(Job::Check, &env(&[], None)));
    assert_eq!(request.url, "https://eu.api.capillarytech.com/v3/oauth/token/generate");
    assert!(shown(&check(&ticket, &reply(401, ""))).starts_with("unauthorised: "));
    let token = r#"{"data": {"accessToken": "t1", "ttlSeconds": 60}, "errors": null}"#;
    let (request, ticket) = call(check(&ticket, &ok(token)));
    assert_eq!((headers(&request), request.method), (vec![("X-CAP-API-OAUTH-TOKEN", "t1")], Method::Get));
    match check(&ticket, &ok(sample::SCOPES)) {
        Step::Done(Done::Good(scopes)) => {
            let told: Vec<_> = scopes.iter().map(|scope| (scope.id, scope.entity.as_str())).collect();
            assert_eq!(told, [(1, "TargetGroups"), (2, "All"), (3, "Transaction")]);
        }
        other => panic!("{other:?}"),
    }
    for status in [401, 403] {
        assert!(shown(&check(&ticket, &reply(status, ""))).starts_with("unauthorised: "), "{status}");
    }
    assert!(shown(&check(&ticket, &reply(503, ""))).starts_with("later: "));
}
