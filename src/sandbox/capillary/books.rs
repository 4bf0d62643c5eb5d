//! What came in and what became of it.

use std::collections::{BTreeMap, VecDeque};

use jiff::Timestamp;
use serde::Serialize;

use super::{Habits, Record, Target, reply};
use crate::sandbox::answer::Answer;
use crate::sandbox::instant;

/// Requests remembered one by one; older ones are only counted.
pub const RECEIPTS: usize = 1000;

/// What became of a request, whatever its client was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A token was issued.
    Issued,
    /// What was asked for was told.
    Told,
    /// The client was created.
    Created,
    /// The client appears later.
    CreatedLate,
    /// The client was updated.
    Updated,
    /// The client changes later.
    UpdatedLate,
    /// The client was deleted.
    Deleted,
    /// The client goes later.
    DeletedLate,
    /// Wrong credentials, or no good token (401).
    Unauthorized,
    /// The scopes permit it not (403).
    Forbidden,
    /// Not JSON (400), or declared as something else (415).
    Unreadable,
    /// A rule was broken, or it was to be refused (400).
    Refused,
    /// No such client or path (404).
    NotFound,
    /// No such method (405).
    NoMethod,
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
    /// The client it was about, by its key; `None` where nobody looked.
    #[serde(rename = "clientKey")]
    pub client_key: Option<String>,
    /// The name of that client, or the one wanted; `None` where nobody looked.
    pub name: Option<String>,
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
    pub(super) client_key: Option<String>,
    pub(super) name: Option<String>,
}

impl From<&Record> for About {
    fn from(client: &Record) -> Self {
        Self { client_key: Some(client.key.clone()), name: Some(client.name.clone()) }
    }
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

    pub(super) fn verdict(self, habits: Habits) -> Verdict {
        let Self { outcome, status, about, reason } = self;
        Verdict { outcome, answer: reply::error(status, &reason, habits), about, reason: Some(reason) }
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
        let Verdict { outcome, answer, about: About { client_key, name }, reason } = verdict;
        *self.counts.entry(target).or_default().entry(outcome).or_default() += 1;
        if self.receipts.len() == RECEIPTS {
            self.receipts.pop_front();
        }
        let seen = answer.seen();
        self.receipts.push_back(Receipt { at, target, client_key, name, outcome, answer: seen, reason });
        answer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_last_ones_and_counts_all() {
        let mut books = Books::default();
        for number in 0..=RECEIPTS {
            let refusal = Refusal::new(Outcome::Refused, 400, "name is mandatory");
            let refusal = refusal.about(About { name: Some(number.to_string()), ..About::default() });
            books.enter(Target::Create, refusal.verdict(Habits::default()), Timestamp::UNIX_EPOCH);
        }
        assert_eq!(books.counts[&Target::Create][&Outcome::Refused], 1001);
        assert_eq!((books.receipts.len(), books.receipts[0].name.as_deref()), (RECEIPTS, Some("1")));
    }
}
