//! The LDAP client: [`Session`] a bound connection, [`Reader`] the pages of a reading.
//!
//! [`wire`] is the connection; filters and what is asked by controls are written by ldap3, which is made for that, but
//! what servers send is read here, where it lies: nothing is built of a message that is not kept, and no more of a server's
//! words is held than one message and a page. Every search is paged; a page counts only with its own result code; every wait
//! has an end; a malformed reply ends the connection, not the process.

use std::collections::BTreeSet;
use std::slice;
use std::sync::Arc;
use std::time::Duration;

use self::brake::Brake;
use self::changes::Question;
use self::connection::Connection;
use self::group::Groups;
use self::root_dse::RootDse;
use super::changes::{Changed, Mark, Whom};
use super::{Entry, Kind, Query, Server, Settings, Sightings};
use crate::roster::{Key, Timestamp};

mod ber;
mod bind;
mod brake;
mod changes;
mod connect;
mod connection;
mod discover;
mod dns;
mod endpoint;
mod error;
mod group;
pub mod kerberos;
mod look_up;
mod message;
mod narrow;
mod opening;
mod operation;
mod page;
mod parse;
mod probe;
mod range;
mod reader;
mod request;
mod rights;
mod root_dse;
mod schema;
mod starttls;
mod tls;
mod wire;
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
    root: Arc<RootDse>,
    url: String,
    page_size: u32,
    brake: Brake,
    /// The groups of the query whose changes were last asked for.
    groups: Option<Box<Groups>>,
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

    /// Below what its entries are: the naming context where people are, where the server says which, or else all.
    pub fn contexts(&self) -> &[String] {
        self.root.default_context.as_ref().map_or(&self.root.naming_contexts, slice::from_ref)
    }

    /// Starts a reading. While one page is judged the next one is already on its way; dropping the reader ends the
    /// reading at the next page. One reading at a time: servers keep one cookie a connection.
    pub fn read(&self, query: &Query) -> Reader {
        Reader::start(self.connection.clone(), Arc::clone(&self.root), self.page_size, self.brake, query.clone())
    }

    /// Looks up people who were missing from a reading, by key: first as the sync itself would find them, then ever
    /// wider. The answer has the order of the keys.
    pub async fn look_up(&mut self, query: &Query, keys: &[Key]) -> Result<Sightings, Error> {
        look_up::look_up(&mut self.connection, &self.root, query, keys).await
    }

    /// How this server tells what changed, for a query, and what keeps it from a better way.
    pub async fn way(&mut self, query: &Query) -> Result<Told, Error> {
        changes::way(&mut self.question(query)).await
    }

    /// Which entries may have changed since a mark. The groups that the query names are read, and kept for
    /// [`Self::fetch`].
    pub async fn changed(&mut self, query: &Query, mark: &Mark) -> Result<Changed, Error> {
        let mut groups = None;
        let changed = changes::changed(&mut self.question(query), mark, &mut groups).await?;
        self.groups = groups.map(Box::new);
        Ok(changed)
    }

    /// Reads people whom a query finds, by handle or key. Somebody whom several of its searches find may come several
    /// times.
    pub async fn fetch(&mut self, query: &Query, whom: &Whom) -> Result<Vec<Entry>, Error> {
        let mut groups = self.groups.take().map(|groups| *groups);
        let entries = changes::fetch(&mut self.question(query), whom, &mut groups).await?;
        self.groups = groups.map(Box::new);
        Ok(entries)
    }

    /// When the directory last changed people's entries, by key, wherever they are: `modifyTimestamp` (RFC 4512
    /// section 3.4.2), or `whenChanged` in Active Directory. Of whom nothing is found or shown, nothing is told.
    pub async fn dates(&mut self, query: &Query, keys: &[Key]) -> Result<Vec<(Key, Timestamp)>, Error> {
        changes::dates(&mut self.question(query), keys).await
    }

    fn question<'a>(&'a mut self, query: &'a Query) -> Question<'a> {
        let Self { connection, root, page_size, brake, .. } = self;
        Question { connection, root, query, page_size: *page_size, brake: *brake }
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
