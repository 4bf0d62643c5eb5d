//! What a target shows against what it confirmed.

use std::collections::BTreeMap;

use crate::destination::{Remote, Seen};
use crate::roster::Payload;

/// A member the target confirmed, and which nothing is under way to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Confirmed {
    /// In the store.
    pub account: i64,
    /// What the target calls it.
    pub remote: Remote,
    /// What it confirmed.
    pub payload: Payload,
}

/// Somebody else has been at the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Drift {
    /// The member of an account is not there any more.
    Gone(i64),
    /// The member of an account is another than was confirmed: what is held now.
    Other(i64, Payload),
}

/// Compares. `held` is [`crate::destination::Destination::held`]. Whom the target knows and the store does not is
/// somebody else's, and not looked at.
pub fn drift(confirmed: Vec<Confirmed>, seen: &[Seen], held: impl Fn(&Payload, &Payload) -> Payload) -> Vec<Drift> {
    let seen: BTreeMap<&Remote, &Payload> = seen.iter().map(|seen| (&seen.remote, &seen.payload)).collect();
    let judge = |member: Confirmed| match seen.get(&member.remote) {
        None => Some(Drift::Gone(member.account)),
        Some(shown) => {
            let held = held(&member.payload, shown);
            (held != member.payload).then_some(Drift::Other(member.account, held))
        }
    };
    confirmed.into_iter().filter_map(judge).collect()
}
