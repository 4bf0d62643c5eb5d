//! The asynchronous jobs: how fast, in which order, how many at once, and which of them fail.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::bulk::{Bulk, Status};
use crate::sandbox::clock::later;
use crate::sandbox::span;

/// Failures of a job after which its bulk has failed for good.
pub const RETRIES: u32 = 5;

/// How bulks are worked on. All of it can be changed while it runs, and holds for bulks that are there already.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Workers {
    /// How long a bulk waits at least; 1 second.
    #[serde(with = "span")]
    pub waiting: Duration,
    /// How long it is worked on; 1 second.
    #[serde(with = "span")]
    pub working: Duration,
    /// How long a bulk waits at least after its job failed; 1 second.
    #[serde(with = "span")]
    pub retry_after: Duration,
    /// Which of those that have waited long enough is next.
    pub order: Order,
    /// How many are worked on at once; 4. With 0 nobody works.
    pub at_once: usize,
    /// So many jobs fail that end from now on.
    pub fail_next: u64,
    /// Every job of these bulks fails.
    pub fail_bulks: BTreeSet<u64>,
    /// Every job fails.
    pub fail_all: bool,
    /// Members, by mail in lower case or msisdn, in whom every job finds something wrong.
    pub refuse: BTreeSet<String>,
}

/// Which bulk is next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// The one that came first.
    #[default]
    InOrder,
    /// The one that came last.
    NewestFirst,
}

impl Default for Workers {
    fn default() -> Self {
        let second = Duration::from_secs(1);
        Self {
            waiting: second,
            working: second,
            retry_after: second,
            order: Order::default(),
            at_once: 4,
            fail_next: 0,
            fail_bulks: BTreeSet::new(),
            fail_all: false,
            refuse: BTreeSet::new(),
        }
    }
}

impl Workers {
    /// When a bulk may go on; `None` for one that is at its end.
    pub(super) fn due(&self, bulk: &Bulk) -> Option<Timestamp> {
        let span = match bulk.status {
            Status::Waiting => self.waiting,
            Status::Working => self.working,
            Status::WaitingForRetry => self.retry_after,
            Status::Finished | Status::Failed => return None,
        };
        Some(later(bulk.since, span))
    }

    /// Whether a job that ends now fails. One that fails anyway uses up none of those counted.
    pub(super) fn fails(&mut self, bulk: u64) -> bool {
        if self.fail_all || self.fail_bulks.contains(&bulk) {
            return true;
        }
        let counted = self.fail_next > 0;
        self.fail_next = self.fail_next.saturating_sub(1);
        counted
    }

    /// The next of those that are ready.
    pub(super) fn pick(&self, ready: impl Iterator<Item = u64>) -> Option<u64> {
        match self.order {
            Order::InOrder => ready.min(),
            Order::NewestFirst => ready.max(),
        }
    }
}
