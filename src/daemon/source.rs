//! A directory as a run uses it: opened once, credentials that were refused not tried again.

use jiff::{SignedDuration, Timestamp};
use secrecy::ExposeSecret;

use crate::directory::ldap::{Error, Opening, Reader, Session};
use crate::directory::{Bind, Page, Query, Server, Settings, Sightings};
use crate::roster::{Fingerprint, Key};
use crate::store::{self, Store};

/// Refused credentials are tried once in this time, so that an unlocked account is noticed and none is locked.
const REFUSED_RETRY: SignedDuration = SignedDuration::from_hours(1);

/// A directory and what is asked of it.
pub struct Source {
    name: String,
    settings: Settings,
    query: Query,
    session: Option<Session>,
    reader: Option<Reader>,
}

/// Why a directory gave nothing.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    /// The directory; in words fit for logs.
    #[error("{0}")]
    Directory(String),
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
}

impl From<Error> for SourceError {
    fn from(error: Error) -> Self {
        Self::Directory(error.to_string())
    }
}

impl Source {
    /// A directory by its name in the config.
    pub fn new(name: &str, settings: &Settings, query: &Query) -> Self {
        Self { name: name.to_owned(), settings: settings.clone(), query: query.clone(), session: None, reader: None }
    }

    /// Its name in the config.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Opens the directory and starts the reading.
    pub async fn open(&mut self, store: &mut Store, now: Timestamp) -> Result<Server, SourceError> {
        let query = self.query.clone();
        let session = self.bind(store, now).await?;
        let (server, reader) = (session.server().clone(), session.read(&query));
        self.reader = Some(reader);
        Ok(server)
    }

    /// Binds, at the server that last worked first, for whoever asks other things than the reading.
    pub async fn bind(&mut self, store: &mut Store, now: Timestamp) -> Result<&mut Session, SourceError> {
        let record = store.bind_record(&self.name).await?;
        let credential = credential(&self.settings.bind);
        if let Some((refused, at, note)) = &record.refused
            && *refused == credential
            && (*at..*at + REFUSED_RETRY).contains(&now)
        {
            let until = *at + REFUSED_RETRY;
            return Err(SourceError::Directory(format!(
                "{note} (not tried again before {until:.0}, or until the credentials in the config change)"
            )));
        }
        let mut opening = Opening::begin(&self.settings, record.url.as_deref()).await?;
        let session = loop {
            let unbound = opening.connect().await?;
            match opening.bind(unbound).await {
                Ok(Some(session)) => break session,
                Ok(None) => {}
                Err(error) => {
                    if error.is_credentials() {
                        store.bind_refused(&self.name, credential, &error.to_string(), now).await?;
                    }
                    return Err(error.into());
                }
            }
        };
        if record.url.as_deref() != Some(session.url()) || record.refused.is_some() {
            store.bind_worked(&self.name, session.url()).await?;
        }
        Ok(self.session.insert(session))
    }

    /// The session, once bound.
    pub fn session(&mut self) -> Option<&mut Session> {
        self.session.as_mut()
    }

    /// The next page of the reading.
    pub async fn page(&mut self) -> Result<Page, SourceError> {
        match &mut self.reader {
            Some(reader) => Ok(reader.next_page().await?),
            None => Err(SourceError::Directory("the directory is not open".to_owned())),
        }
    }

    /// Looks people up by key.
    pub async fn look_up(&mut self, keys: &[Key]) -> Result<Sightings, SourceError> {
        match &mut self.session {
            Some(session) => Ok(session.look_up(&self.query, keys).await?),
            None => Err(SourceError::Directory("the directory is not open".to_owned())),
        }
    }
}

fn credential(bind: &Bind) -> Fingerprint {
    match bind {
        Bind::Anonymous => Fingerprint::of(b"anonymous"),
        Bind::Simple { dn, password } => Fingerprint::of(format!("{dn}\n{}", password.expose_secret()).as_bytes()),
    }
}
