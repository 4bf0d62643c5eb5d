//! A checked sync, and what about it would change who is judged how.

use std::sync::Arc;
use std::time::Duration;

use crate::directory;
use crate::mapping;
use crate::plan::{Absence, FirstSeenInactive, Limits};
use crate::roster::Fingerprint;

/// A sync.
#[derive(Clone, Debug)]
pub struct Sync {
    /// Its name.
    pub name: String,
    /// Its former name.
    pub was: Option<String>,
    /// Name of the directory.
    pub from: String,
    /// Name of the destination.
    pub to: String,
    /// The field by which the destination knows a member.
    pub identity: &'static str,
    /// When it runs; `None`: only when asked.
    pub schedule: Option<Schedule>,
    /// Within which syncs of one schedule begin apart.
    pub jitter: Duration,
    /// The zone a cron schedule is read in.
    pub timezone: jiff::tz::TimeZone,
    /// What is asked of the directory.
    pub query: directory::Query,
    /// Entry → member.
    pub mapping: Arc<mapping::Mapping>,
    /// The guard's.
    pub limits: Limits,
    /// What absence means.
    pub absence: Absence,
    /// How often everything is read although deltas would do.
    pub full_reading: Duration,
    /// What to do with people who are inactive when first seen.
    pub first_seen_inactive: FirstSeenInactive,
}

/// When a sync runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Schedule {
    /// Five-field cron.
    Cron(Box<croner::Cron>),
    /// Every so often.
    Every(Duration),
}

impl Sync {
    /// Changes when other people may be found, or the same ones judged otherwise: search, filter, key, mapping (with
    /// `active` and `skip`), identity. The guard holds the first run under a new one. Limits, schedule and names are
    /// left out on purpose.
    pub fn fingerprint(&self) -> Fingerprint {
        let directory::Query { searches, key, attributes: _, require: _ } = &self.query;
        let mut searches: Vec<_> = searches
            .iter()
            .map(|directory::Search { base, filter, scope }| format!("{base:?} {filter:?} {scope:?}"))
            .collect();
        // The order in which bases are read changes nobody.
        searches.sort_unstable();
        let text = format!("{searches:?}\n{key:?}\n{}\n{}", self.mapping.version(), self.identity);
        Fingerprint::of(text.as_bytes())
    }
}
