//! What came in and what became of it.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::Serialize;

use super::Target;
use crate::sandbox::answer::Answer;
use crate::sandbox::instant;

/// Requests remembered one by one; older ones are only counted.
pub const RECEIPTS: usize = 1000;

/// What became of a request, whatever its client was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The bulk was taken.
    Taken,
    /// The bulk arrives later.
    TakenLate,
    /// A status was told.
    Told,
    /// A header was missing (470).
    HeaderMissing,
    /// A header was wrong (471).
    HeaderWrong,
    /// The client or the club is unknown (401).
    Unauthorized,
    /// A permit was missing (403).
    Forbidden,
    /// Not JSON (406), or JSON of the wrong kind (400).
    Unreadable,
    /// The members as a whole broke a rule (422).
    Refused,
    /// No such import or bulk (404).
    NotFound,
    /// A fault kept it from being looked at.
    Fault,
}

/// A request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Receipt {
    /// When, on the sandbox's clock.
    #[serde(with = "instant")]
    pub at: Timestamp,
    /// Which kind.
    pub target: Target,
    /// The import it was about; `None` where nobody looked.
    pub import_id: Option<String>,
    /// The client's number for the bulk it sent.
    pub request_number: Option<i64>,
    /// Members it sent; `None` where nobody looked.
    pub size: Option<usize>,
    /// What became of it.
    pub outcome: Outcome,
    /// What its client was told: a status, `cut` or `hang`.
    pub answer: String,
    /// Why it was not done.
    pub reason: Option<String>,
}

/// Requests by what became of them.
pub type Counts = BTreeMap<Target, BTreeMap<Outcome, u64>>;

/// What a request was about, as far as anybody looked.
#[derive(Default)]
pub(super) struct About {
    pub(super) import_id: Option<String>,
    pub(super) request_number: Option<i64>,
    pub(super) size: Option<usize>,
}

/// What became of a request, and what its client is told.
pub(super) struct Verdict {
    pub(super) outcome: Outcome,
    pub(super) answer: Answer,
    pub(super) about: About,
    pub(super) reason: Option<String>,
}

/// Why a request is not done, which its client is told.
pub(super) struct Refusal {
    outcome: Outcome,
    status: u16,
    about: About,
    reason: String,
}

impl Refusal {
    pub(super) fn new(outcome: Outcome, status: u16, reason: &str) -> Self {
        Self { outcome, status, about: About::default(), reason: reason.into() }
    }

    pub(super) fn about(self, about: About) -> Self {
        Self { about, ..self }
    }

    pub(super) fn verdict(self) -> Verdict {
        let Self { outcome, status, about, reason } = self;
        Verdict { outcome, answer: Answer::error(status, &reason), about, reason: Some(reason) }
    }
}

/// Every request counted, the last ones kept.
#[derive(Debug, Default)]
pub(super) struct Books {
    pub(super) counts: Counts,
    pub(super) receipts: VecDeque<Receipt>,
}

impl Books {
    /// Writes a request down; what is left is its answer.
    pub(super) fn enter(&mut self, target: Target, verdict: Verdict, at: Timestamp) -> Answer {
        let Verdict { outcome, answer, about: About { import_id, request_number, size }, reason } = verdict;
        *self.counts.entry(target).or_default().entry(outcome).or_default() += 1;
        if self.receipts.len() == RECEIPTS {
            self.receipts.pop_front();
        }
        let seen = answer.seen();
        let receipt = Receipt { at, target, import_id, request_number, size, outcome, answer: seen, reason };
        self.receipts.push_back(receipt);
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_ones_and_counts_all() {
        let mut books = Books::default();
        for size in 0..=RECEIPTS {
            let refusal = Refusal::new(Outcome::Refused, 422, "members_empty");
            let refusal = refusal.about(About { size: Some(size), ..About::default() });
            books.enter(Target::Send, refusal.verdict(), Timestamp::UNIX_EPOCH);
        }
        assert_eq!(books.counts[&Target::Send][&Outcome::Refused], 1001);
        assert_eq!((books.receipts.len(), books.receipts[0].size), (RECEIPTS, Some(1)));
    }
}
