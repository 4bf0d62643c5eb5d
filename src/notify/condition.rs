//! How everything stands → what is wrong. Counts and names of the config, nothing of a person.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::{Kind, Subject};
use crate::engine::REFUSES_EVERYBODY;
use crate::report::{Daemon, Status, SyncStatus, TargetStatus};

/// A leave may take so long from the directory's change to the target's confirmation.
const OVERDUE: SignedDuration = SignedDuration::from_hours(1);

/// Of the quota so many parts; less than one of them left is low.
const PARTS: u64 = 10;

/// Something that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// Since when, where that is known.
    pub since: Option<Timestamp>,
    /// In a line, with the command that tells more.
    pub text: String,
}

/// What a look sees.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// What is wrong.
    pub wrong: BTreeMap<Subject, Condition>,
    /// What can't be told now, and counts as it did before.
    pub unsure: BTreeSet<Subject>,
}

/// What is wrong. `reads` names each sync beside each directory that it reads.
pub fn conditions(status: &Status, reads: &[(&str, &str)]) -> Seen {
    let mut seen = Seen::default();
    for sync in &status.syncs {
        let refused = |(_, directory): &&(&str, &str)| status.directories.iter().any(|it| it.directory == *directory);
        let directory = reads.iter().filter(|(name, _)| *name == sync.sync).find(refused);
        of_runs(&mut seen, sync, directory.map(|(_, directory)| *directory));
        of_members(&mut seen, sync, status.now);
    }
    status.targets.iter().for_each(|target| of_target(&mut seen, target));
    if let Some(Daemon { refused: Some(refused), .. }) = &status.daemon {
        let faults = count(refused.faults.len() as u64, "fault");
        let text = format!("the file is not used ({faults}), the one before stays in force; why: rosterd check");
        seen.add(Kind::ConfigRefused, "config", Some(refused.at), &text);
    }
    seen
}

impl Seen {
    fn add(&mut self, kind: Kind, about: &str, since: Option<Timestamp>, text: &str) {
        let text = format!("{about}: {text}");
        self.wrong.insert((kind, about.to_owned()), Condition { since, text });
    }
}

fn of_runs(seen: &mut Seen, sync: &SyncStatus, refused_by: Option<&str>) {
    let name = &sync.sync;
    let last = sync.last.as_ref().map(|run| run.summary.as_ref());
    if let Some(directory) = refused_by {
        let text = format!("the directory {directory} refuses the service account; why: rosterd status");
        seen.add(Kind::Failed, name, None, &text);
    } else if let Some(None) = last {
        // While it runs, or where a run was cut off, the one before says how it is.
        seen.unsure.insert((Kind::Failed, name.clone()));
    } else if let Some(Some(summary)) = last
        && summary.result == "failed"
    {
        seen.add(Kind::Failed, name, None, &format!("the last run failed; why: rosterd runs {name}"));
    }
}

fn of_members(seen: &mut Seen, sync: &SyncStatus, now: Timestamp) {
    let name = &sync.sync;
    if let Some(held) = sync.held.as_ref().filter(|held| held.approved < held.changes) {
        let changes = count(held.changes - held.approved, "change");
        let text = format!("{changes} not approved yet; who: rosterd plan {name}");
        seen.add(Kind::Held, name, Some(held.since), &text);
    }
    if sync.refusals > 0 {
        let text = format!("{} refused by {}; who: rosterd status", count(sync.refusals, "member"), sync.to);
        seen.add(Kind::Refused, name, None, &text);
    }
    if let Some(since) = sync.overdue_since.filter(|since| now.duration_since(*since) > OVERDUE) {
        let text = format!("somebody who left is still active at {} after an hour; why: rosterd status", sync.to);
        seen.add(Kind::LeaverOverdue, name, Some(since), &text);
    }
}

fn of_target(seen: &mut Seen, target: &TargetStatus) {
    let name = &target.target;
    if target.refused {
        seen.add(Kind::Rejecting, name, None, "it refuses the credentials; why: rosterd status");
    } else if target.why.as_ref().is_some_and(|why| why.ends_with(REFUSES_EVERYBODY)) {
        seen.add(Kind::Rejecting, name, None, "it refuses everybody; why: rosterd status");
    }
    if let Some([used, quota]) = target.tokens {
        let left = quota.saturating_sub(used);
        if left * PARTS < quota {
            let text = format!("{left} of {quota} tokens left; until when: rosterd status");
            seen.add(Kind::QuotaLow, name, None, &text);
        }
    }
}

fn count(n: u64, one: &str) -> String {
    format!("{n} {one}{}", if n == 1 { "" } else { "s" })
}
