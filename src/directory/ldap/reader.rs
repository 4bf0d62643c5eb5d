//! A reading: the group tree where it is asked for, every page of every search, then the probes.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::Arc;

use tokio::sync::mpsc;
use tokio::time::Instant;

use super::brake::{self, Brake};
use super::changes::{self, Question, Starting};
use super::connection::{Connection, people_controls};
use super::group::Groups;
use super::page::{self, Paged};
use super::root_dse::RootDse;
use super::{Error, Operation, probe};
use crate::directory::{End, Page, Query};

/// The pages of a reading, one at a time. At most three are in memory: one with the caller, one waiting, one arriving.
pub struct Reader {
    pages: mpsc::Receiver<Result<Page, Error>>,
    end: Option<End>,
}

impl Reader {
    pub(super) fn start(
        connection: Connection,
        root: Arc<RootDse>,
        page_size: u32,
        brake: Brake,
        query: Query,
    ) -> Self {
        let (sender, pages) = mpsc::channel(1);
        tokio::spawn(async move {
            let (groups, starting, referrals) = (None, None, BTreeSet::new());
            let mut reading =
                Reading { connection, root, page_size, brake, query, groups, starting, pages: sender, referrals };
            let outcome = async {
                reading.begin().await?;
                reading.run().await
            };
            if let Err(error) = outcome.await {
                // Nobody listens any more when this fails, so nobody needs the reason.
                let _ = reading.pages.send(Err(error)).await;
            }
        });
        Self { pages, end: None }
    }

    /// The next page. The last one has its `end` set, and asking on only repeats the end. After an error the reading is
    /// over and not complete.
    pub async fn next_page(&mut self) -> Result<Page, Error> {
        if let Some(end) = &self.end {
            return Ok(Page { entries: Vec::new(), end: Some(end.clone()) });
        }
        let page = self.pages.recv().await.unwrap_or(Err(Error::Over))?;
        self.end.clone_from(&page.end);
        Ok(page)
    }
}

struct Reading {
    connection: Connection,
    root: Arc<RootDse>,
    page_size: u32,
    brake: Brake,
    query: Query,
    groups: Option<Groups>,
    /// Where the directory stood before the first page.
    starting: Option<Starting>,
    pages: mpsc::Sender<Result<Page, Error>>,
    referrals: BTreeSet<String>,
}

impl Reading {
    /// Who is in which group is known before anybody is read, and where the directory stands before either.
    async fn begin(&mut self) -> Result<(), Error> {
        let Self { connection, root, query, page_size, brake, .. } = self;
        let mut question = Question { connection, root, query, page_size: *page_size, brake: *brake };
        self.starting = changes::starting(&mut question).await?;
        self.groups = Groups::of(&mut self.connection, &self.root, &self.query, self.page_size).await?;
        Ok(())
    }

    async fn run(&mut self) -> Result<(), Error> {
        let mut found = Vec::new();
        // The last page is kept back until the probes are known.
        let mut last = Vec::new();
        let mut next = None;
        for at in 0..self.query.searches.len() {
            let mut count = 0;
            let (mut number, mut cookie) = (0, Vec::new());
            loop {
                let before = std::mem::take(&mut last);
                if !before.is_empty() && self.pages.send(Ok(Page { entries: before, end: None })).await.is_err() {
                    return Ok(());
                }
                if !rest(&self.pages, next).await {
                    return Ok(());
                }
                let asked = Instant::now();
                number += 1;
                let answer = self.page(at, number, cookie).await?;
                next = self.brake.next(asked, answer.entries.len());
                count += answer.entries.len() as u64;
                last = answer.entries;
                cookie = answer.cookie;
                if cookie.is_empty() {
                    break;
                }
            }
            found.push(count);
        }
        if let Some(groups) = &self.groups
            && found.iter().any(|count| *count > 0)
        {
            groups.confirm(&mut self.connection, self.page_size).await?;
        }
        let probes_missing = probe::missing(&mut self.connection, self.root.server.kind, &self.query).await?;
        let referrals = std::mem::take(&mut self.referrals).into_iter().collect();
        let marks = self.starting.take().and_then(|starting| starting.marks(self.groups.as_ref()));
        let end = Some(End { found, probes_missing, referrals, marks });
        let _ = self.pages.send(Ok(Page { entries: last, end })).await;
        Ok(())
    }

    async fn page(&mut self, at: usize, number: u32, cookie: Vec<u8>) -> Result<page::Answer, Error> {
        let search = &self.query.searches[at];
        let during = Operation::Page { number, base: search.base.clone() };
        let asked = self.groups.as_ref().map_or(&*self.query.attributes, |groups| &groups.asked);
        let newest = self.starting.as_mut().and_then(Starting::newest);
        let asked = newest.as_ref().map_or(Cow::Borrowed(asked), |newest| Cow::Owned(newest.asked(asked)));
        let paged = Paged {
            base: &search.base,
            scope: search.scope,
            filter: &search.filter,
            attributes: &asked,
            controls: people_controls(self.root.server.kind),
            page_size: self.page_size,
        };
        let mut answer = page::page(&mut self.connection, &paged, cookie, &during, &mut self.referrals).await?;
        if let Some(newest) = newest {
            newest.see(&answer.entries, &asked);
        }
        // What was asked beyond the query must not make anybody differ.
        let more = asked.names().len() > self.query.attributes.names().len();
        for entry in &mut answer.entries {
            match &mut self.groups {
                Some(groups) => *entry = groups.settle(entry, &self.query.attributes),
                None if more => *entry = self.query.attributes.settle(entry, std::iter::empty()),
                None => {}
            }
        }
        Ok(answer)
    }
}

/// Waits until a moment, and says whether somebody still listens then.
async fn rest<T>(pages: &mpsc::Sender<T>, until: Option<Instant>) -> bool {
    tokio::select! {
        biased;
        () = pages.closed() => false,
        () = brake::rest(until) => true,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn whoever_stops_listening_ends_the_rest() {
        let (pages, listener) = mpsc::channel::<()>(1);
        let far = Some(Instant::now() + Duration::from_hours(1));
        let mut resting = Box::pin(rest(&pages, far));
        assert_eq!(resting.as_mut().now_or_never(), None);
        drop(listener);
        assert_eq!(resting.now_or_never(), Some(false));
    }

    #[tokio::test]
    async fn without_a_brake_nobody_rests() {
        let (pages, _listener) = mpsc::channel::<()>(1);
        assert_eq!(rest(&pages, None).now_or_never(), Some(true));
    }
}
