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
    /// The directories, in the order they are read in; at least one.
    pub from: Vec<Origin>,
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
    /// Entry → member.
    pub mapping: Arc<mapping::Mapping>,
    /// The guard's.
    pub limits: Limits,
    /// What absence means.
    pub absence: Absence,
    /// How changes are learnt of between two readings of everybody.
    pub changes: directory::changes::Changes,
    /// How often everything is read although deltas would do.
    pub full_reading: Duration,
    /// What to do with people who are inactive when first seen.
    pub first_seen_inactive: FirstSeenInactive,
}

/// A directory of a sync.
#[derive(Clone, Debug)]
pub struct Origin {
    /// Its name.
    pub directory: String,
    /// What is asked of it.
    pub query: directory::Query,
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
    /// left out on purpose, but for those that tell one directory of several from another.
    pub fn fingerprint(&self) -> Fingerprint {
        let mut searches: Vec<_> = self.from.iter().flat_map(|origin| self.searches(origin)).collect();
        // The order in which bases are read changes nobody.
        searches.sort_unstable();
        // All are asked by the same key.
        let key = self.from.first().and_then(|origin| origin.query.key.as_ref());
        let text = format!("{searches:?}\n{key:?}\n{}\n{}", self.mapping.version(), self.identity);
        Fingerprint::of(text.as_bytes())
    }

    fn searches(&self, origin: &Origin) -> impl Iterator<Item = String> {
        let directory::Query { searches, key: _, attributes: _, require: _, changes: _ } = &origin.query;
        let directory = if self.from.len() > 1 { format!("{} ", origin.directory) } else { String::new() };
        let text = move |directory::Search { base, filter, scope }: &directory::Search| {
            format!("{directory}{base:?} {filter:?} {scope:?}")
        };
        searches.iter().map(text)
    }
}
