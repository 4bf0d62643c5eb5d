//! What it means that somebody known is not in a complete reading.

use std::time::Duration;

use super::{Absence, Policy, Verdict, Wish};
use crate::directory::{Kind, Sighting};
use crate::roster::Timestamp;

/// The grace of a directory that was not given one: a domain controller may lag behind the one that wrote.
const AD_GRACE: Duration = Duration::from_hours(1);

/// What is decided about somebody absent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Absent {
    /// Leave, or keep for now.
    pub wish: Wish,
    /// In words.
    pub why: String,
    /// Set when the policy asks for approval.
    pub needs_approval: Option<String>,
}

/// The reason's word in store, `explain` and audit.
pub fn word(sighting: Sighting, sees_deleted: bool) -> &'static str {
    match sighting {
        Sighting::Matches => "found after all",
        Sighting::Filtered => "filtered: in the base, but the filter does not match",
        Sighting::Disabled => "disabled",
        Sighting::Moved => "moved out of the search bases",
        Sighting::Deleted => "deleted",
        Sighting::Unreadable => "unreadable: there, but its attributes may not be read",
        Sighting::Gone if sees_deleted => "gone without a trace: not readable any more, or deleted long ago",
        Sighting::Gone => "gone: deleted, or not readable any more",
    }
}

/// Judges one absent person. `since` is when they were first absent. While a change of server has not settled, a second
/// reading must agree: somebody absent only now may just not have reached this server yet.
pub fn judge(
    sighting: Sighting,
    sees_deleted: bool,
    settings: &Absence,
    kind: Kind,
    since: Timestamp,
    unsettled: bool,
    now: Timestamp,
) -> Absent {
    let why = word(sighting, sees_deleted).to_owned();
    let until = since + patience(settings, kind, unsettled);
    let policy = match sighting {
        Sighting::Disabled => return Absent { wish: Wish::Leave(None), why, needs_approval: None },
        Sighting::Matches => return kept(why),
        Sighting::Filtered => settings.filtered,
        Sighting::Moved => settings.moved,
        Sighting::Deleted => settings.deleted,
        Sighting::Unreadable => settings.unreadable,
        // Had they been deleted, it would be seen: they are there, and closed to the bind account.
        Sighting::Gone if sees_deleted => settings.unreadable,
        Sighting::Gone => settings.gone,
    };
    by_policy(why, policy, until, now)
}

/// How long somebody must have been absent to be believed so.
pub(super) fn patience(settings: &Absence, kind: Kind, unsettled: bool) -> Duration {
    let grace = settings.grace.unwrap_or(if kind == Kind::ActiveDirectory { AD_GRACE } else { Duration::ZERO });
    if unsettled { grace.max(settings.settle) } else { grace }
}

pub(super) fn by_policy(why: String, policy: Policy, until: Timestamp, now: Timestamp) -> Absent {
    if now < until {
        return kept(format!("{why}; believed from {until}"));
    }
    let held = (policy == Policy::Hold).then(|| format!("{why}; the sync's `absence` says hold"));
    Absent { wish: Wish::Leave(None), why, needs_approval: held }
}

fn kept(why: String) -> Absent {
    Absent { wish: Wish::Keep(Verdict::Absent), why, needs_approval: None }
}
