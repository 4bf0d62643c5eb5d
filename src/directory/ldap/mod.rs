//! The LDAP client: [`Session`] a bound connection, [`Reader`] the pages of a reading.
//!
//! What ldap3 does not promise is held here: every search is paged, so that memory is bounded; a page counts only with
//! its own result code; every wait has an end; a malformed reply ends the connection, not the process.

use std::collections::BTreeSet;
use std::time::Duration;

use self::connection::Connection;
use self::root_dse::RootDse;
use super::changes::{Changed, Mark, Whom};
use super::{Entry, Kind, Query, Server, Settings, Sightings};
use crate::roster::{Key, Timestamp};

mod bind;
mod changes;
mod connect;
mod connection;
mod discover;
mod dns;
mod driver;
mod endpoint;
mod error;
mod group;
pub mod kerberos;
mod look_up;
mod opening;
mod operation;
mod page;
mod parse;
mod range;
mod reader;
mod rights;
mod root_dse;
mod schema;
mod tls;
mod words;

pub use changes::Told;
pub use discover::{Found, servers};
pub use error::Error;
pub use kerberos::KerberosFailure;
pub use opening::{Opening, Unbound};
pub use operation::Operation;
pub use reader::Reader;
pub use words::{BindFailure, result_code};

/// A bound connection to one server.
///
/// After an error other than [`Error::NoSuchBase`] and [`Error::Refused`] the connection may be gone: open another.
pub struct Session {
    connection: Connection,
    root: RootDse,
    url: String,
    page_size: u32,
}

impl Session {
    /// Opens a connection to the first of the servers that answers, and binds; for whoever alone uses its credentials.
    pub async fn open(settings: &Settings) -> Result<Self, Error> {
        let mut opening = Opening::begin(settings, None).await?;
        loop {
            let unbound = opening.connect().await?;
            if let Some(session) = opening.bind(unbound).await? {
                return Ok(session);
            }
        }
    }

    /// Who answered.
    pub fn server(&self) -> &Server {
        &self.root.server
    }

    /// The URL that answered, to be tried first the next time.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Starts a reading. While one page is judged the next one is already on its way; dropping the reader ends the
    /// reading at the next page. One reading at a time: servers keep one cookie a connection.
    pub fn read(&self, query: &Query) -> Reader {
        let (kind, contexts) = (self.root.server.kind, self.root.naming_contexts.clone());
        Reader::start(self.connection.clone(), kind, contexts, self.page_size, query.clone())
    }

    /// Looks up people who were missing from a reading, by key: first as the sync itself would find them, then ever
    /// wider. The answer has the order of the keys.
    pub async fn look_up(&mut self, query: &Query, keys: &[Key]) -> Result<Sightings, Error> {
        look_up::look_up(&mut self.connection, &self.root, query, keys).await
    }

    /// How this server tells what changed, for a query.
    pub async fn way(&mut self, query: &Query) -> Result<Told, Error> {
        changes::way(&mut self.connection, &self.root, query).await
    }

    /// Which entries may have changed since a mark.
    pub async fn changed(&mut self, query: &Query, mark: &Mark) -> Result<Changed, Error> {
        changes::changed(&mut self.connection, &self.root, query, mark, self.page_size).await
    }

    /// Reads people whom a query finds, by handle or key.
    pub async fn fetch(&mut self, query: &Query, whom: &Whom) -> Result<Vec<Entry>, Error> {
        changes::fetch(&mut self.connection, &self.root, query, whom, self.page_size).await
    }

    /// When the entries of these people were last changed, as far as that is shown.
    pub async fn dates(&mut self, query: &Query, keys: &[Key]) -> Result<Vec<(Key, Timestamp)>, Error> {
        changes::dates(&mut self.connection, &self.root, query, keys).await
    }

    /// Whether the bind account may change a base or create entries below it, where an Active Directory tells.
    pub async fn may_change(&mut self, base: &str) -> Result<Option<bool>, Error> {
        match self.root.server.kind {
            Kind::ActiveDirectory => rights::may_change(&mut self.connection, base).await,
            Kind::OpenLdap | Kind::Generic => Ok(None),
        }
    }

    /// The attribute names the server's schema knows, in lower case; `None` when it can't be read.
    pub async fn schema_attributes(&mut self) -> Result<Option<BTreeSet<String>>, Error> {
        schema::attributes(&mut self.connection, &self.root).await
    }
}

/// When opening a server must be done, and how long that was in the beginning, for the message.
#[derive(Clone, Copy)]
struct Deadline {
    at: tokio::time::Instant,
    whole: Duration,
}

impl Deadline {
    fn after(whole: Duration) -> Self {
        Self { at: tokio::time::Instant::now() + whole, whole }
    }

    fn left(self) -> Duration {
        self.at.saturating_duration_since(tokio::time::Instant::now())
    }

    async fn hold<T>(self, during: Operation, work: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
        let late = |_| Err(Error::Timeout { during, after: self.whole });
        tokio::time::timeout_at(self.at, work).await.unwrap_or_else(late)
    }
}
