//! Step 1 of seed 000: the token.

use secrecy::ExposeSecret;

use super::*;
use crate::destination::Method;

fn outcome(input: Input<'_>) -> Done {
    done(veris().resume(Job::Authenticate, &Ticket::NONE, input, &env(None)))
}

#[test]
fn the_request_is_the_seeds() {
    let request = request(veris().start(Job::Authenticate, &env(None)));
    assert_eq!((request.method, request.url.as_str()), (Method::Get, "https://acme.veris.in/access-token"));
    let headers: Vec<_> = request.headers.iter().map(|(name, value)| (*name, value.expose_secret())).collect();
    assert_eq!(headers, [("client_id", "acme"), ("client_secret", "cl13nt-s3cret"), ("x-api-key", "4p1-key")]);
    assert_eq!(request.body, None);
    assert!(!format!("{request:?}").contains("s3cret"));
}

#[test]
fn a_token_is_success_whatever_the_status_spells() {
    for (body, minutes) in [
        (r#"{"Status": "Sucess", "AccessToken": "t0ken", "ValidTill": "2026-11-05T10:05:00Z"}"#, 5),
        (r#"{"Status": "Success", "AccessToken": " t0ken ", "ValidTill": null}"#, 15),
        (r#"{"Status": {"odd": 1}, "AccessToken": "t0ken"}"#, 15),
        (r#"{"AccessToken": "t0ken", "ValidTill": "2026-11-05 11:00:00", "more": []}"#, 15),
    ] {
        match outcome(Input::Reply(&reply(201, body))) {
            Done::Token(token, until) => {
                assert_eq!((token.expose_secret(), until), ("t0ken", after(minutes)), "{body}");
            }
            other => panic!("{body}: {other:?}"),
        }
    }
}

#[test]
fn everything_else_is_a_failure_that_quotes_the_status() {
    let failed = r#"{"Status": "Failed for cl13nt-s3cret", "AccessToken": "", "x": "t0ken"}"#;
    for (status, body, kind, text) in [
        (200, failed, "later", r#"answered 200 OK with Status "Failed for …" but gave no AccessToken"#),
        (200, r#"{"AccessToken": 5}"#, "later", "answered 200 OK but gave no AccessToken"),
        (200, r#"["Sucess", "t0ken", null]"#, "later", "answered 200 OK but gave no AccessToken"),
        (200, "AccessToken=t0ken", "later", "answered 200 OK but gave no AccessToken"),
        (200, r#"{"AccessToken":"a\nb"}"#, "later", "gave an AccessToken with characters that no header can carry"),
        (401, failed, "unauthorised", r#"answered 401 Unauthorized with Status "Failed for …""#),
        (403, "key 4p1-key unknown", "unauthorised", "answered 403 Forbidden: key … unknown"),
        (429, "", "later", "answered 429 Too Many Requests"),
        (404, "", "later", "answered 404 Not Found; check `url`"),
        (503, "down", "later", "answered 503 Service Unavailable: down"),
    ] {
        let done = outcome(Input::Reply(&reply(status, body)));
        assert_eq!(shown(&done), (kind, None, text), "{status} {body}");
    }
}

#[test]
fn patience_that_was_asked_for_is_passed_on() {
    let reply = Reply { retry_after: Some(after(60)), ..reply(429, "") };
    assert_eq!(shown(&outcome(Input::Reply(&reply))), ("later", Some(after(60)), "answered 429 Too Many Requests"));
}

#[test]
fn without_an_answer_it_is_tried_later() {
    let unsent = outcome(Input::Unsent("could not connect"));
    assert_eq!(shown(&unsent), ("later", None, "nothing was sent: could not connect"));
    let unanswered = outcome(Input::Unanswered("timed out"));
    assert_eq!(shown(&unanswered), ("later", None, "no whole answer: timed out"));
}
