//! What a sync's config says about the guard and about absence.

use std::time::Duration;

/// The guard's limits over a rolling 24 h. A kind's limit is `min(count, max(5, percent of confirmed active))`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Leaves, and identity changes.
    pub leave: Limit,
    /// Returns.
    pub back: Limit,
    /// Joins, once a first run has been delivered whole.
    pub join: Limit,
    /// Changes of fields.
    pub change: Limit,
}

/// One kind's limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// An absolute number; `None`: only the percentage counts.
    pub count: Option<u32>,
    /// Percent of the sync's confirmed active accounts.
    pub percent: u32,
}

impl Default for Limits {
    fn default() -> Self {
        let limit = |count, percent| Limit { count, percent };
        Self {
            leave: limit(Some(200), 5),
            back: limit(Some(200), 5),
            join: limit(Some(500), 10),
            change: limit(None, 20),
        }
    }
}

/// What absence from a complete reading means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Absence {
    /// How long somebody must have been absent; `None`: by the directory's kind (AD 1 h, else 0).
    pub grace: Option<Duration>,
    /// After a change of server, a second reading at least this much later must agree.
    pub settle: Duration,
    /// A tombstone was seen.
    pub deleted: Policy,
    /// Nowhere to be found, and the bind account sees no tombstones.
    pub gone: Policy,
    /// Elsewhere in the directory.
    pub moved: Policy,
    /// In a base, but the filter does not match.
    pub filtered: Policy,
    /// There, but not readable; or nowhere to be found, although the bind account sees tombstones.
    pub unreadable: Policy,
}

/// What is done with somebody absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// They leave (the guard permitting).
    Leave,
    /// They stay until somebody approves.
    Hold,
}

impl Default for Absence {
    fn default() -> Self {
        Self {
            grace: None,
            settle: Duration::from_mins(30),
            deleted: Policy::Leave,
            gone: Policy::Leave,
            moved: Policy::Leave,
            filtered: Policy::Leave,
            unreadable: Policy::Hold,
        }
    }
}

/// What to do with people who are inactive when first seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum FirstSeenInactive {
    /// Record them; the target never hears of them.
    #[default]
    Skip,
    /// Send them as inactive.
    Send,
}
