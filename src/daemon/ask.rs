//! How everything stands: config and store → report values, for the command line, the control socket and the metrics.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::config::{Config, Sync, Target};
use crate::report::page::{self, Overview, Pace, Step};
use crate::report::{
    AtWork, Held, Kept, Latency, Named, Ran, Reason, Refused, Status, Summary, SyncStatus, TargetStatus, VERDICTS,
};
use crate::store::{self, AtWorkRow, CourseRow, HeldRow, LatencyRow, OddRow, RunRow, Store};

/// So many of those kept are named.
const SOME: u32 = 5;

/// How fast tokens go is told by the end of their window, or the whole of a shorter one.
const LATELY: Duration = Duration::from_hours(1);

/// How everything stands now. No lock is needed.
pub async fn status(config: &Config, store: &mut Store, now: Timestamp) -> Result<Status, store::Error> {
    let mut shown = Status {
        now,
        daemon: None,
        syncs: Vec::new(),
        targets: Vec::new(),
        directories: Vec::new(),
        warnings: Vec::new(),
    };
    for sync in config.syncs.values() {
        shown.syncs.push(of_sync(config, sync, store, now).await?);
    }
    for (name, target) in &config.destinations {
        shown.targets.push(of_target(name, target, store, now).await?);
    }
    for name in config.directories.keys() {
        if let Some((at, why)) = store.bind_record(name).await?.refused {
            shown.directories.push(Refused { directory: name.clone(), at, why });
        }
    }
    shown.warnings = config.warnings.lines().collect();
    Ok(shown)
}

async fn of_sync(config: &Config, sync: &Sync, store: &mut Store, now: Timestamp) -> Result<SyncStatus, store::Error> {
    let mut shown = SyncStatus {
        sync: sync.name.clone(),
        to: sync.to.clone(),
        scheduled: sync.schedule.is_some(),
        ..SyncStatus::default()
    };
    let Some((feed, realm)) = store.feed(&sync.name, sync.was.as_deref()).await? else { return Ok(shown) };
    // Until its first run under a new name a sync's runs are found by the former one.
    for name in [Some(&sync.name), sync.was.as_ref()].into_iter().flatten() {
        if shown.last.is_none() {
            shown.last = store.runs(Some(name), 1).await?.pop().map(ran);
        }
    }
    shown.last_success = store.past(&sync.name, sync.was.as_deref()).await?.and_then(|past| past.succeeded);
    let row = store.feed_row(feed.id, now).await?;
    for verdict in VERDICTS {
        let people = row.odd.iter().find(|(known, _)| known == verdict).map_or(0, |(_, people)| *people);
        if people > 0 {
            let some = store.odd(feed.id, verdict, SOME).await?.into_iter().map(named).collect();
            shown.kept.push(Kept { verdict: verdict.to_owned(), people, some });
        }
    }
    let paused = feed.paused_until.filter(|until| *until > now);
    let target = config.target(sync).destination.realm();
    Ok(SyncStatus {
        paused: paused.is_some(),
        paused_until: paused.filter(|until| *until != Timestamp::MAX),
        elsewhere: Some(realm).filter(|realm| *realm != target),
        active: row.active,
        quarantined: row.refused,
        refusals: row.refusals,
        refused: store.odd(feed.id, "refused", SOME).await?.into_iter().map(named).collect(),
        held: held(&store.held(feed.id, now).await?),
        latency: row.latency.map(latency),
        overdue_since: row.overdue_since,
        ..shown
    })
}

/// What the status page shows. No lock is needed.
pub async fn overview(config: &Config, store: &mut Store, status: Status) -> Result<Overview, store::Error> {
    let now = status.now;
    let (mut courses, mut paces) = (BTreeMap::new(), BTreeMap::new());
    for sync in config.syncs.values() {
        if let Some((feed, _)) = store.feed(&sync.name, sync.was.as_deref()).await? {
            let rows = store.course(feed.id, page::RUNS).await?;
            courses.insert(sync.name.clone(), rows.into_iter().map(|row| step(&sync.name, row)).collect());
        }
    }
    for (name, target) in &config.destinations {
        if let Some(quota) = target.destination.limits().token {
            let lately = quota.per.min(LATELY);
            let used = store.tokens_used(&target.destination.realm(), lately, now).await?;
            paces.insert(name.clone(), Pace { per: quota.per, lately, used });
        }
    }
    Ok(Overview { status, courses, paces })
}

fn step(sync: &str, row: CourseRow) -> Step {
    let CourseRow { id, began, ended, tally } = row;
    let [_, moved, ..] = tally.as_ref().map(|tally| tally.kinds).unwrap_or_default();
    let summary = tally.map(|tally| Summary::of(sync, &tally));
    Step { ran: Ran { run: id, sync: sync.to_owned(), began, ended, summary }, moved }
}

/// A stored run as it is shown.
pub fn ran(row: RunRow) -> Ran {
    let RunRow { id, sync, began, ended, summary } = row;
    Ran { run: id, sync, began, ended, summary }
}

fn latency(row: LatencyRow) -> Latency {
    let LatencyRow { leaves, median, worst } = row;
    Latency { leaves, median, worst }
}

fn named(row: OddRow) -> Named {
    Named { key: row.key, why: row.why }
}

fn held(rows: &[HeldRow]) -> Option<Held> {
    let first = rows.first()?;
    Some(Held {
        plan: first.plan.clone(),
        changes: rows.len() as u64,
        approved: rows.iter().filter(|row| row.approved).count() as u64,
        since: rows.iter().map(|row| row.since).min()?,
        reasons: reasons(rows),
    })
}

/// Why changes are held, each reason once, the most frequent first.
pub fn reasons(rows: &[HeldRow]) -> Vec<Reason> {
    let mut reasons: Vec<Reason> = Vec::new();
    for row in rows {
        match reasons.iter_mut().find(|reason| reason.why == row.why) {
            Some(reason) => reason.changes += 1,
            None => reasons.push(Reason { why: row.why.clone(), changes: 1 }),
        }
    }
    reasons.sort_by_key(|reason| Reverse(reason.changes));
    reasons
}

async fn of_target(
    name: &str,
    target: &Target,
    store: &mut Store,
    now: Timestamp,
) -> Result<TargetStatus, store::Error> {
    let (destination, realm) = (&target.destination, target.destination.realm());
    let quota = destination.limits().token;
    let per = quota.map_or(Duration::ZERO, |quota| quota.per);
    let tokens = |used: u64| quota.map(|quota| [used, u64::from(quota.quota)]);
    let Some(row) = store.realm_row(&realm, per, now).await? else {
        return Ok(TargetStatus { target: name.to_owned(), tokens: tokens(0), ..TargetStatus::default() });
    };
    // Credentials that were refused stop nothing once others stand in the config.
    let refused =
        row.latched && store.work(&realm, 0, per, now).await?.refused_credential == Some(destination.credential());
    Ok(TargetStatus {
        target: name.to_owned(),
        known: true,
        tokens: tokens(row.tokens),
        token_until: row.token_until.filter(|until| *until > now),
        waiting_until: row.not_before,
        why: row.note,
        refused,
        pending: row.pending,
        leaves: row.leaves,
        unanswered: row.unknown,
        at_work: store.at_work(&realm).await?.into_iter().map(at_work).collect(),
    })
}

/// Stored batches as they are shown.
fn at_work(row: AtWorkRow) -> AtWork {
    let AtWorkRow { note: status, batches, members, since, next } = row;
    AtWork { status, batches, members, since, next }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_most_frequent_reason_comes_first() {
        let row = |why: &str| HeldRow {
            key: String::new(),
            kind: "leave".to_owned(),
            identity: String::new(),
            why: why.to_owned(),
            since: Timestamp::UNIX_EPOCH,
            plan: String::new(),
            approved: false,
        };
        let told = reasons(&[row("once"), row("often"), row("often")]);
        let told: Vec<_> = told.iter().map(|reason| (reason.why.as_str(), reason.changes)).collect();
        assert_eq!(told, [("often", 2), ("once", 1)]);
    }
}
