//! What the stand-in holds, to look at and to turn.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Value, json};

use super::member::{Taken, Terms};
use super::{Boostcom, Bulk, Counts, Fault, Faults, Permits, Receipt, Record, Workers, send};

/// What seeded members came by.
const SEEDED: &str = "seed";

impl Boostcom {
    /// Members by their mail in lower case, or by msisdn where they have none.
    pub(crate) fn members(&mut self, now: Timestamp) -> BTreeMap<String, Record> {
        self.settle(now);
        let name = |record: &Record| {
            let text = |name: &str| record.properties[name].as_str().map(str::to_lowercase);
            text("email").or_else(|| text("msisdn")).unwrap_or_default()
        };
        self.people.records().map(|record| (name(record), record.clone())).collect()
    }

    /// One member, by mail or msisdn.
    pub(crate) fn member(&mut self, identifier: &str, now: Timestamp) -> Option<Record> {
        self.settle(now);
        self.people.get(identifier).cloned()
    }

    /// All bulks, oldest first; the next one's id is their number plus one.
    pub(crate) fn bulks(&mut self, now: Timestamp) -> &[Bulk] {
        self.settle(now);
        &self.bulks
    }

    pub(crate) fn counts(&self) -> Counts {
        self.books.counts.clone()
    }

    /// The last requests, oldest first.
    pub(crate) fn receipts(&self) -> Vec<Receipt> {
        self.books.receipts.iter().cloned().collect()
    }

    pub(crate) fn faults(&self) -> &[Fault] {
        self.faults.on()
    }

    pub(crate) fn set_faults(&mut self, faults: Vec<Fault>) {
        self.faults = Faults::new(faults);
    }

    pub(crate) fn workers(&self) -> &Workers {
        &self.workers
    }

    /// From now on bulks are worked on like this.
    pub(crate) fn set_workers(&mut self, workers: Workers, now: Timestamp) {
        self.settle(now);
        self.workers = workers;
    }

    pub(crate) fn permits(&self) -> Permits {
        self.permits
    }

    pub(crate) fn set_permits(&mut self, permits: Permits) {
        self.permits = permits;
    }

    /// Members that are there without an import; all of them keep the rules, or none is taken.
    pub(crate) fn seed(&mut self, members: &[Value], now: Timestamp) -> Result<(), String> {
        self.settle(now);
        if let Some(code) = send::broken(members, usize::MAX) {
            return Err(code.into());
        }
        let options = &self.options;
        let terms = Terms {
            import_id: SEEDED,
            only_create: false,
            schema: &options.schema,
            resubscribe: false,
            refuse: &BTreeSet::new(),
        };
        let mut people = self.people.clone();
        for (index, member) in members.iter().enumerate() {
            match people.judge(member, &terms, now) {
                Ok((record, _)) => people.put(record),
                Err(Taken::Invalid(_, errors)) => return Err(format!("member {index}: {errors}")),
                Err(_) => {}
            }
        }
        self.people = people;
        Ok(())
    }

    /// Everything but the members, which may be many.
    pub(crate) fn summary(&mut self, now: Timestamp) -> Value {
        self.settle(now);
        let late: Vec<Value> = self.arrivals.iter().map(|arrival| json!({"due": arrival.due.to_string()})).collect();
        json!({
            "now": now.to_string(),
            "bulks": self.bulks,
            "requests": self.books.counts,
            "receipts": self.books.receipts,
            "late": late,
            "faults": self.faults.on(),
            "workers": self.workers,
            "permits": self.permits,
            "totals": {"members": self.people.records().len()},
        })
    }
}
