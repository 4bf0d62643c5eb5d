//! All directories of a sync, read one after the other as if they were one: complete only when all are.

use jiff::Timestamp;

use super::source::{Source, SourceError};
use crate::config::{Config, Origin, Sync};
use crate::directory::{End, Page, Server, Sightings, weightier};
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
