//! Health, metrics and pages over HTTP, for `listen`: numbers and names of the config, nothing of a person but in what shows
//! people ([`private`]). Pages are there on an address that loops back, or behind TLS and a login at any.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;
use tokio::sync::watch;

pub use self::attempts::Attempts;
pub use self::place::Place;
use self::visit::{Caller, Visitors};
use super::ready::readiness;
use super::schedule::Timing;
use super::shared::Daemon;
use crate::config::Listen;
use crate::report::metrics;
use crate::store;

mod attempts;
mod host;
mod line;
mod login;
mod page;
mod place;
pub mod private;
mod tls;
mod visit;

/// So many connections at once; more wait.
const AT_ONCE: usize = 64;

/// A connection is closed after this, whatever becomes of it: monitoring opens another one.
const LONGEST: Duration = Duration::from_secs(10);

/// A loop that has not gone round for so long hangs.
const SILENCE: Duration = Duration::from_mins(1);

/// Requests being answered are waited for so long when the daemon stops.
const PATIENCE: Duration = Duration::from_secs(1);

/// Why nobody can ask.
#[derive(Debug, thiserror::Error)]
#[error("can't listen on {address}: {source}: name another `listen` in the config, or leave it out")]
pub struct ListenError {
    /// Where.
    pub address: SocketAddr,
    /// Why.
    pub source: io::Error,
}

/// Takes an address, and says where that is.
pub async fn bind(listen: &Listen) -> Result<(TcpListener, Place), ListenError> {
    let Listen { address, secured } = listen;
    let failed = |source| ListenError { address: *address, source };
    let listener = TcpListener::bind(address).await.map_err(failed)?;
    let at = listener.local_addr().map_err(failed)?;
    Ok((listener, Place::new(at, secured.as_ref().map(|secured| secured.name.as_str()))))
}

/// Answers until told to stop; whoever takes long then is cut.
pub async fn serve(
    (listener, place): (TcpListener, Place),
    daemon: Arc<Daemon>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> io::Result<()> {
    let tls = if place.is_secured() { Some(tls::acceptor(daemon.clone())?) } else { None };
    let visitors = Visitors::new(listener, AT_ONCE, LONGEST, tls);
    let router = router(daemon, &place).into_make_service_with_connect_info::<Caller>();
    let (stopping, mut told) = watch::channel(());
    let serve = axum::serve(visitors, router).with_graceful_shutdown(async move {
        stop.await;
        drop(stopping);
    });
    let cut = async move {
        // Changed never, closed once stopping.
        let _ = told.changed().await;
        tokio::time::sleep(PATIENCE).await;
    };
    tokio::select! {
        ended = serve.into_future() => ended,
        () = cut => Ok(()),
    }
}

fn router(daemon: Arc<Daemon>, place: &Place) -> Router {
    let machines =
        Router::new().route("/healthz", get(health)).route("/readyz", get(ready)).route("/metrics", get(measure));
    let machines = machines.with_state(daemon.clone());
    if !place.has_pages() {
        return machines.route("/", get(page::elsewhere));
    }
    machines.merge(page::router(daemon.clone(), place)).merge(private::router(daemon, place))
}

async fn health(State(daemon): State<Arc<Daemon>>) -> Response {
    match hung(&daemon) {
        None => "ok\n".into_response(),
        Some(hung) => hung,
    }
}

async fn ready(State(daemon): State<Arc<Daemon>>) -> Response {
    if let Some(hung) = hung(&daemon) {
        return hung;
    }
    let status = match daemon.status().await {
        Ok(status) => status,
        Err(error) => return unavailable(&error),
    };
    let config = daemon.config();
    let ago = |sync| Some(Timing::of(sync)?.three_periods_ago(status.now));
    let ago = config.syncs.iter().filter_map(|(name, sync)| Some((name.clone(), ago(sync)?))).collect();
    let readiness = readiness(&status, &ago);
    let code = if readiness.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = serde_json::to_string(&readiness).unwrap_or_default() + "\n";
    (code, [(header::CONTENT_TYPE, "application/json")], body).into_response()
}

async fn measure(State(daemon): State<Arc<Daemon>>) -> Response {
    match daemon.status().await {
        Ok(status) => {
            let text = metrics::render(&status, daemon.counted());
            ([(header::CONTENT_TYPE, metrics::CONTENT_TYPE)], text).into_response()
        }
        Err(error) => unavailable(&error),
    }
}

fn hung(daemon: &Daemon) -> Option<Response> {
    let silent = daemon.silent_for();
    let told = || format!("the daemon hangs: its loop has not gone round for {} s\n", silent.as_secs());
    (silent > SILENCE).then(|| (StatusCode::SERVICE_UNAVAILABLE, told()).into_response())
}

fn unavailable(error: &store::Error) -> Response {
    (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response()
}

#[cfg(test)]
mod tests;
