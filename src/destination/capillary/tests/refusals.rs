//! The target's no, in words; the seed shows no error.

use super::*;

fn created(reply: &Reply) -> String {
    stands::creating().told(reply)
}

#[test]
fn every_answer_in_words() {
    let wrong = r#"{"data": null, "errors": [{"code": 400, "message": "scopes is mandatory", "status": false}]}"#;
    for (status, body, told) in [
        (200, wrong, "split: answered 200 OK with errors: scopes is mandatory (400)"),
        (200, r#"{"errors": "no such till"}"#, "split: answered 200 OK with errors: no such till"),
        (200, r#"{"errors": ["a", {"message": "b"}]}"#, r#"split: answered 200 OK with errors: "a"; b"#),
        (200, r#"{"errors": {"message": "b", "code": 7}}"#, "split: answered 200 OK with errors: b (7)"),
        (200, r#"{"errors": {}}"#, "split: answered 200 OK with errors"),
        (200, r#"{"data": {"id": 1}, "errors": ["a"]}"#, r#"unknown: answered 200 OK with errors: "a""#),
        (200, "<html>", "unknown: answered 200 OK with something that can't be read"),
        (400, wrong, "split: answered 400 Bad Request with errors: scopes is mandatory (400)"),
        (400, "no", "split: answered 400 Bad Request: no"),
        (401, "", "unauthorised: answered 401 Unauthorized; check `auth`, and whether its client still exists"),
        (
            403,
            "",
            "later: answered 403 Forbidden; the client in `auth` needs a scope that permits /v3/integrations/ to be read and written",
        ),
        (404, "", "later: answered 404 Not Found; check `url`"),
        (302, "", "later: answered with a redirect; check `url`"),
        (408, "", "unknown: answered 408 Request Timeout"),
        (500, "oops", "unknown: answered 500 Internal Server Error: oops"),
        (502, "<html><title>502 Bad Gateway</title>", "unknown: answered 502 Bad Gateway: 502 Bad Gateway"),
    ] {
        assert_eq!(created(&reply(status, body)), told, "{body}");
    }
    let busy = Reply { retry_after: Some(at(90)), ..reply(429, "") };
    assert_eq!(created(&busy), "90: answered 429 Too Many Requests");
    let moved = Reply { redirect: Some("login.example".to_owned()), ..reply(302, "") };
    assert_eq!(created(&moved), "later: answered with a redirect to host login.example; check `url`");
}

#[test]
fn what_to_check_depends_on_who_we_are() {
    let basic = with(|s| s.auth = Auth::Basic { username: "anna".to_owned(), password: "hunter2".into() });
    let mut way = Way::new(basic, Op::Join, None);
    way.start();
    assert_eq!(way.told(&reply(401, "")), "unauthorised: answered 401 Unauthorized; check `auth`");
    way.start();
    let told = "later: answered 403 Forbidden; the user in `auth` has to be an administrator of the organisation";
    assert_eq!(way.told(&reply(403, "")), told);
}

#[test]
fn neither_values_nor_secrets_are_quoted() {
    let words = "NewName3 of E17 (sample description) is taken, says t0ken of adm1n-s3cret";
    let hidden = "… of … (…) is taken, says … of …";
    assert_eq!(created(&reply(400, words)), format!("split: answered 400 Bad Request: {hidden}"));
    let errors = json!({"errors": [{"message": words}]}).to_string();
    assert_eq!(created(&ok(&errors)), format!("split: answered 200 OK with errors: {hidden}"));
}

#[test]
fn a_secret_that_comes_with_a_failure_is_not_quoted() {
    let whole = sample::CREATED;
    let said = json!({"errors": [{"message": SECRETS[2]}], "data": {"clientSecret": SECRETS[2]}}).to_string();
    let listed = json!({"data": [[{"clientSecret": SECRETS[2]}]]}).to_string();
    let token = json!({"accessToken": SECRETS[2]}).to_string();
    // As a proxy may cut it.
    let short = r#"{"data": {"clientSecret": "UEOx1f11D6S2Zw2EmE54tyChCisCiZAagIbmdFH8", "na"#;
    for body in [whole, &said, &listed, &token, short, &whole[..700]] {
        for status in [200, 400, 500] {
            let told = created(&reply(status, body));
            assert!(!told.contains(&SECRETS[2][..8]), "{status} {told}");
        }
    }
    let plain = created(&reply(500, r#"{"data": {"clientSecret": "UEOx", "hint": "full"}}"#));
    assert_eq!(plain, r#"unknown: answered 500 Internal Server Error: {"data":{"clientSecret":"…","hint":"full"}}"#);
}

#[test]
fn a_password_is_not_quoted_in_any_form_that_we_send_it_in() {
    let basic = with(|s| s.auth = Auth::Basic { username: "anna".to_owned(), password: "hunter2".into() });
    let mut way = Way::new(basic, Op::Join, None);
    way.start();
    let words =
        "Basic YW5uYToyYWI5NjM5MGM3ZGJlMzQzOWRlNzRkMGM5YjBiMTc2Nw== is 2ab96390c7dbe3439de74d0c9b0b1767 or hunter2";
    assert_eq!(way.told(&reply(500, words)), "later: answered 500 Internal Server Error: Basic … is … or …");
}
