//! A reading: the group tree where it is asked for, every page of every search, then the probes.

use std::collections::BTreeSet;

use tokio::sync::mpsc;

use super::connection::{Connection, Request, domain_scope, outcome};
use super::group::Groups;
use super::page::{self, Paged};
use super::{Error, Operation, parse};
use crate::directory::{End, Kind, Page, Query, Scope};

/// The pages of a reading, one at a time. At most three are in memory: one with the caller, one waiting, one arriving.
pub struct Reader {
    pages: mpsc::Receiver<Result<Page, Error>>,
    end: Option<End>,
}

impl Reader {
    pub(super) fn start(
        connection: Connection,
        kind: Kind,
        contexts: Vec<String>,
        page_size: u32,
        query: Query,
    ) -> Self {
        let (sender, pages) = mpsc::channel(1);
        tokio::spawn(async move {
            let (groups, referrals) = (None, BTreeSet::new());
            let mut reading = Reading { connection, kind, page_size, query, groups, pages: sender, referrals };
            let outcome = async {
                reading.groups(&contexts).await?;
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
    kind: Kind,
    page_size: u32,
    query: Query,
    groups: Option<Groups>,
    pages: mpsc::Sender<Result<Page, Error>>,
    referrals: BTreeSet<String>,
}

impl Reading {
    /// Who is in which group is known before anybody is read.
    async fn groups(&mut self, contexts: &[String]) -> Result<(), Error> {
        let attributes = &self.query.attributes;
        if !attributes.groups().is_empty() {
            let read = Groups::read(&mut self.connection, self.kind, contexts, attributes, self.page_size);
            self.groups = Some(read.await?);
        }
        Ok(())
    }

    async fn run(&mut self) -> Result<(), Error> {
        let mut found = Vec::new();
        // The last page is kept back until the probes are known.
        let mut last = Vec::new();
        for at in 0..self.query.searches.len() {
            let mut count = 0;
            let (mut number, mut cookie) = (0, Vec::new());
            loop {
                let before = std::mem::take(&mut last);
                if !before.is_empty() && self.pages.send(Ok(Page { entries: before, end: None })).await.is_err() {
                    return Ok(());
                }
                number += 1;
                let answer = self.page(at, number, cookie).await?;
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
        let probes_missing = self.probes_missing().await?;
        let referrals = std::mem::take(&mut self.referrals).into_iter().collect();
        let end = Some(End { found, probes_missing, referrals, marks: None });
        let _ = self.pages.send(Ok(Page { entries: last, end })).await;
        Ok(())
    }

    async fn page(&mut self, at: usize, number: u32, cookie: Vec<u8>) -> Result<page::Answer, Error> {
        let search = &self.query.searches[at];
        let during = Operation::Page { number, base: search.base.clone() };
        let paged = Paged {
            base: &search.base,
            scope: search.scope,
            filter: &search.filter,
            attributes: self.groups.as_ref().map_or(&self.query.attributes, |groups| &groups.asked),
            controls: self.controls(),
            page_size: self.page_size,
        };
        let mut answer = page::page(&mut self.connection, &paged, cookie, &during, &mut self.referrals).await?;
        if let Some(groups) = &mut self.groups {
            for entry in &mut answer.entries {
                *entry = groups.settle(entry, &self.query.attributes);
            }
        }
        Ok(answer)
    }

    fn controls(&self) -> Vec<ldap3::controls::RawControl> {
        if self.kind == Kind::ActiveDirectory { vec![domain_scope()] } else { Vec::new() }
    }

    async fn probes_missing(&mut self) -> Result<Vec<String>, Error> {
        let mut missing = Vec::new();
        for filter in self.query.require.clone() {
            if !self.probe(&filter).await? {
                missing.push(filter);
            }
        }
        Ok(missing)
    }

    /// Whether a filter finds anybody below any base.
    async fn probe(&mut self, filter: &str) -> Result<bool, Error> {
        let controls = self.controls();
        for search in &self.query.searches {
            let mut found = false;
            let request = Request {
                base: &search.base,
                scope: Scope::Subtree,
                filter,
                attributes: &[],
                controls: controls.clone(),
                size_limit: 1,
                during: Operation::Probe,
            };
            let take = |tag: ldap3::asn1::StructureTag| {
                found |= tag.id == parse::ENTRY;
                Ok(())
            };
            let result = self.connection.search(request, take).await?;
            if found {
                // Whatever the result: with a limit of one, "limit reached" is a success.
                return Ok(true);
            }
            outcome(&result, Operation::Probe, &search.base)?;
        }
        Ok(false)
    }
}
