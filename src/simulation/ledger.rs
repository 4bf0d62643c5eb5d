//! What the guard let go, counted a second time.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;

use super::oracle::Snapshot;
use super::settling::Settling;
use crate::destination::{Limits, Quota};
use crate::engine::{Admit, Standpoint};
use crate::plan::Kind;
use crate::plan::guard::{self, Pair};
use crate::roster::{Fingerprint, Timestamp};
use crate::store::Store;
use crate::store::probe::Claimant;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// What was admitted and approved, counted a second time.
#[derive(Clone)]
pub struct Ledger {
    pub quota: Quota,
    /// Nobody leaves without approval.
    leaves_approved: bool,
    admitted: Vec<(Timestamp, usize, Kind)>,
    /// Approved by sync, good until then.
    pub approved: BTreeMap<(usize, Pair), Timestamp>,
    held: BTreeMap<usize, BTreeSet<Pair>>,
    /// The rules of the latest admission, by sync.
    rules: BTreeMap<usize, Fingerprint>,
    /// Identities left behind, by sync and key.
    pub moved: BTreeMap<(usize, String), String>,
    /// Syncs whose first run has been delivered whole: their joins count.
    onboarded: BTreeSet<usize>,
    /// Syncs of which a reading was admitted, and what it showed.
    read: BTreeMap<usize, Settling>,
}

impl Ledger {
    /// A ledger in which nothing stands yet.
    pub fn new(limits: &Limits, quota: Quota) -> Self {
        Self {
            quota: limits.token.unwrap_or(quota),
            leaves_approved: limits.leaves_approved,
            admitted: Vec::new(),
            approved: BTreeMap::new(),
            held: BTreeMap::new(),
            rules: BTreeMap::new(),
            moved: BTreeMap::new(),
            onboarded: BTreeSet::new(),
            read: BTreeMap::new(),
        }
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
        let rules = std::mem::take(&mut self.rules).into_iter();
        self.rules = rules.map(|(sync, rules)| (other_than(sync), rules)).collect();
        self.onboarded = std::mem::take(&mut self.onboarded).into_iter().map(other_than).collect();
        let read = std::mem::take(&mut self.read).into_iter();
        self.read = read.map(|(sync, read)| (other_than(sync), read)).collect();
    }

    /// A sync points to another target: nothing is held or approved there. What was admitted still counts.
    pub fn repoint(&mut self, sync: usize) {
        self.held.remove(&sync);
        self.approved.retain(|(of, _), _| *of != sync);
        self.moved.retain(|(of, _), _| *of != sync);
        self.onboarded.remove(&sync);
        self.read.entry(sync).and_modify(Settling::forget_people);
    }

    /// Nothing changed until here.
    pub fn advance(&mut self, sync: usize, standpoint: &Standpoint, found: &Snapshot, now: Timestamp) {
        self.read.entry(sync).or_default().stand(standpoint, found, now);
    }

    /// A plan is about to be admitted: is it within the budget, or approved?
    pub fn admit(
        &mut self,
        sync: usize,
        rules: Fingerprint,
        admit: &Admit,
        found: &Snapshot,
        now: Timestamp,
    ) -> Result<(), String> {
        let approved = |pair: &Pair| self.approved.get(&(sync, pair.clone())).is_some_and(|until| *until > now);
        self.read.entry(sync).or_default().admit(admit, found, approved, now)?;
        let grounds = &admit.question.guard;
        let rules_changed = self.rules.insert(sync, rules).is_some_and(|before| before != rules);
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
            if grounds.granted.contains(&pair) {
                return Err(format!("{pair:?} is admitted as approved, and no approval of it is left"));
            }
            if rules_changed && matches!(change.kind, Kind::Leave | Kind::Identity | Kind::Return) {
                return Err(format!("{pair:?} is admitted by the first reading under other rules"));
            }
            if self.leaves_approved && change.kind == Kind::Leave {
                return Err(format!("{pair:?} is admitted, and leaves wait for approval"));
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
            (&[Kind::Join][..], grounds.limits.join),
        ];
        for (kinds, limit) in budgets {
            let counts = kinds != [Kind::Join] || self.onboarded.contains(&sync);
            let fresh =
                counts && self.admitted.iter().any(|(at, of, kind)| *at == now && *of == sync && kinds.contains(kind));
            if fresh && count(kinds) > guard::allowance(limit, grounds.active) {
                return Err(format!("{} × {kinds:?} within a day, {} active", count(kinds), grounds.active));
            }
        }
        Ok(())
    }

    /// A run ended. Once everybody active whom the target did not refuse is there, joins count; the first ones do not.
    pub async fn ended(&mut self, store: &mut Store, realm: &str, sync: usize, name: &str) -> Result<(), String> {
        let people = store.probe_people(realm).await.map_err(|error| error.to_string())?;
        let accounts = store.probe_accounts(realm).await.map_err(|error| error.to_string())?;
        let mut active = people.iter().filter(|person| person.sync == name && person.active).peekable();
        let settled = |person: &Claimant| {
            let account = accounts.iter().find(|account| Some(&account.identity) == person.identity.as_ref());
            account.is_some_and(|account| {
                let there = account.certain && account.confirmed_gone == Some(false);
                account.quarantined || there && account.confirmed_body == account.body
            })
        };
        if self.read.contains_key(&sync)
            && active.peek().is_some()
            && active.all(settled)
            && self.onboarded.insert(sync)
        {
            self.admitted.retain(|(_, of, kind)| *of != sync || *kind != Kind::Join);
        }
        Ok(())
    }
}
