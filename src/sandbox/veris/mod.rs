//! The Memberbook ingest API of Veris, as its documentation has it: a token for 15 minutes, 150 token requests a day,
//! members pushed in bulk. What the documentation leaves open is in `docs/sandbox.md`.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::sandbox::clock::later;
use crate::sandbox::fault::{self, Faults};

mod journal;
mod ledger;
mod member;
mod options;
mod push;
mod state;
mod target;
#[cfg(test)]
mod tests;
mod token;
mod valid_till;

pub use crate::sandbox::fault::{Effect, Late, Malformed, Redirect, Then, When};
pub use journal::{Counts, Outcome, RECEIPTS, Receipt};
pub use ledger::LedgerView;
pub use member::{Member, Status};
pub use options::Options;
pub(super) use push::Push;
pub use state::Record;
pub use target::Target;
pub(super) use token::Credentials;
pub use valid_till::ValidTill;

use journal::Journal;
use ledger::Ledger;

/// Something that goes wrong, where, and how often.
pub type Fault = fault::Fault<Target>;

/// Everything the stand-in knows. Plain state: every method that needs the time is told it.
pub(super) struct Veris {
    options: Options,
    ledger: Ledger,
    /// When each token ends.
    tokens: BTreeMap<String, Timestamp>,
    members: BTreeMap<String, Record>,
    late: Vec<Batch>,
    faults: Faults<Target>,
    journal: Journal,
}

/// A batch that takes effect later.
struct Batch {
    due: Timestamp,
    members: Vec<Member>,
}

impl Veris {
    pub(super) fn new(options: Options) -> Self {
        Self {
            ledger: Ledger::new(options.quota, options.window),
            faults: Faults::new(options.faults.clone()),
            options,
            tokens: BTreeMap::new(),
            members: BTreeMap::new(),
            late: Vec::new(),
            journal: Journal::default(),
        }
    }

    /// Back to how it started.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.options.clone());
    }

    /// How long a request is held before it is looked at.
    pub(super) fn latency(&mut self, target: Target) -> Duration {
        self.faults.latency(target)
    }

    /// Members that are there without having been pushed; all of them keep the rules, or none is taken.
    pub(super) fn seed(&mut self, members: Vec<Value>) -> Result<(), String> {
        let read = |(index, value)| {
            Member::read(value, &[]).map_err(|broken| format!("member {index}: {} {}", broken.field, broken.rule))
        };
        let members: Vec<Member> = members.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
        for fields in members {
            self.members.insert(fields.unique_id.clone(), Record { pushes: 0, last_push: None, fields });
        }
        Ok(())
    }

    /// Lets what was late take effect once it is due, in the order of its becoming due: a late batch overwrites what was
    /// pushed meanwhile, as it would at a real target.
    fn settle(&mut self, now: Timestamp) {
        if self.late.is_empty() {
            return;
        }
        self.late.sort_by_key(|batch| batch.due);
        let waiting = self.late.partition_point(|batch| batch.due <= now);
        let rest = self.late.split_off(waiting);
        for Batch { due, members } in std::mem::replace(&mut self.late, rest) {
            self.upsert(members, due);
        }
    }

    fn upsert(&mut self, members: Vec<Member>, at: Timestamp) {
        for fields in members {
            let pushes = self.members.get(&fields.unique_id).map_or(0, |record| record.pushes) + 1;
            self.members.insert(fields.unique_id.clone(), Record { pushes, last_push: Some(at), fields });
        }
    }

    fn postpone(&mut self, members: Vec<Member>, now: Timestamp, span: Duration) {
        self.late.push(Batch { due: later(now, span), members });
    }
}
