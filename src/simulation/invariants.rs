//! What must hold at every moment.

use std::collections::{BTreeMap, BTreeSet};

use jiff::SignedDuration;
use serde_json::Value;

use super::oracle::{Snapshot, Standing};
use super::target::Target;
use super::world::{SYNCS, World};
use crate::destination::Quota;
use crate::engine::Admit;
use crate::plan::Kind;
use crate::plan::guard::{self, Pair};
use crate::roster::{Payload, Timestamp};
use crate::store::Store;
use crate::store::probe::Claimant;

const DAY: SignedDuration = SignedDuration::from_hours(24);
const KEPT: [&str; 3] = ["held", "disputed", "absent"];

/// What was admitted and approved, counted a second time.
pub struct Ledger {
    pub quota: Quota,
    admitted: Vec<(Timestamp, usize, Kind)>,
    /// Approved by sync, good until then.
    pub approved: BTreeMap<(usize, Pair), Timestamp>,
    held: BTreeMap<usize, BTreeSet<Pair>>,
}

impl Ledger {
    /// A ledger in which nothing stands yet.
    pub fn new(quota: Quota) -> Self {
        Self { quota, admitted: Vec::new(), approved: BTreeMap::new(), held: BTreeMap::new() }
    }

    /// A plan is about to be admitted: is it within the budget, or approved?
    pub fn admit(&mut self, sync: usize, admit: &Admit, now: Timestamp) -> Result<(), String> {
        let grounds = &admit.question.guard;
        let held = self.held.entry(sync).or_default();
        for change in admit.plan.changes.iter().filter(|change| change.held.is_none()) {
            let pair = guard::pair(&admit.question.observed, change);
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

/// After every call the target receives.
pub async fn called(
    store: &mut Store,
    target: &Target,
    ledger: &Ledger,
    admitted: &[Snapshot],
    now: Timestamp,
) -> Result<(), String> {
    let window = target.asked.iter().filter(|at| **at > now - DAY).count();
    if window > ledger.quota.quota as usize {
        return Err(format!("{window} token requests within a day"));
    }
    if target.last.is_empty() {
        return Ok(());
    }
    let people = store.probe_people().await.map_err(|error| error.to_string())?;
    let held = store.probe_held().await.map_err(|error| error.to_string())?;
    for member in &target.last {
        let identity = member["unique_id"].as_str().unwrap();
        let leaves = member["status"] == "in_active";
        if leaves {
            nobody_is_there(identity, &people, admitted)?;
        }
        for (sync, key, pair, kind, _) in held.iter().filter(|held| held.4 == identity) {
            let others = people.iter().any(|other| {
                other.active && other.identity.as_deref() == Some(identity) && (&other.key, &other.sync) != (key, sync)
            });
            let fields = || pair.ends_with(&Payload::from_json(&member.to_string()).unwrap().fingerprint().to_string());
            let sent = match kind.as_str() {
                "leave" => leaves,
                "change" => !leaves && fields() && !others,
                _ => !leaves && !others,
            };
            if sent {
                return Err(format!("held, but sent: {pair} of {key}"));
            }
        }
    }
    Ok(())
}

/// Nobody active has this identity.
fn nobody_is_there(identity: &str, people: &[Claimant], admitted: &[Snapshot]) -> Result<(), String> {
    if let Some(person) = people.iter().find(|person| person.active && person.identity.as_deref() == Some(identity)) {
        return Err(format!("{identity} is sent as in_active although {} claims it", person.key));
    }
    for (sync, snapshot) in admitted.iter().enumerate() {
        for (key, standing) in snapshot {
            if !matches!(standing, Standing::Active(wanted, _) if wanted == identity) {
                continue;
            }
            let person = people.iter().find(|person| person.sync == SYNCS[sync] && person.key == *key);
            let elsewhere = person.is_some_and(|person| {
                KEPT.contains(&person.verdict.as_str()) && person.active && person.identity.as_deref() != Some(identity)
            });
            if !elsewhere {
                return Err(format!("{identity} is sent as in_active although {key} was read as active: {person:?}"));
            }
        }
    }
    Ok(())
}

/// After a reading was admitted: everybody it found active is on the way, or there is a reason.
pub async fn admitted(store: &mut Store, admitted: &[Snapshot], sync: usize) -> Result<(), String> {
    let people = store.probe_people().await.map_err(|error| error.to_string())?;
    let accounts = store.probe_accounts().await.map_err(|error| error.to_string())?;
    let of = |key: &str| people.iter().find(|person| person.sync == SYNCS[sync] && person.key == key);
    for (key, standing) in &admitted[sync] {
        let person = of(key).ok_or_else(|| format!("{key} was read and is not known"))?;
        let kept = KEPT.contains(&person.verdict.as_str()) && person.why.is_some();
        let fine = match standing {
            _ if kept => true,
            Standing::Active(identity, payload) => accounts.iter().any(|account| {
                let body: Value = serde_json::from_str(&account.body).unwrap();
                account.identity == *identity
                    && !account.gone
                    && body == *payload
                    && person.active
                    && person.identity.as_ref() == Some(identity)
            }),
            Standing::Invalid => person.verdict == "invalid" && person.why.is_some(),
            Standing::Unclear => person.verdict == "unreadable" && person.why.is_some(),
            Standing::Out => !person.active,
        };
        if !fine {
            return Err(format!("{key} was read as {standing:?} and is {person:?}"));
        }
    }
    let unread = people.iter().filter(|person| person.sync == SYNCS[sync] && !admitted[sync].contains_key(&person.key));
    for person in unread {
        if person.active && !(KEPT.contains(&person.verdict.as_str()) && person.why.is_some()) {
            return Err(format!("nobody read {person:?}, who stays without a reason"));
        }
    }
    Ok(())
}

/// After every run, also one that crashed.
pub async fn at_rest(world: &mut World) -> Result<(), String> {
    world.target.arrive(world.now);
    if let Some(identity) = world.store.probe_batches().await.map_err(|error| error.to_string())?.first() {
        return Err(format!("{identity} is in two batches, or in one that is over"));
    }
    let people = world.store.probe_people().await.map_err(|error| error.to_string())?;
    let accounts = world.store.probe_accounts().await.map_err(|error| error.to_string())?;
    for account in &accounts {
        let identity = &account.identity;
        let claimed = people.iter().any(|person| person.active && person.identity.as_ref() == Some(identity));
        if !account.gone && !claimed {
            return Err(format!("{identity} is to be active and nobody claims it"));
        }
        let there = world.target.bodies.get(identity);
        let confirmed: Value = serde_json::from_str(&account.confirmed_body).unwrap();
        let right = match (account.certain, account.confirmed_gone) {
            (false, _) => true,
            (true, None) => there.is_none(),
            (true, Some(true)) => there.is_some_and(|member| member["status"] == "in_active"),
            (true, Some(false)) => there == Some(&confirmed),
        };
        if !right {
            return Err(format!("{identity} is held for certain to be {confirmed}, but is {there:?}: {account:?}"));
        }
    }
    match world.target.bodies.keys().find(|identity| !accounts.iter().any(|account| account.identity == **identity)) {
        Some(identity) => Err(format!("the target knows {identity}, the store does not")),
        None => Ok(()),
    }
}
