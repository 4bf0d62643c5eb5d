//! The one HTTP executor: makes a [`Request`] and says what became of it. It never repeats, redirects or judges; what
//! matters here is the line between what provably never left and what may have taken effect.
//!
//! `date` reads the two headers that hold moments, `trust` the authorities, `wording` errors without secrets.

use std::net::IpAddr;
use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::{CONTENT_TYPE, DATE, HeaderMap, HeaderName, HeaderValue, LOCATION, RETRY_AFTER};
use reqwest::{Certificate, Client, ClientBuilder, Proxy, Response, Url, redirect, retry};
use secrecy::ExposeSecret;

use crate::config::Http;
use crate::destination::{Input, Method, Reply, Request};

mod date;
mod trust;
mod wording;

/// Bytes of a body that are read. Everything the targets say fits in; what is longer is cut.
pub const BODY_LIMIT: usize = 1024 * 1024;

/// A server that cannot be reached is given up after this, so that it is not mistaken for one that does not answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Makes ring the process's TLS provider. Called first in `main`; calling it again does no harm.
pub fn install_crypto() {
    // An error only says that one is installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}

/// Why a transport cannot be built.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file of authorities cannot be read.
    #[error(
        "cannot read the authorities in {}: {}; name in `ca` a file that rosterd may read",
        path.display(),
        wording::plain(&source.to_string())
    )]
    Ca {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file of authorities holds no certificate, or a broken one.
    #[error("{} holds no usable PEM certificate: {why}", path.display())]
    NoCertificate {
        /// The file.
        path: PathBuf,
        /// Why.
        why: String,
    },
    /// The proxy's URL; not shown, for it may hold a password.
    #[error("`proxy` is not a URL of a proxy")]
    Proxy,
    /// The client.
    #[error("cannot set up HTTP: {0}")]
    Client(String),
}

/// What became of a call.
#[derive(Debug)]
pub enum Answer {
    /// Answered, whatever the status.
    Reply(Reply),
    /// It provably never left. Says why.
    Unsent(String),
    /// It may have taken effect. Says why.
    Unanswered(String),
}

impl Answer {
    /// As a destination looks at it.
    pub fn input(&self) -> Input<'_> {
        match self {
            Self::Reply(reply) => Input::Reply(reply),
            Self::Unsent(why) => Input::Unsent(why),
            Self::Unanswered(why) => Input::Unanswered(why),
        }
    }
}

/// Makes calls to one target. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Transport {
    client: Client,
    /// For this machine itself.
    near: Client,
}

impl Transport {
    /// A transport for a target. Reads the file of authorities, or the system's.
    ///
    /// # Errors
    ///
    /// Authorities or proxy that cannot be used.
    pub fn new(http: &Http) -> Result<Self, Error> {
        install_crypto();
        let authorities = trust::authorities(http.ca.as_deref())?;
        let built = |client: ClientBuilder| client.build().map_err(|error| Error::Client(wording::root_cause(&error)));
        if let Some(proxy) = &http.proxy {
            let proxy = Proxy::all(proxy).map_err(|_| Error::Proxy)?;
            let client = built(builder(http, authorities).proxy(proxy))?;
            return Ok(Self { near: client.clone(), client });
        }
        // The environment's proxy leads out of the house, not to a target on this very machine.
        let near = built(builder(http, authorities.clone()).no_proxy())?;
        Ok(Self { client: built(builder(http, authorities))?, near })
    }

    /// Makes one call. Takes as long as the configured timeout at most.
    pub async fn call(&self, request: &Request) -> Answer {
        let request = match self.prepared(request) {
            Ok(request) => request,
            Err(why) => return Answer::Unsent(why),
        };
        let client = if is_near(request.url()) { &self.near } else { &self.client };
        match client.execute(request).await {
            Ok(response) => replied(response).await,
            // A connection that was never made, or a request that was never one. Everything else may have got through:
            // also one on a pooled connection that the server was just closing.
            Err(error) if error.is_connect() || error.is_builder() => Answer::Unsent(wording::unsent(&error)),
            Err(error) => Answer::Unanswered(wording::unanswered(&error)),
        }
    }

    fn prepared(&self, request: &Request) -> Result<reqwest::Request, String> {
        let Request { method, url, headers, body } = request;
        let method = match method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Delete => reqwest::Method::DELETE,
        };
        let mut prepared = self.client.request(method, url).headers(header_map(headers)?);
        if let Some(body) = body {
            prepared = prepared.header(CONTENT_TYPE, "application/json").body(body.clone());
        }
        prepared.build().map_err(|error| wording::unsent(&error))
    }
}

fn builder(http: &Http, authorities: Vec<Certificate>) -> ClientBuilder {
    Client::builder()
        .user_agent(concat!("rosterd/", env!("CARGO_PKG_VERSION")))
        .timeout(http.timeout)
        .connect_timeout(CONNECT_TIMEOUT.min(http.timeout / 2))
        .redirect(redirect::Policy::none())
        // When to try again is decided with quota and quiet periods in mind, not here.
        .retry(retry::never())
        .gzip(true)
        .tls_certs_only(authorities)
}

fn is_near(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Secrets come from files that people write: the message says which header, never its value.
fn header_map(headers: &[(&'static str, secrecy::SecretString)]) -> Result<HeaderMap, String> {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let wrong =
            |what| format!("header `{name}` has {what} that no header can carry: see to the secret it is made of");
        let key = HeaderName::from_bytes(name.as_bytes()).map_err(|_| wrong("a name"))?;
        // Anything not ASCII would be taken as it is, and no two servers agree on what it means.
        let value = Some(value.expose_secret()).filter(|value| value.is_ascii());
        let mut value = value
            .and_then(|value| HeaderValue::from_str(value).ok())
            .ok_or_else(|| wrong("characters (a line break, or something not ASCII)"))?;
        // Kept out of debug output and of HTTP/2's compression tables.
        value.set_sensitive(true);
        map.append(key, value);
    }
    Ok(map)
}

async fn replied(response: Response) -> Answer {
    let now = Timestamp::now();
    let header = |name| response.headers().get(name).and_then(|value: &HeaderValue| value.to_str().ok());
    let date = header(DATE).and_then(date::moment);
    let retry_after = header(RETRY_AFTER).and_then(|value| date::retry_after(value, date, now));
    let (status, redirect) = (response.status(), redirect_host(&response));
    match body(response).await {
        Body { broken: Some(why), .. } if status.is_success() => Answer::Unanswered(why),
        // Any other status has said all that is needed: a 401 or 429 must be heeded though its page breaks off.
        Body { text, .. } => Answer::Reply(Reply { status: status.as_u16(), date, retry_after, redirect, body: text }),
    }
}

/// Where a redirect leads, without the path and query, which may repeat what was sent.
fn redirect_host(response: &Response) -> Option<String> {
    let location = response.headers().get(LOCATION).filter(|_| response.status().is_redirection())?;
    let target = response.url().join(location.to_str().ok()?).ok()?;
    target.host_str().map(str::to_owned)
}

struct Body {
    text: String,
    /// Why it broke off before its end.
    broken: Option<String>,
}

async fn body(mut response: Response) -> Body {
    let mut bytes = Vec::new();
    let broken = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk[..chunk.len().min(BODY_LIMIT - bytes.len())]),
            Ok(None) => break None,
            Err(error) => break Some(wording::unanswered(&error)),
        }
        // Leaving the rest unread closes the connection, which is right for a server that sends without end.
        if bytes.len() == BODY_LIMIT {
            break None;
        }
    };
    Body { text: String::from_utf8_lossy(&bytes).into_owned(), broken }
}

#[cfg(test)]
mod tests;
