//! The login in front of pages that others than this host may come to: Basic authentication (RFC 7617), over TLS alone.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::header::{AUTHORIZATION, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use ring::hmac;
use secrecy::ExposeSecret;

use super::attempts::Verdict;
use super::host::only;
use super::place::Place;
use super::visit::Caller;
use crate::config::Login;
use crate::daemon::shared::Daemon;
use crate::daemon::{clock, told};

const CHALLENGE: &str = r#"Basic realm="rosterd", charset="UTF-8""#;

/// Pages behind the login, where there is one.
pub(super) fn before(pages: Router, daemon: Arc<Daemon>, place: &Place) -> Router {
    if place.is_secured() { pages.layer(from_fn_with_state(daemon, asked)) } else { pages }
}

async fn asked(
    State(daemon): State<Arc<Daemon>>,
    ConnectInfo(Caller(from)): ConnectInfo<Caller>,
    request: Request,
    next: Next,
) -> Response {
    if !request.headers().contains_key(AUTHORIZATION) {
        return challenge();
    }
    let right = is_right(&daemon, request.headers());
    let verdict = daemon.attempts().judge(from, right, clock::now().monotonic);
    match verdict {
        Verdict::In => next.run(request).await,
        Verdict::Wrong { times, refused } => {
            told::wrong_login(from, times, refused);
            challenge()
        }
        Verdict::Later(wait) => later(wait),
    }
}

fn challenge() -> Response {
    let why = "log in with the user and the password that rosterd's config has for `listen`\n";
    (StatusCode::UNAUTHORIZED, [(WWW_AUTHENTICATE, CHALLENGE)], why).into_response()
}

fn later(wait: Duration) -> Response {
    let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    let why = format!("there were too many wrong logins: try again in {seconds} s\n");
    (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, seconds.to_string())], why).into_response()
}

/// By the config in force: a changed password counts at once.
fn is_right(daemon: &Daemon, headers: &HeaderMap) -> bool {
    let config = daemon.config();
    let secured = config.listen.as_ref().and_then(|listen| listen.secured.as_ref());
    let (Some(secured), Some(typed)) = (secured, typed(headers)) else { return false };
    fits(&secured.login, &typed)
}

/// User and password with a colon between them.
fn typed(headers: &HeaderMap) -> Option<Vec<u8>> {
    let (scheme, credentials) = only(headers, AUTHORIZATION)?.split_once(' ')?;
    let basic = scheme.eq_ignore_ascii_case("basic");
    basic.then(|| BASE64_STANDARD.decode(credentials.trim()).ok()).flatten()
}

/// Both are hashed as a whole, and the hashes compared in constant time: how long that takes tells nobody anything.
fn fits(login: &Login, typed: &[u8]) -> bool {
    let key = hmac::Key::new(hmac::HMAC_SHA256, b"login");
    let mut known = hmac::Context::with_key(&key);
    for part in [&login.user, ":", login.password.expose_secret()] {
        known.update(part.as_bytes());
    }
    hmac::verify(&key, typed, known.sign().as_ref()).is_ok()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    #[test]
    fn only_both_as_a_whole_fit() {
        let login = Login { user: "hr".to_owned(), password: "correct:horse:bättery".into() };
        assert!(fits(&login, "hr:correct:horse:bättery".as_bytes()));
        for typed in [
            "",
            ":",
            "hr",
            "hr:",
            "hr:correct",
            "HR:correct:horse:bättery",
            "hr:correct:horse:bättery ",
            "xhr:correct:horse:bättery",
            ":correct:horse:bättery",
        ] {
            assert!(!fits(&login, typed.as_bytes()), "{typed}");
        }
    }

    #[test]
    fn what_is_typed_is_taken_as_browsers_send_it_and_as_nothing_else() {
        let of = |lines: &[&str]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(AUTHORIZATION, HeaderValue::from_str(line).unwrap());
            }
            typed(&headers).map(|typed| String::from_utf8(typed).unwrap())
        };
        assert_eq!(of(&["Basic aHI6YQ=="]).as_deref(), Some("hr:a"));
        assert_eq!(of(&["basic  aHI6YQ=="]).as_deref(), Some("hr:a"));
        for odd in [
            &[][..],
            &["Basic"],
            &["Basic aHI6YQ"],
            &["Basic %"],
            &["Bearer aHI6YQ=="],
            &["Basic aHI6YQ==", "Basic aHI6YQ=="],
        ] {
            assert_eq!(of(odd), None, "{odd:?}");
        }
    }

    #[test]
    fn who_is_to_wait_is_told_for_how_long() {
        let answer = later(Duration::from_millis(2001));
        assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "3"));
    }
}
