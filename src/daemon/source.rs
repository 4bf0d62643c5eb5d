//! A directory as a run uses it: opened once, credentials that were refused not tried again.

use jiff::Timestamp;

use super::credential::Credential;
use crate::directory::changes::{Changed, Mark, Whom};
use crate::directory::ldap::{Error, Opening, Reader, Session};
use crate::directory::{Entry, Page, Query, Server, Settings, Sightings};
use crate::roster::Key;
use crate::store::{self, Store};

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

    /// Opens the directory for a reading.
    pub async fn open(&mut self, store: &mut Store, now: Timestamp) -> Result<Server, SourceError> {
        let server = self.bind(store, now).await?.server().clone();
        Ok(self.query.answered_by(&server))
    }

    /// Binds, at the server that last worked first, for whoever asks other things than the reading.
    pub async fn bind(&mut self, store: &mut Store, now: Timestamp) -> Result<&mut Session, SourceError> {
        let credential = Credential::of(&self.settings.bind);
        self.must_not_stand_refused(credential, store, now).await?;
        let known = store.bind_record(&self.name).await?;
        let mut opening = Opening::begin(&self.settings, known.url.as_deref()).await?;
        let session = loop {
            let unbound = opening.connect().await?;
            // From here to the note of what came of it. A server that does not even connect holds up nobody.
            let _turn = match credential {
                Some(credential) => Some(credential.turn().await),
                None => None,
            };
            self.must_not_stand_refused(credential, store, now).await?;
            match opening.bind(unbound).await {
                Ok(Some(session)) => break session,
                Ok(None) => {}
                Err(error) => {
                    if let (Some(credential), true) = (credential, error.is_credentials()) {
                        let why = error.to_string();
                        let kept = store.bind_refused(&self.name, credential.fingerprint(), &why, now).await;
                        kept.map_err(|lost| SourceError::Directory(forgotten(&why, &lost)))?;
                    }
                    return Err(error.into());
                }
            }
        };
        let credential = credential.map(Credential::fingerprint);
        let refused_before = match credential {
            Some(credential) => store.bind_refusal(credential).await?.is_some(),
            None => false,
        };
        if known.url.as_deref() != Some(session.url()) || known.refused.is_some() || refused_before {
            store.bind_worked(&self.name, session.url(), credential).await?;
        }
        Ok(self.session.insert(session))
    }

    /// Refused under another name, they are so under this one: that is to be seen, too.
    async fn must_not_stand_refused(
        &self,
        credential: Option<Credential>,
        store: &mut Store,
        now: Timestamp,
    ) -> Result<(), SourceError> {
        let Some(credential) = credential else { return Ok(()) };
        let Some((at, why)) = credential.refused(store, now).await? else { return Ok(()) };
        store.bind_stands_refused(&self.name, credential.fingerprint()).await?;
        let until = Credential::again_at(at);
        Err(SourceError::Directory(format!(
            "{why} (not tried again before {until:.0}, or until the credentials in the config change)"
        )))
    }

    /// The session, once bound.
    pub fn session(&mut self) -> Option<&mut Session> {
        self.session.as_mut()
    }

    /// The next page of the reading, which begins with the first one.
    pub async fn page(&mut self) -> Result<Page, SourceError> {
        let Some(session) = &self.session else {
            return Err(SourceError::Directory("the directory is not open".to_owned()));
        };
        let reader = self.reader.get_or_insert_with(|| session.read(&self.query));
        Ok(reader.next_page().await?)
    }

    /// Looks people up by key.
    pub async fn look_up(&mut self, keys: &[Key]) -> Result<Sightings, SourceError> {
        let (session, query) = self.opened()?;
        Ok(session.look_up(query, keys).await?)
    }

    /// What changed since it stood there.
    pub async fn changed(&mut self, mark: &Mark) -> Result<Changed, SourceError> {
        let (session, query) = self.opened()?;
        Ok(session.changed(query, mark).await?)
    }

    /// Reads people whom the searches find.
    pub async fn fetch(&mut self, whom: &Whom) -> Result<Vec<Entry>, SourceError> {
        let (session, query) = self.opened()?;
        Ok(session.fetch(query, whom).await?)
    }

    /// When the entries of these people were last changed.
    pub async fn dates(&mut self, keys: &[Key]) -> Result<Vec<(Key, Timestamp)>, SourceError> {
        let (session, query) = self.opened()?;
        Ok(session.dates(query, keys).await?)
    }

    fn opened(&mut self) -> Result<(&mut Session, &Query), SourceError> {
        let closed = || SourceError::Directory("the directory is not open".to_owned());
        Ok((self.session.as_mut().ok_or_else(closed)?, &self.query))
    }
}

/// A refusal that can't be kept is the first thing to know, and that nothing keeps it from being asked for again.
fn forgotten(why: &str, lost: &store::Error) -> String {
    format!(
        "{why}; and do not try again before that is mended, as the account may be locked: this can't be remembered ({lost})"
    )
}
