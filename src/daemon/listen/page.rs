//! The status page: only where `listen` is an address of this host itself, and only under a name of this host.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;

use super::host::ours;
use super::unavailable;
use crate::daemon::shared::Daemon;
use crate::report::page::{self, STYLE};

/// Nothing but the page itself and its stylesheet: no script, no form, no frame around it, nothing from elsewhere.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

/// Whether there is a status page at an address: only whoever is on this host comes to one that loops back.
pub fn has_page(listens: IpAddr) -> bool {
    listens.to_canonical().is_loopback()
}

/// The page and its stylesheet; where `listen` can be reached from elsewhere, why there is none.
pub(super) fn router(listens: IpAddr) -> Router<Arc<Daemon>> {
    if !has_page(listens) {
        return Router::new().route("/", get(elsewhere));
    }
    let pages = Router::new().route("/", get(shown)).route("/page.css", get(styled));
    pages.layer(middleware::from_fn(guarded))
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

async fn elsewhere() -> Response {
    let why =
        "the status page is shown only where `listen` is an address of this host itself, such as 127.0.0.1:9464\n";
    (StatusCode::NOT_FOUND, why).into_response()
}

/// Whoever asks must know this host by its address, or as `localhost`.
async fn guarded(request: Request, next: Next) -> Response {
    let mut response = if ours(request.headers()).is_some() {
        next.run(request).await
    } else {
        let why = "ask for the status page by an address, or as localhost\n";
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
