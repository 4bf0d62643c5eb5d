//! Pages that show people to whoever came by a link of `rosterd open`.

mod gate;
mod held;
mod person;
mod run;
mod sessions;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::header::{LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::middleware::from_fn_with_state;
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::Mutex;

pub use self::sessions::{Secret, Sessions, Viewer};
use super::{Place, login};
use crate::daemon::{Daemon, clock, told};
use crate::report::page::private;
use crate::report::{Link, Sight};

/// The cookie of a session: it lasts as long as the browser, or as the session does here.
const SESSION: &str = "rosterd_session";

/// The same over TLS, where a browser takes it from this host itself alone (RFC 6265bis, section 4.1.3.2).
const SECURED: &str = "__Host-rosterd_session";

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nobody listens.
    #[error("this daemon has no pages: give its config `listen: 127.0.0.1:9464`, start it anew, and ask again")]
    NoListen,
    /// Everybody could come.
    #[error(
        "everybody could come to pages that show people, as `listen` is {0}: name a loopback address such as \
         127.0.0.1:9464, or give it `tls` and a `login`; start the daemon anew, and ask again"
    )]
    Beyond(SocketAddr),
    /// A link could be guessed.
    #[error("the system gives no randomness: a link could be guessed")]
    Guessable,
}

/// What all these pages share.
#[derive(Clone)]
struct Desk {
    daemon: Arc<Daemon>,
    place: Place,
    /// One person is looked up in a directory at a time, however many pages are asked for.
    looking: Arc<Mutex<()>>,
}

/// All these pages.
pub(super) fn router(daemon: Arc<Daemon>, place: &Place) -> Router {
    let desk = Desk { daemon: daemon.clone(), place: place.clone(), looking: Arc::default() };
    let pages = Router::new()
        .route("/person", get(person::show))
        .route("/held/{sync}", get(held::show))
        .route("/run/{run}", get(run::show))
        .route_layer(from_fn_with_state(desk.clone(), gate::guarded))
        .route("/open/{link}", get(arrive).post(redeem))
        .route("/close", post(close))
        .with_state(desk);
    login::before(pages, daemon, place).layer(from_fn_with_state(place.clone(), gate::closed))
}

impl Daemon {
    /// A link for somebody.
    pub fn open(&self, by: &str, sight: Sight) -> Result<Link, OpenError> {
        let place = self.place().ok_or(OpenError::NoListen)?;
        if !place.has_pages() {
            return Err(OpenError::Beyond(place.address()));
        }
        let secret = secret()?;
        let viewer = Viewer { by: by.to_owned(), sight };
        self.sessions().link(&secret, viewer, clock::now().monotonic);
        told::link_asked(by);
        Ok(Link { link: format!("{}/open/{}", place.url(), secret.text()), seconds: sessions::LINK.as_secs() })
    }

    /// Whose session it is.
    fn viewer(&self, session: &str) -> Option<Viewer> {
        self.sessions().viewer(session, clock::now().monotonic).cloned()
    }
}

/// A link was followed, perhaps only to preview it: it is used up by whoever sends the page's form.
async fn arrive(State(desk): State<Desk>, Path(link): Path<String>) -> Response {
    if desk.daemon.sessions().works(&link, clock::now().monotonic) {
        page(StatusCode::OK, private::arrived())
    } else {
        page(StatusCode::GONE, private::gone())
    }
}

async fn redeem(State(desk): State<Desk>, Path(link): Path<String>) -> Response {
    let session = match secret() {
        Ok(session) => session,
        Err(error) => return (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
    };
    let viewer = desk.daemon.sessions().redeem(&link, &session, clock::now().monotonic);
    let Some(viewer) = viewer else { return page(StatusCode::GONE, private::gone()) };
    told::link_used(&viewer.by);
    home(cookie(&desk.place, &session.text()))
}

async fn close(State(desk): State<Desk>, headers: HeaderMap) -> Response {
    if let Some(session) = gate::session(&headers, &desk.place) {
        desk.daemon.sessions().close(session);
    }
    home(cookie(&desk.place, "") + "; Max-Age=0")
}

fn cookie_name(place: &Place) -> &'static str {
    if place.is_secured() { SECURED } else { SESSION }
}

fn cookie(place: &Place, value: &str) -> String {
    let secure = if place.is_secured() { "; Secure" } else { "" };
    format!("{}={value}; HttpOnly; SameSite=Strict; Path=/{secure}", cookie_name(place))
}

/// On to the page that is everybody's, with another cookie.
fn home(cookie: String) -> Response {
    (StatusCode::SEE_OTHER, [(LOCATION, "/".to_owned()), (SET_COOKIE, cookie)]).into_response()
}

fn secret() -> Result<Secret, OpenError> {
    let mut random = [0; 32];
    SystemRandom::new().fill(&mut random).map_err(|_| OpenError::Guessable)?;
    Ok(Secret::of(random))
}

/// There is no such page.
fn missing(what: &str, sight: Sight) -> Response {
    page(StatusCode::NOT_FOUND, private::missing(what, sight))
}

fn page(status: StatusCode, html: String) -> Response {
    (status, Html(html)).into_response()
}

#[cfg(test)]
mod tests;
