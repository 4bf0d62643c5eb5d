//! After a change of server a second reading must agree, counted a second time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::oracle::Snapshot;
use crate::engine::{Admit, Standpoint};
use crate::plan::Kind;
use crate::plan::guard::{self, Pair};
use crate::roster::Timestamp;

const SETTLE: SignedDuration = SignedDuration::from_mins(30);

/// What the admitted readings of one sync showed.
#[derive(Clone, Default)]
pub struct Settling {
    server: Option<String>,
    /// When another server answered first, while that has not settled.
    since: Option<Timestamp>,
    known: BTreeSet<String>,
    /// Known people who are not found, and since when.
    absent: BTreeMap<String, Timestamp>,
}

impl Settling {
    /// Nobody is known any more; which server answered still is.
    pub fn forget_people(&mut self) {
        self.known.clear();
        self.absent.clear();
    }

    /// A reading is about to be admitted: does anybody leave or return on the word of one new server alone?
    pub fn admit(
        &mut self,
        admit: &Admit,
        found: &Snapshot,
        approved: impl Fn(&Pair) -> bool,
        now: Timestamp,
    ) -> Result<(), String> {
        let changed = self.answered(&admit.standpoint, now);
        for change in admit.plan.changes.iter().filter(|change| change.held.is_none()) {
            let pair = guard::pair(&admit.question.observed, change);
            let key = pair.0.as_str();
            let agreed = self.absent.get(key).is_some_and(|since| *since + SETTLE <= now);
            let alone = match change.kind {
                Kind::Return => self.since.is_some(),
                Kind::Leave => (changed || self.since.is_some()) && !found.contains_key(key) && !agreed,
                _ => false,
            };
            if alone && !approved(&pair) {
                return Err(format!("{pair:?} is admitted on the word of {} alone", admit.standpoint.server));
            }
        }
        let imported = admit.question.observed.iter().filter(|seen| seen.imported);
        self.known.extend(imported.map(|seen| seen.key.as_str().to_owned()));
        self.saw(found, now);
        Ok(())
    }

    /// Nothing changed until here.
    pub fn stand(&mut self, standpoint: &Standpoint, found: &Snapshot, now: Timestamp) {
        self.answered(standpoint, now);
        self.saw(found, now);
    }

    /// Whether another server answered than before.
    fn answered(&mut self, standpoint: &Standpoint, now: Timestamp) -> bool {
        let changed = self.server.as_ref().is_some_and(|server| *server != standpoint.server);
        self.since = self.since.or(changed.then_some(now)).filter(|since| *since + SETTLE > now);
        self.server = Some(standpoint.server.clone());
        changed
    }

    fn saw(&mut self, found: &Snapshot, now: Timestamp) {
        self.known.extend(found.keys().cloned());
        self.absent.retain(|key, _| !found.contains_key(key));
        for key in self.known.iter().filter(|key| !found.contains_key(*key)) {
            self.absent.entry(key.clone()).or_insert(now);
        }
    }
}
