//! Values that a target keeps unique besides the identity: who has one keeps it, also under another identity, and whoever
//! else wants it waits until it is given up; of several who want one that nobody has, nobody gets it.

use std::collections::{BTreeMap, BTreeSet};

use super::claim::{Claims, Kept};
use super::{Holder, Observed, Question, Wish};
use crate::roster::{Identity, Key, Unique};

/// Somebody who wishes to be active with a value.
struct Wanter<'a> {
    index: usize,
    identity: &'a Identity,
    key: &'a Key,
}

/// Whose wish can't come true beside those of the others, and why; without values.
pub(super) fn clashes(question: &Question, claims: &Claims<'_>, kept: &Kept) -> Vec<(usize, String)> {
    let wanters = wanters(question, kept);
    if wanters.is_empty() {
        return Vec::new();
    }
    let mut holders = BTreeMap::<&Unique, &Holder>::new();
    let wishes = wishes(question, kept);
    for holder in question.holders.iter().filter(|holder| stays(holder, &wishes, claims)) {
        holders.insert(&holder.value, holder);
    }
    let mut clashes = BTreeMap::new();
    for (value, wanters) in &wanters {
        let holder = holders.get(value);
        let keeper = holder.and_then(|holder| keeper(holder, wanters, question, claims));
        let identities: BTreeSet<&Identity> = wanters.iter().map(|wanter| wanter.identity).collect();
        for wanter in wanters {
            if keeper != Some(wanter.index) && (holder.is_some() || identities.len() > 1) {
                let other = wanters.iter().find(|other| other.identity != wanter.identity).map(|other| other.key);
                let other = holder.map_or(other, |holder| holder.key.as_ref());
                clashes.entry(wanter.index).or_insert_with(|| clash(value.field(), other));
            }
        }
    }
    clashes.into_iter().collect()
}

/// Whose a value stays: theirs who have the account it is due with, whatever they are known by from now on; or else theirs
/// who get that account.
fn keeper(holder: &Holder, wanters: &[Wanter<'_>], question: &Question, claims: &Claims<'_>) -> Option<usize> {
    let owns = |wanter: &&Wanter<'_>| {
        claims.held_by(&question.observed[wanter.index]).is_some_and(|account| account.identity == holder.identity)
    };
    let owners: Vec<usize> = wanters.iter().filter(owns).map(|wanter| wanter.index).collect();
    match owners.as_slice() {
        [] => wanters.iter().find(|wanter| *wanter.identity == holder.identity).map(|wanter| wanter.index),
        [owner] => Some(*owner),
        _ => None,
    }
}

fn wanters<'a>(question: &'a Question, kept: &Kept) -> BTreeMap<&'a Unique, Vec<Wanter<'a>>> {
    let mut wanters = BTreeMap::<&Unique, Vec<Wanter<'_>>>::new();
    for (index, seen) in question.observed.iter().enumerate().filter(|(index, _)| !kept.contains_key(index)) {
        let Wish::Be(identity, _) = &seen.wish else { continue };
        for value in &seen.unique {
            wanters.entry(value).or_default().push(Wanter { index, identity, key: &seen.key });
        }
    }
    wanters
}

/// Who wishes to be active, by identity.
fn wishes<'a>(question: &'a Question, kept: &Kept) -> BTreeMap<&'a Identity, Vec<&'a Observed>> {
    let mut wishes = BTreeMap::<&Identity, Vec<&Observed>>::new();
    for (_, seen) in question.observed.iter().enumerate().filter(|(index, _)| !kept.contains_key(index)) {
        if let Wish::Be(identity, _) = &seen.wish {
            wishes.entry(identity).or_default().push(seen);
        }
    }
    wishes
}

/// Whether a value stays with the account it is due with: not when nobody wants that any more, or whoever does comes
/// without the value.
fn stays(holder: &Holder, wishes: &BTreeMap<&Identity, Vec<&Observed>>, claims: &Claims<'_>) -> bool {
    if claims.account(&holder.identity).is_some() && claims.abandoned(&holder.identity) {
        return false;
    }
    wishes.get(&holder.identity).is_none_or(|wishes| wishes.iter().all(|seen| seen.unique.contains(&holder.value)))
}

fn clash(field: &str, other: Option<&Key>) -> String {
    match other {
        Some(key) => format!("{field}: somebody else has the same, and the target takes it once only: {key}"),
        None => format!("{field}: somebody else has the same, and the target takes it once only"),
    }
}
