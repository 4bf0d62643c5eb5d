//! The batch table: a state and what happened → what is recorded.
//!
//! | batch state | event | next | accounts |
//! |---|---|---|---|
//! | prepared | committed before the first byte | sent | `certain` cleared |
//! | sent | 2xx | settled | confirmed := item |
//! | sent | 401, first, old token | prepared | token renewed |
//! | sent | 401 again, 429, nothing written | settled: not applied | `certain` as before; the target waits |
//! | sent | 2xx, some named as refused | settled | those refused, the others confirmed |
//! | sent | 400/413/422 or everybody named, n > 1 · n = 1 | split in two · refused | – · quarantine (a leaver: overdue, retried daily) |
//! | sent | timeout, 5xx, restart | unknown | wait quiet |
//! | unknown | quiet over | settled: lost | released, uncertain |

use std::collections::BTreeMap;

use crate::destination::{Done, Item, Refusal};
use crate::roster::Timestamp;

/// A batch as the store knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    /// In the store.
    pub id: i64,
    /// The batch it was halved from, at the top; itself when it was not.
    pub root: i64,
    /// Whether the token was renewed for it once.
    pub renewed: bool,
    /// Members.
    pub size: u64,
}

/// What is recorded of a batch that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// All members are confirmed.
    Confirmed,
    /// These accounts were refused, the others are confirmed.
    Partly(Vec<(i64, Refusal)>),
    /// Nothing was applied; the batch goes out again with a new token.
    Renew(Refusal),
    /// Nothing was applied; the target waits, until a moment when it said so.
    NotApplied(Option<Timestamp>, Refusal),
    /// Nothing was applied; halve.
    Split(Refusal),
    /// Nothing was applied; halve, and stay at that size.
    Shrink(Refusal),
    /// The only member was refused.
    Refused(Refusal),
    /// It may have taken effect.
    Unknown(Refusal),
}

/// How old a token must be for a 401 to mean that it ran out.
pub const YOUNG_TOKEN: std::time::Duration = std::time::Duration::from_mins(5);

/// The table's rows for a batch that was sent.
pub fn settle(batch: &Batch, items: &[Item], token_at: Option<Timestamp>, now: Timestamp, done: Done) -> Settlement {
    let alone = items.len() == 1;
    match done {
        Done::Accepted => Settlement::Confirmed,
        Done::Partly(refused) => partly(items, refused),
        Done::Split(refusal) | Done::TooLarge(refusal) if alone => Settlement::Refused(refusal),
        Done::Split(refusal) => Settlement::Split(refusal),
        Done::TooLarge(refusal) => Settlement::Shrink(refusal),
        Done::Unauthorised(refusal) => {
            let old = token_at.is_some_and(|at| at + YOUNG_TOKEN <= now);
            if old && !batch.renewed { Settlement::Renew(refusal) } else { Settlement::NotApplied(None, refusal) }
        }
        Done::Later(until, refusal) => Settlement::NotApplied(until, refusal),
        Done::Unknown(refusal) => Settlement::Unknown(refusal),
        Done::Token(..) => Settlement::Unknown(Refusal { text: "answered a delivery with a token".to_owned() }),
    }
}

/// Those named are believed because others were accepted; where everybody is named nobody was, so each is asked alone.
/// Who is not in the batch can't be refused in it.
fn partly(items: &[Item], named: Vec<(i64, Refusal)>) -> Settlement {
    let mut named: BTreeMap<i64, Refusal> = named.into_iter().collect();
    named.retain(|account, _| items.iter().any(|item| item.account == *account));
    match named.values().next().cloned() {
        None => Settlement::Confirmed,
        Some(_) if named.len() < items.len() => Settlement::Partly(named.into_iter().collect()),
        Some(refusal) if items.len() == 1 => Settlement::Refused(refusal),
        Some(refusal) => Settlement::Split(refusal),
    }
}
