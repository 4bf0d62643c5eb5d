//! What a target shows against what it confirmed.

use std::collections::BTreeMap;

use crate::destination::{Remote, Seen};
use crate::roster::Payload;

/// A member of ours at a target that gives names of its own, and to whom nothing is under way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// In the store.
    pub account: i64,
    /// What the target calls it.
    pub remote: Remote,
    /// What it confirmed; `None` where it may have something else by now, and is sent that anyway.
    pub payload: Option<Payload>,
}

/// Somebody else has been at the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drift {
    /// The member of an account is not there any more.
    Gone(i64),
    /// The member of an account is another than was confirmed: what is held now.
    Other(i64, Payload),
}

/// How many there are of each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Drifted {
    /// Not there any more.
    pub gone: u64,
    /// There, and another than was confirmed.
    pub other: u64,
}

/// Compares. `held` is [`crate::destination::Destination::held`]. Whom the target knows and the store does not is
/// somebody else's, and not looked at.
pub fn drift(confirmed: Vec<Confirmed>, seen: &[Seen], held: impl Fn(&Payload, &Payload) -> Payload) -> Vec<Drift> {
    let seen: BTreeMap<&Remote, &Payload> = seen.iter().map(|seen| (&seen.remote, &seen.payload)).collect();
    let judge = |member: Confirmed| {
        let Some(shown) = seen.get(&member.remote) else { return Some(Drift::Gone(member.account)) };
        let confirmed = member.payload?;
        let held = held(&confirmed, shown);
        (held != confirmed).then_some(Drift::Other(member.account, held))
    };
    confirmed.into_iter().filter_map(judge).collect()
}

/// Counts.
pub fn count(drifts: &[Drift]) -> Drifted {
    let gone = drifts.iter().filter(|drift| matches!(drift, Drift::Gone(_))).count() as u64;
    Drifted { gone, other: drifts.len() as u64 - gone }
}
