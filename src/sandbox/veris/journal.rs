//! What came in and what became of it.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::Serialize;

use super::Target;
use crate::sandbox::instant;

/// Pushes remembered one by one; older ones are only counted.
pub const RECEIPTS: usize = 1000;

/// What became of a request, whatever its client was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A token was issued.
    Issued,
    /// The batch took effect.
    Applied,
    /// The batch takes effect later.
    AppliedLate,
    /// Wrong credentials, or no good token.
    Unauthorized,
    /// Past the quota of token requests.
    OverQuota,
    /// Not declared as JSON, not JSON, or no array.
    Unreadable,
    /// More members than a batch may hold.
    OverLimit,
    /// A member broke a rule, or was to be refused.
    Refused,
    /// A fault kept it from being looked at.
    Fault,
}

/// A push.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// When, on the sandbox's clock.
    #[serde(with = "instant")]
    pub at: Timestamp,
    /// Members in it; `None` where nobody looked.
    pub size: Option<usize>,
    /// How many of them were `in_active`; `None` where nobody looked.
    pub in_active: Option<usize>,
    /// What became of it.
    pub outcome: Outcome,
    /// What its client was told: a status, `cut` or `hang`.
    pub answer: String,
    /// Why it was not applied.
    pub reason: Option<String>,
}

/// Requests by what became of them.
pub type Counts = BTreeMap<Target, BTreeMap<Outcome, u64>>;

/// Every request counted, the last pushes kept.
#[derive(Debug, Default)]
pub(super) struct Journal {
    pub(super) counts: Counts,
    pub(super) receipts: VecDeque<Receipt>,
}

impl Journal {
    pub(super) fn count(&mut self, target: Target, outcome: Outcome) {
        *self.counts.entry(target).or_default().entry(outcome).or_default() += 1;
    }

    pub(super) fn pushed(&mut self, receipt: Receipt) {
        self.count(Target::Members, receipt.outcome);
        if self.receipts.len() == RECEIPTS {
            self.receipts.pop_front();
        }
        self.receipts.push_back(receipt);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_thousand_and_counts_all() {
        let mut journal = Journal::default();
        for size in 0..1001 {
            journal.pushed(Receipt {
                at: Timestamp::UNIX_EPOCH,
                size: Some(size),
                in_active: Some(0),
                outcome: Outcome::Applied,
                answer: "200".into(),
                reason: None,
            });
        }
        assert_eq!(journal.counts[&Target::Members][&Outcome::Applied], 1001);
        assert_eq!((journal.receipts.len(), journal.receipts[0].size), (1000, Some(1)));
    }
}
