//! Pages that show people, where `listen` is a loopback address, to whoever came by a link of `rosterd open`.

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
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::{get, post};
use ring::rand::{SecureRandom, SystemRandom};
use tokio::sync::Mutex;

pub use self::sessions::{Secret, Sessions, Viewer};
use super::has_page;
use crate::daemon::{Daemon, clock, told};
use crate::report::page::private;
use crate::report::{Link, Sight};

/// The cookie of a session: it lasts as long as the browser, or as the session does here.
const SESSION: &str = "rosterd_session";

/// Why there is no link.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nobody listens.
    #[error("this daemon has no pages: give its config `listen: 127.0.0.1:9464`, start it anew, and ask again")]
    NoListen,
    /// Everybody could come.
    #[error(
        "pages that show people are for this host alone, and `listen` is {0}: name a loopback address such as \
         127.0.0.1:9464, start the daemon anew, and ask again"
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
    /// One person is looked up in a directory at a time, however many pages are asked for.
    looking: Arc<Mutex<()>>,
}

/// All these pages.
pub(super) fn router(daemon: Arc<Daemon>) -> Router {
    let desk = Desk { daemon, looking: Arc::default() };
    Router::new()
        .route("/person", get(person::show))
        .route("/held/{sync}", get(held::show))
        .route("/run/{run}", get(run::show))
        .route_layer(from_fn_with_state(desk.clone(), gate::guarded))
        .route("/open/{link}", get(arrive).post(redeem))
        .route("/close", post(close))
        .layer(from_fn(gate::closed))
        .with_state(desk)
}

impl Daemon {
    /// A link for somebody.
    pub fn open(&self, by: &str, sight: Sight) -> Result<Link, OpenError> {
        let address = self.listens_at().ok_or(OpenError::NoListen)?;
        if !has_page(address.ip()) {
            return Err(OpenError::Beyond(address));
        }
        let secret = secret()?;
        let viewer = Viewer { by: by.to_owned(), sight };
        self.sessions().link(&secret, viewer, clock::now().monotonic);
        told::link_asked(by);
        Ok(Link { link: format!("http://{address}/open/{}", secret.text()), seconds: sessions::LINK.as_secs() })
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
    home(format!("{SESSION}={}; HttpOnly; SameSite=Strict; Path=/", session.text()))
}

async fn close(State(desk): State<Desk>, headers: HeaderMap) -> Response {
    if let Some(session) = gate::session(&headers) {
        desk.daemon.sessions().close(session);
    }
    home(format!("{SESSION}=; HttpOnly; SameSite=Strict; Path=/; Max-Age=0"))
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
