//! What the guard let go, counted a second time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use crate::destination::Quota;
use crate::engine::Admit;
use crate::plan::Kind;
use crate::plan::guard::{self, Pair};
use crate::roster::Timestamp;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What was admitted and approved, counted a second time.
pub struct Ledger {
    pub quota: Quota,
    admitted: Vec<(Timestamp, usize, Kind)>,
    /// Approved by sync, good until then.
    pub approved: BTreeMap<(usize, Pair), Timestamp>,
    held: BTreeMap<usize, BTreeSet<Pair>>,
    /// Identities left behind, by sync and key.
    pub moved: BTreeMap<(usize, String), String>,
}

impl Ledger {
    /// A ledger in which nothing stands yet.
    pub fn new(quota: Quota) -> Self {
        Self { quota, admitted: Vec::new(), approved: BTreeMap::new(), held: BTreeMap::new(), moved: BTreeMap::new() }
    }

    /// Two syncs change places: another one is now known by this number.
    pub fn swap(&mut self, one: usize, other: usize) {
        let other_than = |sync: usize| match sync {
            sync if sync == one => other,
            sync if sync == other => one,
            sync => sync,
        };
        self.admitted.iter_mut().for_each(|(_, sync, _)| *sync = other_than(*sync));
        let moved = std::mem::take(&mut self.moved).into_iter();
        self.moved = moved.map(|((sync, key), from)| ((other_than(sync), key), from)).collect();
        let approved = std::mem::take(&mut self.approved).into_iter();
        self.approved = approved.map(|((sync, pair), until)| ((other_than(sync), pair), until)).collect();
        let held = std::mem::take(&mut self.held).into_iter();
        self.held = held.map(|(sync, pairs)| (other_than(sync), pairs)).collect();
    }

    /// A sync points to another target: nothing is held or approved there. What was admitted still counts.
    pub fn repoint(&mut self, sync: usize) {
        self.held.remove(&sync);
        self.approved.retain(|(of, _), _| *of != sync);
        self.moved.retain(|(of, _), _| *of != sync);
    }

    /// A plan is about to be admitted: is it within the budget, or approved?
    pub fn admit(&mut self, sync: usize, admit: &Admit, now: Timestamp) -> Result<(), String> {
        let grounds = &admit.question.guard;
        let held = self.held.entry(sync).or_default();
        for change in admit.plan.changes.iter().filter(|change| change.held.is_none()) {
            let pair = guard::pair(&admit.question.observed, change);
            let person = (sync, pair.0.as_str().to_owned());
            match (change.kind, &change.from) {
                (Kind::Identity, Some(from)) => drop(self.moved.insert(person, from.as_str().to_owned())),
                (Kind::Leave | Kind::Return, _) => drop(self.moved.remove(&person)),
                _ => {}
            }
            if self.approved.get(&(sync, pair.clone())).is_some_and(|until| *until > now) {
                self.approved.remove(&(sync, pair));
                continue;
            }
            if held.contains(&pair) {
                return Err(format!("{pair:?} was held and is admitted without approval"));
            }
            if grounds.rules_changed && matches!(change.kind, Kind::Leave | Kind::Identity | Kind::Return) {
                return Err(format!("{pair:?} is admitted by the first reading under other rules"));
            }
            self.admitted.push((now, sync, change.kind));
        }
        *held = admit.plan.held().map(|change| guard::pair(&admit.question.observed, change)).collect();
        let count = |kinds: &[Kind]| {
            let within = self.admitted.iter().filter(|(at, of, _)| *of == sync && *at > now - DAY);
            within.filter(|(_, _, kind)| kinds.contains(kind)).count() as u64
        };
        let budgets = [
            (&[Kind::Leave, Kind::Identity][..], grounds.limits.leave),
            (&[Kind::Return][..], grounds.limits.back),
            (&[Kind::Change][..], grounds.limits.change),
        ];
        for (kinds, limit) in budgets {
            let fresh = self.admitted.iter().any(|(at, of, kind)| *at == now && *of == sync && kinds.contains(kind));
            if fresh && count(kinds) > guard::allowance(limit, grounds.active) {
                return Err(format!("{} × {kinds:?} within a day, {} active", count(kinds), grounds.active));
            }
        }
        Ok(())
    }
}
