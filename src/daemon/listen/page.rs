//! The status page, only under a name of this host.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::place::Place;
use super::{login, unavailable};
use crate::daemon::shared::Daemon;
use crate::report::page::{self, STYLE};

/// Nothing but the page itself and its stylesheet: no script, no form, no frame around it, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// The page and its stylesheet.
pub(super) fn router(daemon: Arc<Daemon>, place: &Place) -> Router {
    let pages = Router::new().route("/", get(shown)).route("/page.css", get(styled)).with_state(daemon.clone());
    login::before(pages, daemon, place).layer(middleware::from_fn_with_state(place.clone(), guarded))
}

async fn shown(State(daemon): State<Arc<Daemon>>) -> Response {
    match daemon.overview().await {
        Ok(overview) => Html(page::page(&overview)).into_response(),
        Err(error) => unavailable(&error),
    }
}

async fn styled() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], STYLE).into_response()
}

/// Why there is no page where anybody could come.
pub(super) async fn elsewhere() -> Response {
    let why = "the status page is shown only where `listen` is an address of this host itself, such as 127.0.0.1:9464, or \
               has `tls` and a `login`\n";
    (StatusCode::NOT_FOUND, why).into_response()
}

/// Whoever asks must know this host by its address, as `localhost`, or by the name that the config gives it.
async fn guarded(State(place): State<Place>, request: Request, next: Next) -> Response {
    let mut response = if place.origin(request.headers()).is_some() {
        next.run(request).await
    } else {
        let why = "ask for the status page by an address, as localhost, or by the `name` of `listen`\n";
        (StatusCode::MISDIRECTED_REQUEST, why).into_response()
    };
    close_up(response.headers_mut(), POLICY);
    response
}

/// Nothing of any page is run, taken from elsewhere, framed, kept, or told to whoever is linked to.
pub(super) fn close_up(headers: &mut HeaderMap, policy: &'static str) {
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
}
