//! The batch table: a state and what happened → what is recorded.
//!
//! | batch state | event | next | accounts |
//! |---|---|---|---|
//! | prepared | committed before the first byte | sent | `certain` cleared |
//! | sent | taken, with a ticket | accepted | – |
//! | sent | 2xx | settled | confirmed := item |
//! | sent | 401, first, old token | prepared | token renewed |
//! | sent | 401 again, 429, nothing written | settled: not applied | `certain` as before; the target waits |
//! | sent | 2xx, some named as refused | settled | those refused, the others confirmed |
//! | sent | 400/413/422 or everybody named, n > 1 · n = 1 | split in two · refused | – · quarantine (a leaver: overdue, retried daily) |
//! | sent | timeout, 5xx, restart | unknown | wait quiet |
//! | unknown | quiet over, and the target can't be asked · can | settled: lost · sent | released, uncertain · – |
//! | accepted | its moment has come | sent | – |
//! | sent | somebody has to look, n = 1 | refused | quarantine |
//! | sent | the target broke down over it | settled: lost | uncertain; the third time in a row: quarantine |
//! | sent, with a ticket | 401, first, old token · again | unknown, asked at once · unknown | token renewed · the target waits |

use std::collections::BTreeMap;

use crate::destination::{Done, Item, Refusal, Remote, Ticket};
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
    /// When it was made; once it has left, when it first did.
    pub at: Timestamp,
    /// How far it has come.
    pub stage: Stage,
    /// Where its job stands.
    pub ticket: Ticket,
}

/// How far a batch has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Nothing has left yet.
    Prepared,
    /// It may have taken effect.
    Unknown,
    /// The target has taken it and is at work on it.
    Accepted,
}

/// What is recorded of a batch that was sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settlement {
    /// All members are confirmed; with what the target calls these from now on.
    Confirmed(Vec<(i64, Option<Remote>)>),
    /// These accounts were refused, the others are confirmed.
    Partly(Vec<(i64, Refusal)>),
    /// The batch goes on with a new token; one without a ticket begins anew.
    Renew(Refusal),
    /// Nothing was applied; the target waits, until a moment when it said so.
    NotApplied(Option<Timestamp>, Refusal),
    /// Nothing was applied; halve.
    Split(Refusal),
    /// Nothing was applied; halve, and stay at that size.
    Shrink(Refusal),
    /// The only member was refused.
    Refused(Refusal),
    /// The only member waits for somebody, whatever became of others.
    Stuck(Refusal),
    /// It may have taken effect.
    Unknown(Refusal),
    /// It may have taken effect, and nothing more will be learnt about it.
    Lost(Refusal),
    /// The target broke down over it: the same, but the third time in a row its members are refused.
    Failed(Refusal),
}

/// How old a token must be for a 401 to mean that it ran out.
pub const YOUNG_TOKEN: std::time::Duration = std::time::Duration::from_mins(5);

/// The table's rows for a batch that was sent.
pub fn settle(batch: &Batch, items: &[Item], token_at: Option<Timestamp>, now: Timestamp, done: Done) -> Settlement {
    let alone = items.len() == 1;
    match done {
        Done::Accepted(remotes) => Settlement::Confirmed(remotes),
        Done::Partly(refused) => partly(items, refused),
        Done::Split(refusal) | Done::TooLarge(refusal) if alone => Settlement::Refused(refusal),
        Done::Stuck(refusal) if alone => Settlement::Stuck(refusal),
        Done::Split(refusal) | Done::Stuck(refusal) => Settlement::Split(refusal),
        Done::TooLarge(refusal) => Settlement::Shrink(refusal),
        Done::Unauthorised(refusal) => {
            let old = token_at.is_some_and(|at| at + YOUNG_TOKEN <= now);
            match batch.ticket {
                _ if old && !batch.renewed => Settlement::Renew(refusal),
                Ticket::NONE => Settlement::NotApplied(None, refusal),
                // An earlier step may have been applied.
                _ => Settlement::Unknown(refusal),
            }
        }
        Done::Later(until, refusal) => Settlement::NotApplied(until, refusal),
        Done::Unknown(refusal) => Settlement::Unknown(refusal),
        Done::Lost(refusal) => Settlement::Lost(refusal),
        Done::Failed(refusal) => Settlement::Failed(refusal),
        Done::Token(..) | Done::Observed(..) | Done::Good(_) => {
            Settlement::Unknown(Refusal::new("answered a delivery with something else"))
        }
    }
}

/// Those named are believed because others were accepted; where everybody is named nobody was, so each is asked alone.
/// Who is not in the batch can't be refused in it.
fn partly(items: &[Item], named: Vec<(i64, Refusal)>) -> Settlement {
    let mut named: BTreeMap<i64, Refusal> = named.into_iter().collect();
    named.retain(|account, _| items.iter().any(|item| item.account == *account));
    match named.values().next().cloned() {
        None => Settlement::Confirmed(Vec::new()),
        Some(_) if named.len() < items.len() => Settlement::Partly(named.into_iter().collect()),
        Some(refusal) if items.len() == 1 => Settlement::Refused(refusal),
        Some(refusal) => Settlement::Split(refusal),
    }
}
