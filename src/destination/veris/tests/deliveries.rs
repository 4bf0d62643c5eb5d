//! Step 2 of seed 000: the members.

use secrecy::ExposeSecret;
use serde_json::Value;

use super::*;
use crate::destination::Method;

fn outcome(items: &[Item], input: Input<'_>) -> Done {
    let token = SecretString::from("t0ken");
    done(veris().resume(Job::Deliver(items), &Ticket::NONE, input, &env(Some(&token))))
}

fn partly(body: &str) -> Vec<(i64, String)> {
    match outcome(&[item(1), item(2), item(3)], Input::Reply(&reply(200, body))) {
        Done::Partly(refused) => refused.into_iter().map(|(account, refusal)| (account, refusal.text)).collect(),
        other => panic!("{body}: {other:?}"),
    }
}

#[test]
fn the_request_is_the_seeds() {
    let token = SecretString::from("t0ken");
    let env = env(Some(&token));
    let request = request(veris().start(Job::Deliver(&[item(1), item(2)]), &env));
    assert_eq!((request.method, request.url.as_str()), (Method::Post, "https://acme.veris.in/members"));
    let headers: Vec<_> = request.headers.iter().map(|(name, value)| (*name, value.expose_secret())).collect();
    assert_eq!(headers, [("Authorization", "bearer t0ken")]);
    let body: Vec<Value> = serde_json::from_str(request.body.as_deref().unwrap()).unwrap();
    assert_eq!(body, [1, 2].map(|n| Value::Object(item(n).payload.fields().clone())));
    assert!(!format!("{request:?}").contains("Anna"));
}

#[test]
fn nothing_is_sent_for_nobody_or_without_a_token() {
    let env = env(None);
    assert_eq!(shown(&done(veris().start(Job::Deliver(&[]), &env))), ("accepted", None, ""));
    let later = done(veris().start(Job::Deliver(&[item(1)]), &env));
    assert_eq!(shown(&later), ("later", None, "nothing was sent: no token is at hand"));
}

#[test]
fn any_2xx_is_success_for_the_whole_batch() {
    for body in [
        "{“OK”}",
        "",
        "OK",
        r#"{"Status": "Sucess", "errors": [], "failed": 0, "error": null, "invalid": {"E1": []}}"#,
        r#"[{"unique_id": "E1", "status": "active", "error": ""}]"#,
        r#"{"success": true, "members": ["E1", "E2"]}"#,
        r#"{"failed": "#,
    ] {
        for status in [200, 201, 202, 204, 299] {
            let done = outcome(&[item(1), item(2)], Input::Reply(&reply(status, body)));
            assert_eq!(shown(&done), ("accepted", None, ""), "{status} {body}");
        }
    }
}

#[test]
fn members_named_in_a_success_are_refused_and_the_others_are_not() {
    let row = r#"answered 200 OK with errors: {"message":"bad","unique_id":"…"}"#;
    for (body, account, text) in [
        (r#"{"errors": [{"unique_id": "E2", "message": "bad"}]}"#, 2, row),
        (r#"{"data": {"Failed": [{"message": "bad", "unique_id": "E2"}]}}"#, 2, row),
        (
            r#"{"error": "one failed", "errors": {"E2": "no country", "E1": null}}"#,
            2,
            r#"answered 200 OK with errors: "no country""#,
        ),
        (r#"{"rejected": ["E3", "E99"]}"#, 3, "answered 200 OK with errors"),
        (
            r#"[{"unique_id": "E1", "status": "ok"}, {"unique_id": "E3", "status": "Error"}]"#,
            3,
            r#"answered 200 OK with errors: {"status":"Error","unique_id":"…"}"#,
        ),
        (
            r#"{"members": [{"unique_id": "E3", "errors": ["Anna Berg: mail taken"]}]}"#,
            3,
            r#"answered 200 OK with errors: {"errors":["… …: mail taken"],"unique_id":"…"}"#,
        ),
    ] {
        assert_eq!(partly(body), [(account, text.to_owned())], "{body}");
    }
}

#[test]
fn errors_that_name_nobody_are_narrowed_down() {
    for body in [r#"{"errors": ["too bad"]}"#, r#"{"success": false}"#, r#"{"Status": "Failed"}"#, r#"{"failed": 2}"#] {
        let done = outcome(&[item(1), item(2)], Input::Reply(&reply(200, body)));
        assert_eq!(shown(&done).0, "split", "{body}");
    }
}

#[test]
fn every_status_has_its_meaning() {
    for (status, kind, text) in [
        (301, "later", "answered with a redirect; check `url`"),
        (400, "split", "answered 400 Bad Request"),
        (401, "unauthorised", "answered 401 Unauthorized"),
        (403, "unauthorised", "answered 403 Forbidden"),
        (404, "later", "answered 404 Not Found; check `url`"),
        (405, "later", "answered 405 Method Not Allowed; check `url`"),
        (407, "later", "answered 407 Proxy Authentication Required; check `proxy`"),
        (408, "unknown", "answered 408 Request Timeout"),
        (413, "too large", "answered 413 Content Too Large"),
        (418, "later", "answered 418"),
        (422, "split", "answered 422 Unprocessable Content"),
        (429, "later", "answered 429 Too Many Requests"),
        (500, "unknown", "answered 500 Internal Server Error"),
        (503, "unknown", "answered 503 Service Unavailable"),
        (504, "unknown", "answered 504 Gateway Timeout"),
        (999, "unknown", "answered 999"),
    ] {
        let done = outcome(&[item(1)], Input::Reply(&reply(status, "")));
        assert_eq!(shown(&done), (kind, None, text), "{status}");
    }
}

#[test]
fn redirects_and_patience_are_told() {
    let redirect = Reply { redirect: Some("login.example.net".to_owned()), ..reply(302, "<html>moved</html>") };
    let text = "answered with a redirect to host login.example.net; check `url`";
    assert_eq!(shown(&outcome(&[item(1)], Input::Reply(&redirect))), ("later", None, text));

    let busy = Reply { retry_after: Some(after(2)), ..reply(429, "") };
    let text = "answered 429 Too Many Requests";
    assert_eq!(shown(&outcome(&[item(1)], Input::Reply(&busy))), ("later", Some(after(2)), text));
}

#[test]
fn without_an_answer_it_depends_on_whether_it_left() {
    let unsent = outcome(&[item(1)], Input::Unsent("could not connect"));
    assert_eq!(shown(&unsent), ("later", None, "nothing was sent: could not connect"));
    let unanswered = outcome(&[item(1)], Input::Unanswered("timed out"));
    assert_eq!(shown(&unanswered), ("unknown", None, "no whole answer: timed out"));
}

#[test]
fn the_targets_words_are_quoted_without_values_and_secrets() {
    let body = r#"{"message": "E1: ANNA.BERG@example.com of Norway is no nurse, says Anna (token t0ken)"}"#;
    let done = outcome(&[item(1)], Input::Reply(&reply(400, body)));
    let text = r#"answered 400 Bad Request: {"message":"…: … of … is no …, says … (token …)"}"#;
    assert_eq!(shown(&done), ("split", None, text));
}
