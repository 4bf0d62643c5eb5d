//! What the stand-in holds, to look at.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

use super::{Counts, Fault, Faults, LedgerView, Member, Receipt, Status, Veris};

/// A member and its history.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Record {
    /// How often it was pushed with effect.
    pub pushes: u64,
    /// When last; `None` for one that was seeded.
    #[serde(serialize_with = "text")]
    pub last_push: Option<Timestamp>,
    /// As last pushed.
    pub fields: Member,
}

#[expect(clippy::ref_option, reason = "the signature is serde's")]
fn text<S: Serializer>(time: &Option<Timestamp>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.collect_str(time),
        None => serializer.serialize_none(),
    }
}

impl Veris {
    /// Members by unique_id.
    pub(in crate::sandbox) fn members(&mut self, now: Timestamp) -> &BTreeMap<String, Record> {
        self.settle(now);
        &self.members
    }

    pub(in crate::sandbox) fn ledger(&mut self, now: Timestamp) -> LedgerView {
        self.ledger.view(now)
    }

    pub(in crate::sandbox) fn counts(&self) -> Counts {
        self.journal.counts.clone()
    }

    pub(in crate::sandbox) fn receipts(&self) -> Vec<Receipt> {
        self.journal.receipts.iter().cloned().collect()
    }

    pub(in crate::sandbox) fn faults(&self) -> &[Fault] {
        self.faults.on()
    }

    pub(in crate::sandbox) fn set_faults(&mut self, faults: Vec<Fault>) {
        self.faults = Faults::new(faults);
    }

    /// Everything but the members, which may be many.
    pub(in crate::sandbox) fn summary(&mut self, now: Timestamp) -> Value {
        let members = self.members(now);
        let active = members.values().filter(|record| record.fields.status == Status::Active).count();
        let in_active = members.len() - active;
        let late: Vec<Value> =
            self.late.iter().map(|batch| json!({"due": batch.due.to_string(), "size": batch.members.len()})).collect();
        json!({
            "now": now.to_string(),
            "token_requests": self.ledger.view(now),
            "requests": self.journal.counts,
            "receipts": self.journal.receipts,
            "late": late,
            "faults": self.faults.on(),
            "totals": {"active": active, "in_active": in_active},
        })
    }
}
