//! Whether a sync's searches find people, and what its rules make of the first of them.

use jiff::Timestamp;

use super::coverage::Coverage;
use crate::config::{Sync, Target};
use crate::directory::ldap::{Error, Session};
use crate::directory::{Entry, Page, Query, Scope, Search, Settings};
use crate::report::Findings;

pub(super) async fn check(
    sync: &Sync,
    target: &Target,
    settings: &Settings,
    session: &Session,
    now: Timestamp,
    findings: &mut Findings,
) {
    let most = settings.page_size.max(1) as usize;
    let mut sample: Vec<Entry> = Vec::new();
    for search in &sync.query.searches {
        match first_page(sync, search, session).await {
            Ok(page) => {
                told(sync, search, &page, findings);
                sample.extend(page.entries.into_iter().take(most - sample.len().min(most)));
            }
            Err(error) => findings.failed(&sync.name, format!("{}: {error}", search.base)),
        }
    }
    probes(sync, session, findings).await;
    if !sample.is_empty() {
        Coverage::of(sync, target, &sample, session.server().kind, now).tell(sync, findings);
    }
}

async fn first_page(sync: &Sync, search: &Search, session: &Session) -> Result<Page, Error> {
    let query = Query { searches: vec![search.clone()], require: Vec::new(), ..sync.query.clone() };
    session.read(&query).next_page().await
}

fn told(sync: &Sync, search: &Search, page: &Page, findings: &mut Findings) {
    let (base, found) = (&search.base, page.entries.len());
    match &page.end {
        Some(_) if found == 0 => {
            let why = "check `base`, `filter` and the rights of the bind account";
            findings.failed(&sync.name, format!("{base}: the search finds nobody: {why}"));
        }
        Some(_) => findings.ok(&sync.name, format!("{base}: the search finds {found}")),
        None => findings.ok(
            &sync.name,
            format!("{base}: the search finds {found} on its first page, and more; rosterd plan reads them all"),
        ),
    }
    for referral in page.end.iter().flat_map(|end| &end.referrals) {
        findings.warning(&sync.name, format!("{base}: a referral is not followed: {referral}"));
    }
}

/// Reads only the bases themselves: the probes are asked at the end of a reading.
async fn probes(sync: &Sync, session: &Session, findings: &mut Findings) {
    if sync.query.require.is_empty() {
        return;
    }
    let only_base = |search: &Search| {
        let filter = "(objectClass=*)".to_owned();
        Search { base: search.base.clone(), filter, scope: Scope::Base }
    };
    let searches = sync.query.searches.iter().map(only_base).collect();
    let mut reader = session.read(&Query { searches, ..sync.query.clone() });
    let end = loop {
        match reader.next_page().await {
            Ok(Page { end: Some(end), .. }) => break end,
            Ok(_) => {}
            Err(error) => return findings.failed(&sync.name, format!("`require`: {error}")),
        }
    };
    for filter in &end.probes_missing {
        findings.failed(&sync.name, format!("`require` finds nobody for {filter}: no run would be believed"));
    }
    if end.probes_missing.is_empty() {
        findings.ok(&sync.name, "`require` finds everybody it names");
    }
}
