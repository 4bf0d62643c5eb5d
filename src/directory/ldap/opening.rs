//! From a directory's servers to the first that can be used.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::brake::Brake;
use super::connection::Connection;
use super::endpoint::Endpoint;
use super::root_dse::RootDse;
use super::{Deadline, Error, Operation, Session, bind, connect, discover};
use crate::directory::Settings;

/// The servers that are still to be tried, and what became of the others.
///
/// Connecting and binding are steps of their own, so that nobody has to wait with a connection for whoever tries the
/// same credentials elsewhere.
pub struct Opening<'a> {
    settings: &'a Settings,
    left: VecDeque<String>,
    tried: Vec<(String, Error)>,
}

/// A connection to a server that does not know yet who asks.
pub struct Unbound {
    connection: Connection,
    url: String,
    /// Of the time that this server may cost.
    left: Duration,
}

impl<'a> Opening<'a> {
    /// Finds the servers. The one that last worked comes first, if it is still one of them.
    pub async fn begin(settings: &'a Settings, last: Option<&str>) -> Result<Self, Error> {
        let mut urls = discover::servers(settings).await?.urls;
        urls.sort_by_key(|url| Some(url.as_str()) != last);
        Ok(Self { settings, left: urls.into(), tried: Vec::new() })
    }

    /// Connects to the next server that answers. A dead or hung one costs at most `connect_timeout`.
    pub async fn connect(&mut self) -> Result<Unbound, Error> {
        while let Some(url) = self.left.pop_front() {
            let deadline = Deadline::after(self.settings.connect_timeout);
            let connected = match Endpoint::parse(&url) {
                Ok(endpoint) => connect::connect(&endpoint, self.settings, deadline).await,
                Err(error) => Err(error),
            };
            match connected {
                Ok(connection) => return Ok(Unbound { connection, url, left: deadline.left() }),
                Err(error) => self.failed(url, error)?,
            }
        }
        if self.tried.len() == 1 {
            return Err(self.tried.remove(0).1);
        }
        let why = |(url, why): &(String, Error)| (url.clone(), why.to_string());
        Err(Error::Unreachable { tried: self.tried.iter().map(why).collect() })
    }

    /// Binds. `None`: this server can't be used, another one may. Refused credentials are final: asking the next server
    /// with them would only bring the account closer to its lockout.
    pub async fn bind(&mut self, unbound: Unbound) -> Result<Option<Session>, Error> {
        let Unbound { mut connection, url, left } = unbound;
        let settings = self.settings;
        let deadline = Deadline { at: tokio::time::Instant::now() + left, whole: settings.connect_timeout };
        let bound = async {
            bind::bind(&connection, &Endpoint::parse(&url)?, &settings.bind, deadline).await?;
            deadline.hold(Operation::RootDse, RootDse::read(&mut connection, &url, settings)).await
        };
        let brake = Brake::new(settings.max_entries_per_second);
        match bound.await {
            Ok(root) => Ok(Some(Session {
                connection,
                root: Arc::new(root),
                url,
                page_size: brake.page_size(settings.page_size.max(1)),
                brake,
                groups: None,
            })),
            Err(error) => self.failed(url, error).map(|()| None),
        }
    }

    fn failed(&mut self, url: String, error: Error) -> Result<(), Error> {
        if error.is_final() {
            return Err(error);
        }
        self.tried.push((url, error));
        Ok(())
    }
}
