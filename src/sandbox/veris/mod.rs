//! The Memberbook ingest API of Veris, as its documentation has it: a token for 15 minutes, 150 token requests a day,
//! members pushed in bulk. What the documentation leaves open is in `docs/sandbox.md`.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use crate::sandbox::answer::Answer;
use crate::sandbox::clock::later;

mod fault;
mod fault_json;
mod faults;
mod journal;
mod ledger;
mod member;
mod options;
mod push;
mod spoil;
mod state;
#[cfg(test)]
mod tests;
mod token;
mod valid_till;

pub use fault::{Effect, Fault, Late, Malformed, Redirect, Target, Then, When};
pub use journal::{Counts, Outcome, RECEIPTS, Receipt};
pub use ledger::LedgerView;
pub use member::{Member, Status};
pub use options::Options;
pub(super) use push::Push;
pub use state::Record;
pub(super) use token::Credentials;
pub use valid_till::ValidTill;

use faults::Faults;
use journal::Journal;
use ledger::Ledger;

/// Everything the stand-in knows. Plain state: every method that needs the time is told it.
pub(super) struct Veris {
    options: Options,
    ledger: Ledger,
    /// When each token ends.
    tokens: BTreeMap<String, Timestamp>,
    members: BTreeMap<String, Record>,
    late: Vec<Batch>,
    faults: Faults,
    journal: Journal,
}

/// A batch that takes effect later.
struct Batch {
    due: Timestamp,
    members: Vec<Member>,
}

impl Veris {
    pub(super) fn new(options: Options) -> Self {
        let mut faults = Faults::default();
        faults.replace(options.faults.clone());
        Self {
            ledger: Ledger::new(options.quota, options.window),
            options,
            tokens: BTreeMap::new(),
            members: BTreeMap::new(),
            late: Vec::new(),
            faults,
            journal: Journal::default(),
        }
    }

    /// Back to how it started.
    pub(super) fn reset(&mut self) {
        *self = Self::new(self.options.clone());
    }

    /// How long a request is held before it is looked at.
    pub(super) fn latency(&mut self, target: Target) -> Duration {
        let latency = |effect: &Effect| if let Effect::Latency(span) = effect { Some(*span) } else { None };
        self.faults.fire(target, latency).unwrap_or_default()
    }

    /// Members that are there without having been pushed; all of them keep the rules, or none is taken.
    pub(super) fn seed(&mut self, members: Vec<Value>) -> Result<usize, String> {
        let read = |(index, value)| {
            Member::read(value, &[]).map_err(|broken| format!("member {index}: {} {}", broken.field, broken.rule))
        };
        let members: Vec<Member> = members.into_iter().enumerate().map(read).collect::<Result<_, _>>()?;
        let count = members.len();
        for fields in members {
            self.members.insert(fields.unique_id.clone(), Record { pushes: 0, last_push: None, fields });
        }
        Ok(count)
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

    /// The answer of a fault that keeps the request from being looked at.
    fn before(&mut self, target: Target) -> Option<Answer> {
        self.faults.fire(target, spoil::before)
    }

    /// What happens to the answer of a request that succeeds.
    fn fate(&mut self, target: Target) -> Option<Effect> {
        self.faults.fire(target, |effect| spoil::is_fate(effect).then(|| effect.clone()))
    }

    /// The success as the client gets to see it.
    fn dress(&mut self, target: Target, answer: Answer, fate: Option<Effect>) -> Answer {
        let mut answer = spoil::after(answer, fate);
        if let Some(delivery) = self.faults.fire(target, spoil::slow_body) {
            answer.delivery = delivery;
        }
        answer.wait = self.faults.fire(target, spoil::answer_latency).unwrap_or_default();
        answer
    }
}
