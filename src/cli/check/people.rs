//! Whether a sync's searches find people, and what its rules make of them all.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::changes;
use super::coverage::Coverage;
use super::directory::Checked;
use crate::config::{Origin, Sync, Target};
use crate::directory::changes::Changes;
use crate::directory::ldap::{Error, Session};
use crate::directory::{End, Query, Scope, Search, Server};
use crate::report::Findings;

/// Reads everybody, as a run would, from every directory of a sync that could be opened.
pub(super) async fn check(
    sync: &Sync,
    target: &Target,
    directories: &mut [Checked],
    now: Timestamp,
    findings: &mut Findings,
) {
    let mut coverage = Coverage::new(sync, target);
    for origin in &sync.from {
        let Some(directory) = directories.iter_mut().find(|checked| checked.name == origin.directory) else {
            findings.failed(&sync.name, format!("not read from {}, which can't be used", origin.directory));
            continue;
        };
        let unknown = directory.unknown(sync, origin, findings);
        coverage.unknown(unknown);
        let Some(session) = directory.session() else { continue };
        deleted(sync, origin, session.server(), findings);
        rights(sync, origin, session, findings).await;
        changes::check(sync, origin, session, findings).await;
        let mut reading = Reading { sync, session, coverage: &mut coverage, now, findings };
        reading.searches(origin).await;
        reading.probes(origin).await;
    }
    coverage.tell(findings);
}

/// Who is deleted keeps little to be found by.
fn deleted(sync: &Sync, origin: &Origin, server: &Server, findings: &mut Findings) {
    if server.sees_deleted && !origin.query.answered_by(server).sees_deleted {
        let key = origin.query.key_attribute(server.kind);
        let said = format!("by `{key}` deleted people are found only where the Recycle Bin is on");
        findings.ok(&sync.name, format!("{said}: deleted and unreadable may look alike"));
    }
}

/// An account that can only read can do no harm when its secret gets out.
async fn rights(sync: &Sync, origin: &Origin, session: &mut Session, findings: &mut Findings) {
    let bases: BTreeSet<_> = origin.query.searches.iter().map(|search| &search.base).collect();
    for base in bases {
        match session.may_change(base).await {
            Ok(Some(true)) => {
                let said = format!("{base}: the bind account may change this: one that may only read is enough");
                findings.warning(&sync.name, said);
            }
            Ok(Some(false)) => findings.ok(&sync.name, format!("{base}: the bind account may not change this")),
            // Whether the base can be read at all, the reading says.
            Ok(None) | Err(_) => {}
        }
    }
}

struct Reading<'a, 'c> {
    sync: &'a Sync,
    session: &'a Session,
    coverage: &'a mut Coverage<'c>,
    now: Timestamp,
    findings: &'a mut Findings,
}

impl Reading<'_, '_> {
    /// Each search by itself: one that fails does not keep the next one from being tried.
    async fn searches(&mut self, origin: &Origin) {
        let began = Instant::now();
        let (mut entries, mut pages) = (0, 0);
        for search in &origin.query.searches {
            let base = &search.base;
            match self.search(origin, search, &mut pages).await {
                Ok(end) => {
                    entries += end.found.iter().sum::<u64>();
                    self.told(base, &end);
                }
                Err(error) => self.findings.failed(&self.sync.name, format!("{base}: {error}")),
            }
        }
        if entries > 0 {
            let took = humantime::format_duration(Duration::from_millis(
                began.elapsed().as_millis().try_into().unwrap_or(u64::MAX),
            ));
            let pages = if pages == 1 { "1 page".to_owned() } else { format!("{pages} pages") };
            self.findings.ok(
                &self.sync.name,
                format!("reading {entries} entries from {} took {took}, {pages}", origin.directory),
            );
        }
    }

    async fn search(&mut self, origin: &Origin, search: &Search, pages: &mut u64) -> Result<End, Error> {
        let query = Query {
            searches: vec![search.clone()],
            require: Vec::new(),
            changes: Changes::Full,
            ..origin.query.clone()
        };
        let kind = self.session.server().kind;
        let mut reader = self.session.read(&query);
        loop {
            let page = reader.next_page().await?;
            *pages += 1;
            for entry in &page.entries {
                self.coverage.take(entry, kind, self.now);
            }
            if let Some(end) = page.end {
                return Ok(end);
            }
        }
    }

    fn told(&mut self, base: &str, end: &End) {
        let (name, found) = (&self.sync.name, end.found.iter().sum::<u64>());
        if found == 0 {
            let why = "check `base`, `filter` and the rights of the bind account";
            self.findings.failed(name, format!("{base}: the search finds nobody: {why}"));
        } else {
            self.findings.ok(name, format!("{base}: the search finds {found}"));
        }
        for referral in &end.referrals {
            self.findings.warning(name, format!("{base}: a referral is not followed: {referral}"));
        }
    }

    /// Reads only the bases themselves: the probes are asked at the end of a reading.
    async fn probes(&mut self, origin: &Origin) {
        let query = &origin.query;
        if query.require.is_empty() {
            return;
        }
        let only_base = |search: &Search| {
            let filter = "(objectClass=*)".to_owned();
            Search { base: search.base.clone(), filter, scope: Scope::Base }
        };
        let searches = query.searches.iter().map(only_base).collect();
        let mut reader = self.session.read(&Query { searches, ..query.clone() });
        let name = &self.sync.name;
        loop {
            match reader.next_page().await.map(|page| page.end) {
                Ok(Some(end)) => return self.coverage.probed(end.probes_missing),
                Ok(None) => {}
                Err(error) => return self.findings.failed(name, format!("`require`: {error}")),
            }
        }
    }
}
