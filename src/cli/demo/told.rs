//! What is told of a step, beside what came of it.

use std::fmt::Display;

use crate::engine::Tally;
use crate::sandbox::veris::{Outcome, Status};
use crate::sandbox::{Sandbox, veris};

/// A count of a run by its name.
pub type Counts = [(&'static str, u64); 15];

/// The differences between what is told and what was found.
#[derive(Debug, Default)]
pub struct Told {
    differences: Vec<String>,
}

impl Told {
    /// Nothing compared yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// One thing.
    #[must_use]
    pub fn same<T: PartialEq + Display + ?Sized>(mut self, what: &str, told: &T, found: &T) -> Self {
        if told != found {
            self.differences.push(format!("{what}: told {told}, found {found}"));
        }
        self
    }

    /// A run, count by count.
    #[must_use]
    pub fn run(self, told: &Tally, found: &Tally) -> Self {
        let failed = |tally: &Tally| tally.failed.clone().or_else(|| tally.waits.clone()).unwrap_or("done".to_owned());
        let ended = self.same("the run", &failed(told), &failed(found));
        let pairs = counts(told).into_iter().zip(counts(found));
        pairs.fold(ended, |so_far, ((what, told), (_, found))| so_far.same(what, &told, &found))
    }

    /// How many members the target has, active and not.
    #[must_use]
    pub fn members(self, target: &Sandbox, active: usize, in_active: usize) -> Self {
        let members = target.members();
        let count = |status| members.values().filter(|record| record.fields.status == status).count();
        self.same("active at the target", &active, &count(Status::Active)).same(
            "in_active at the target",
            &in_active,
            &count(Status::InActive),
        )
    }

    /// One member at the target.
    #[must_use]
    pub fn member(self, target: &Sandbox, identity: &str, status: Status, designation: &str) -> Self {
        match target.member(identity) {
            None => self.same(identity, "a member", "not there"),
            Some(record) => self.same(identity, word(status), word(record.fields.status)).same(
                identity,
                designation,
                record.fields.designation.as_str(),
            ),
        }
    }

    /// What differs; nothing, when all is as told.
    pub fn differences(self) -> Vec<String> {
        self.differences
    }
}

/// A status as the API spells it.
pub fn word(status: Status) -> &'static str {
    match status {
        Status::Active => "active",
        Status::InActive => "in_active",
    }
}

/// Requests at the target that ended so.
pub fn requests(target: &Sandbox, of: veris::Target, outcome: Outcome) -> u64 {
    target.counts().get(&of).and_then(|outcomes| outcomes.get(&outcome)).copied().unwrap_or_default()
}

/// A run's counts, each with its name.
pub fn counts(tally: &Tally) -> Counts {
    let [left, identity, returned, changed, joined] = tally.kinds;
    [
        ("entries", tally.entries),
        ("joined", joined),
        ("changed", changed),
        ("left", left),
        ("identity", identity),
        ("returned", returned),
        ("unchanged", tally.unchanged),
        ("invalid", tally.invalid),
        ("skipped", tally.skipped),
        ("held", tally.held),
        ("confirmed", tally.confirmed),
        ("refused", tally.refused),
        ("pending", tally.pending),
        ("requests", tally.requests),
        ("token_requests", tally.token_requests),
    ]
}
