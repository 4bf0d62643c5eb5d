//! All directories of a sync, read one after the other as if they were one: complete only when all are.

use jiff::Timestamp;

use super::source::{Source, SourceError};
use crate::config::{Config, Origin, Sync};
use crate::directory::changes::{Changed, Delta, Marks, Whom};
use crate::directory::{End, Entry, Page, Server, Sightings, weightier};
use crate::roster::Key;
use crate::store::Store;

/// The directories of a sync.
pub struct Sources {
    all: Vec<Source>,
    /// The one that is read.
    at: usize,
    /// What those before it ended with.
    ended: Option<End>,
}

impl Sources {
    /// A sync's, none of them open yet.
    pub fn of(config: &Config, sync: &Sync) -> Self {
        let source = |origin: &Origin| Source::new(&origin.directory, config.directory(origin), &origin.query);
        Self { all: sync.from.iter().map(source).collect(), at: 0, ended: None }
    }

    /// Opens them all before any is read.
    pub async fn open(&mut self, store: &mut Store, now: Timestamp) -> Result<Server, SourceError> {
        let mut servers = Vec::new();
        for at in 0..self.all.len() {
            let opened = self.all[at].open(store, now).await;
            servers.push(opened.map_err(|error| self.of_one(at, error))?);
        }
        let named: Vec<_> = self.all.iter().map(Source::name).zip(&servers).collect();
        Server::together(&named, now).map_err(|error| SourceError::Directory(error.to_string()))
    }

    /// The next page; the end comes with the last one of the last directory.
    pub async fn page(&mut self) -> Result<Page, SourceError> {
        let page = self.all[self.at].page().await;
        let Page { entries, end } = page.map_err(|error| self.of_one(self.at, error))?;
        let Some(end) = end else { return Ok(Page { entries, end: None }) };
        let end = match self.ended.take() {
            Some(ended) => ended.and(end),
            None => end,
        };
        if self.at + 1 == self.all.len() {
            return Ok(Page { entries, end: Some(end) });
        }
        self.ended = Some(end);
        self.at += 1;
        Ok(Page { entries, end: None })
    }

    /// What changed in them since they stood there.
    pub async fn changed(&mut self, marks: &Marks) -> Result<Changed, SourceError> {
        if marks.each().len() != self.all.len() {
            return Ok(Changed::Unknown("the sync reads other directories than before".to_owned()));
        }
        let mut all: Option<Delta> = None;
        for (at, mark) in marks.each().iter().enumerate() {
            let changed = self.all[at].changed(mark).await.map_err(|error| self.of_one(at, error))?;
            let next = match changed {
                Changed::Since(next) => next,
                Changed::Unknown(why) => return Ok(Changed::Unknown(why)),
            };
            all = Some(match all.take() {
                None => next,
                Some(before) => match before.and(next) {
                    Changed::Since(both) => both,
                    unknown @ Changed::Unknown(_) => return Ok(unknown),
                },
            });
        }
        Ok(Changed::Since(all.unwrap_or_default()))
    }

    /// Reads people whom the searches of any of them find.
    pub async fn fetch(&mut self, whom: &Whom) -> Result<Vec<Entry>, SourceError> {
        let mut all = Vec::new();
        for at in 0..self.all.len() {
            all.extend(self.all[at].fetch(whom).await.map_err(|error| self.of_one(at, error))?);
        }
        Ok(all)
    }

    /// When the entries of these people were last changed. A figure for whoever looks, and not worth a run: nobody is
    /// dated by a directory that does not answer.
    pub async fn dates(&mut self, keys: &[Key]) -> Vec<(Key, Timestamp)> {
        let mut all = Vec::new();
        for source in &mut self.all {
            all.extend(source.dates(keys).await.unwrap_or_default());
        }
        all
    }

    /// Looks people up by key, in all of them.
    pub async fn look_up(&mut self, keys: &[Key]) -> Result<Sightings, SourceError> {
        let mut all: Option<Sightings> = None;
        for at in 0..self.all.len() {
            let seen = self.all[at].look_up(keys).await.map_err(|error| self.of_one(at, error))?;
            all = Some(match all.take() {
                Some(before) => weightier(before, seen),
                None => seen,
            });
        }
        Ok(all.unwrap_or_default())
    }

    /// Says which of several it was.
    fn of_one(&self, at: usize, error: SourceError) -> SourceError {
        match error {
            SourceError::Directory(why) if self.all.len() > 1 => {
                SourceError::Directory(format!("{}: {why}", self.all[at].name()))
            }
            error => error,
        }
    }
}
