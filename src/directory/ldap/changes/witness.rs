//! Whether a database still holds the changes up to which it was followed.

use std::collections::BTreeSet;

use super::scan::holder;
use super::shown::first;
use super::{Question, Stop};
use crate::directory::changes::{Handle, Witness};
use crate::directory::{Attributes, Entry, Scope, Search, Slot, attribute};

/// Changes are numbered by when and where they were made (`CSN`), and each entry shows its last one.
const CSN: &str = "entryCSN";

/// Whose changes were the last ones that these cookies know of; a deletion leaves nobody.
pub(super) async fn find(question: &mut Question<'_>, cookies: &[String]) -> Result<Vec<Witness>, Stop> {
    let csns = cookies.iter().filter_map(|cookie| cookie.split(',').find_map(|part| part.strip_prefix("csn=")));
    let mut witnesses = Vec::new();
    for csn in csns.flat_map(|csns| csns.split(';')).collect::<BTreeSet<_>>() {
        let filter = format!("({CSN}={})", attribute::escape(csn));
        let found = entry(question, &filter).await?;
        let handle = found.and_then(|(entry, at)| Handle::of(question.kind(), entry.first(at)?));
        witnesses.extend(handle.map(|handle| Witness { handle: handle.to_string(), csn: csn.to_owned() }));
    }
    Ok(witnesses)
}

/// Those of them who are still there. Fails with words unless all were changed when they were, or later, or are told to
/// have gone.
pub(super) async fn confirm(
    question: &mut Question<'_>,
    then: &[Witness],
    touched: &[Handle],
) -> Result<Vec<Witness>, Stop> {
    let mut there = Vec::new();
    for witness in then {
        let Witness { handle, csn } = witness;
        let later = format!("(&({}={handle})({CSN}>={}))", question.handle(), attribute::escape(csn));
        if entry(question, &later).await?.is_some() {
            there.push(witness.clone());
        } else if !touched.iter().any(|touched| touched.to_string() == *handle) {
            let why =
                "the server no longer holds the change up to which it told the last time: restored from a backup?";
            return Err(Stop::Untold(why.to_owned()));
        }
    }
    Ok(there)
}

/// An entry anywhere near the people, and where its handle is.
async fn entry(question: &mut Question<'_>, filter: &str) -> Result<Option<(Entry, Slot)>, Stop> {
    let mut attributes = Attributes::default();
    let at = attributes.add(question.handle());
    for own in &question.query.searches {
        let base = holder(question.root, &own.base)?.to_owned();
        let search = Search { base, filter: filter.to_owned(), scope: Scope::Subtree };
        if let Some(entry) = first(question, &search, &attributes).await? {
            return Ok(Some((entry, at)));
        }
    }
    Ok(None)
}
