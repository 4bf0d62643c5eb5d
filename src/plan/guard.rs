//! The guard: what is held, over a rolling window, by kind.

use std::collections::{BTreeMap, BTreeSet};

use super::{Change, Due, Kind, Limit, Limits, Observed};
use crate::roster::{Fingerprint, Key};

/// What the guard goes by.
#[derive(Clone, Debug, Default)]
pub struct Grounds {
    /// The sync's limits.
    pub limits: Limits,
    /// Accounts of this sync confirmed active.
    pub active: u64,
    /// What was admitted within the window without approval, by kind.
    pub window: BTreeMap<Kind, u64>,
    /// Whether a first run has been delivered whole.
    pub onboarded: bool,
    /// Whether this is the first complete reading under a changed search, mapping or identity.
    pub rules_changed: bool,
    /// Set while a change of server has not settled: why returns wait.
    pub returns_wait: Option<String>,
    /// Set where every leave waits for approval, whatever the count: why.
    pub leaves_wait: Option<String>,
    /// Pairs held earlier and still neither approved nor untrue.
    pub held: BTreeMap<Pair, String>,
    /// Pairs approved and not yet settled.
    pub granted: BTreeSet<Pair>,
}

/// What an approval grants: this change of this person. The text names kind, identity and, for changes of fields, the
/// new fingerprint.
pub type Pair = (Key, String);

/// Why a change is not admitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Until somebody approves.
    Hold(String),
    /// Until a later reading agrees.
    Wait(String),
}

/// The kinds that share a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Budget {
    /// Leaves and identity changes.
    Leave,
    /// Returns.
    Return,
    /// Joins.
    Join,
    /// Changes of fields.
    Change,
}

impl Budget {
    fn of(kind: Kind) -> Self {
        match kind {
            Kind::Leave | Kind::Identity => Self::Leave,
            Kind::Return => Self::Return,
            Kind::Join => Self::Join,
            Kind::Change => Self::Change,
        }
    }

    fn kinds(self) -> &'static [Kind] {
        match self {
            Self::Leave => &[Kind::Leave, Kind::Identity],
            Self::Return => &[Kind::Return],
            Self::Join => &[Kind::Join],
            Self::Change => &[Kind::Change],
        }
    }

    fn limit(self, limits: &Limits) -> Limit {
        match self {
            Self::Leave => limits.leave,
            Self::Return => limits.back,
            Self::Join => limits.join,
            Self::Change => limits.change,
        }
    }

    fn plural(self) -> &'static str {
        match self {
            Self::Leave => "leaves",
            Self::Return => "returns",
            Self::Join => "joins",
            Self::Change => "changes",
        }
    }
}

/// What an approval of this change grants.
pub fn pair(observed: &[Observed], change: &Change) -> Pair {
    let key = observed[change.observed].key.clone();
    let text = match (change.kind, change.due) {
        (Kind::Change, Due::Active(fingerprint)) => format!("change {} {fingerprint}", change.identity.as_str()),
        (kind, _) => format!("{} {}", kind.word(), change.identity.as_str()),
    };
    (key, text)
}

/// The id of a set of held changes: the hash of their pairs, whatever their order. `None` when there are none.
pub fn plan_id(observed: &[Observed], held: &[Change]) -> Option<String> {
    if held.is_empty() {
        return None;
    }
    let pairs: BTreeSet<Pair> = held.iter().map(|change| pair(observed, change)).collect();
    let text: String = pairs.iter().map(|(key, change)| format!("{key}\n{change}\n")).collect();
    Some(Fingerprint::of(text.as_bytes()).to_string()[..8].to_owned())
}

/// Budgets that did not bear what was asked of them, and why. What is held changes what the others do; more of the same
/// kind may come of that, and is held too.
pub type Tripped = BTreeMap<Budget, String>;

/// Which of the drafted changes are not admitted, and why. Only the kind that tripped is held.
pub fn judge(
    grounds: &Grounds,
    observed: &[Observed],
    changes: &[Change],
    tripped: &mut Tripped,
) -> Vec<(Change, Decision)> {
    let mut decided = Vec::new();
    let mut leaves = 0;
    let mut fresh: BTreeMap<Budget, Vec<&Change>> = BTreeMap::new();
    let mut asked: BTreeMap<Budget, u64> = BTreeMap::new();
    for change in changes {
        let pair = pair(observed, change);
        if grounds.granted.contains(&pair) {
            continue;
        }
        let budget = Budget::of(change.kind);
        leaves += u64::from(budget == Budget::Leave);
        let single = match observed[change.observed].needs_approval.as_ref().or(grounds.leaves_wait.as_ref()) {
            Some(why) if budget == Budget::Leave => Some(Decision::Hold(why.clone())),
            _ => match (grounds.held.get(&pair), &grounds.returns_wait) {
                (Some(why), _) => Some(Decision::Hold(why.clone())),
                (None, Some(why)) if budget == Budget::Return => Some(Decision::Wait(why.clone())),
                _ => None,
            },
        };
        // Who is held for a reason of their own belongs to the same wave as those who are not.
        if !grounds.held.contains_key(&pair) {
            *asked.entry(budget).or_default() += 1;
        }
        match single {
            Some(decision) => decided.push((change.clone(), decision)),
            None => fresh.entry(budget).or_default().push(change),
        }
    }
    for (budget, changes) in fresh {
        let asked = asked.get(&budget).copied().unwrap_or_default();
        let why = tripped.get(&budget).cloned().or_else(|| trips(grounds, budget, asked, leaves));
        if let Some(why) = why {
            tripped.insert(budget, why.clone());
            decided.extend(changes.into_iter().map(|change| (change.clone(), Decision::Hold(why.clone()))));
        }
    }
    decided
}

/// Why a budget does not bear so many more; `None` when it does. `leaves` counts those held for other reasons, too: the
/// last one who is not protected is still the last one.
fn trips(grounds: &Grounds, budget: Budget, asked: u64, leaves: u64) -> Option<String> {
    if grounds.rules_changed && matches!(budget, Budget::Leave | Budget::Return) {
        return Some("first reading since the sync's search, mapping or identity changed".to_owned());
    }
    if budget == Budget::Join && !grounds.onboarded {
        return None;
    }
    if budget == Budget::Leave && leaves >= grounds.active {
        return Some(format!("everybody at once: {leaves} of {} active", grounds.active));
    }
    let spent: u64 = budget.kinds().iter().filter_map(|kind| grounds.window.get(kind)).sum();
    let limit = allowance(budget.limit(&grounds.limits), grounds.active);
    let all = spent.saturating_add(asked);
    (all > limit).then(|| {
        let plural = budget.plural();
        format!("{all} {plural} within 24 h, the limit is {limit} ({} active)", grounds.active)
    })
}

/// `min(count, max(5, percent of active))`, rounded down.
pub fn allowance(limit: Limit, active: u64) -> u64 {
    let share = (active.saturating_mul(u64::from(limit.percent)) / 100).max(5);
    limit.count.map_or(share, |count| share.min(u64::from(count)))
}
