//! Who is let in: a browser that was sent nowhere by somebody else's page, with a session.

use axum::extract::{Request, State};
use axum::http::header::{CONNECTION, COOKIE, ORIGIN};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use super::super::host::only;
use super::super::page::close_up;
use super::super::place::Place;
use super::{Desk, page};
use crate::report::page::private;

/// As the status page's, with forms of our own.
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Refuses what another site's page may have sent, and closes every answer up.
pub(super) async fn closed(State(place): State<Place>, request: Request, next: Next) -> Response {
    let mut response = match why_foreign(request.method(), request.headers(), &place) {
        None => next.run(request).await,
        Some(refusal) => refusal.into_response(),
    };
    close_up(response.headers_mut(), POLICY);
    // The next page has a connection of its own, or the time of this one would be over in the midst of it.
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

/// Lets those through who have a session, and says whose it is.
pub(super) async fn guarded(State(desk): State<Desk>, mut request: Request, next: Next) -> Response {
    let viewer = session(request.headers(), &desk.place).and_then(|session| desk.daemon.viewer(session));
    match viewer {
        Some(viewer) => {
            request.extensions_mut().insert(viewer);
            next.run(request).await
        }
        // Not 401: at that a browser would forget the login that was right.
        None => page(StatusCode::FORBIDDEN, private::ask()),
    }
}

/// The session's secret, as the browser brings it.
pub(super) fn session<'a>(headers: &'a HeaderMap, place: &Place) -> Option<&'a str> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|line| line.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == super::cookie_name(place)).map(|(_, value)| value)
}

/// Not under a name that somebody else could own. And a form may be sent here from any page: only ours is heard. What a
/// browser says of itself in `Sec-Fetch-Site` goes before `Origin`, which is `null` where no referrer is to be told.
fn why_foreign(method: &Method, headers: &HeaderMap, place: &Place) -> Option<(StatusCode, &'static str)> {
    let Some(own) = place.origin(headers) else {
        let why = "these pages are asked for by an IP address, `localhost` or the `name` of `listen`, as `rosterd open` says\n";
        return Some((StatusCode::MISDIRECTED_REQUEST, why));
    };
    if method != Method::POST {
        return None;
    }
    let origin = headers.contains_key(ORIGIN).then(|| only(headers, ORIGIN).unwrap_or_default());
    let own = match only(headers, "sec-fetch-site") {
        Some(site) => site == "same-origin" && origin.is_none_or(|origin| origin == "null" || origin == own),
        None => origin == Some(&own),
    };
    (!own).then_some((StatusCode::FORBIDDEN, "this was not sent by a page of rosterd\n"))
}

#[cfg(test)]
mod tests {
    use axum::http::header::{HOST, HeaderName};

    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    fn place(name: Option<&str>) -> Place {
        Place::new(([127, 0, 0, 1], 9464).into(), name)
    }

    #[test]
    fn only_our_own_pages_send_anything() {
        let host = ("host", "127.0.0.1:9464");
        let place = place(None);
        let posted = |more: &[(&'static str, &'static str)]| {
            why_foreign(&Method::POST, &headers(&[&[host][..], more].concat()), &place).is_none()
        };
        for own in [
            &[("origin", "http://127.0.0.1:9464")][..],
            &[("sec-fetch-site", "same-origin")],
            &[("sec-fetch-site", "same-origin"), ("origin", "null")],
            &[("sec-fetch-site", "same-origin"), ("origin", "http://127.0.0.1:9464")],
        ] {
            assert!(posted(own), "{own:?}");
        }
        for foreign in [
            &[][..],
            &[("origin", "null")],
            &[("origin", "http://127.0.0.1:80")],
            &[("origin", "https://127.0.0.1:9464")],
            &[("origin", "http://example.com")],
            &[("sec-fetch-site", "same-site"), ("origin", "http://127.0.0.1:9464")],
            &[("sec-fetch-site", "cross-site")],
            &[("sec-fetch-site", "none")],
            &[("sec-fetch-site", "same-origin"), ("origin", "http://example.com")],
        ] {
            assert!(!posted(foreign), "{foreign:?}");
        }
        assert!(why_foreign(&Method::GET, &headers(&[host]), &place).is_none());
        assert!(why_foreign(&Method::GET, &headers(&[]), &place).is_some());
        let mut twice = headers(&[host]);
        twice.append(HOST, HeaderValue::from_static("example.com"));
        assert!(why_foreign(&Method::GET, &twice, &place).is_some());
    }

    #[test]
    fn over_tls_our_own_pages_are_of_the_name_and_of_https() {
        let place = place(Some("rosterd.example.com"));
        let refused = |origin: &'static str| {
            let headers = headers(&[("host", "rosterd.example.com:9464"), ("origin", origin)]);
            why_foreign(&Method::POST, &headers, &place).map(|(status, _)| status.as_u16())
        };
        assert_eq!(refused("https://rosterd.example.com:9464"), None);
        for foreign in ["http://rosterd.example.com:9464", "https://rosterd.example.com", "https://example.com:9464"] {
            assert_eq!(refused(foreign), Some(403), "{foreign}");
        }
        let elsewhere = headers(&[("host", "example.com:9464"), ("origin", "https://example.com:9464")]);
        assert_eq!(why_foreign(&Method::POST, &elsewhere, &place).unwrap().0, 421);
    }

    #[test]
    fn a_session_is_found_among_other_cookies() {
        let of =
            |cookies: &'static str, name| session(&headers(&[("cookie", cookies)]), &place(name)).map(str::to_owned);
        assert_eq!(of("a=b; rosterd_session=x; c=d", None).as_deref(), Some("x"));
        assert_eq!(of("a=rosterd_session=x; xrosterd_session=y", None), None);
        let secured = Some("rosterd.example.com");
        assert_eq!(of("rosterd_session=x; __Host-rosterd_session=y", secured).as_deref(), Some("y"));
        assert_eq!(of("rosterd_session=x", secured), None, "any page of the host may have set it");
    }
}
