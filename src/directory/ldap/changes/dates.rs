//! When the directory last changed people's entries.

use std::collections::BTreeMap;

use super::{Question, timestamp};
use crate::directory::ldap::connection::people_controls;
use crate::directory::ldap::look_up::{BATCH, tolerate};
use crate::directory::ldap::page::{self, Paged};
use crate::directory::ldap::root_dse::show_deleted;
use crate::directory::ldap::{Error, Operation, narrow};
use crate::directory::{Attributes, Scope, attribute};
use crate::roster::{Key, Timestamp};

/// By key, in the order of the keys, wherever the entries are, and what is left of deleted ones.
pub(in crate::directory::ldap) async fn dates(
    question: &mut Question<'_>,
    keys: &[Key],
) -> Result<Vec<(Key, Timestamp)>, Error> {
    let kind = question.kind();
    let name = question.query.key_attribute(kind);
    let mut attributes = Attributes::default();
    let (key, stamp) = (attributes.add(name), attributes.add(timestamp::stamp(kind)));
    let mut controls = people_controls(kind);
    if question.root.shows_deleted {
        controls.push(show_deleted());
    }
    let mut dates: BTreeMap<Key, Timestamp> = BTreeMap::new();
    for base in &question.root.naming_contexts {
        for batch in keys.chunks(BATCH) {
            let any: Result<Vec<_>, Error> = batch.iter().map(|key| narrow::by_key(name, key)).collect();
            let filter = format!("(|{})", any?.concat());
            let paged = Paged {
                base,
                scope: Scope::Subtree,
                filter: &filter,
                attributes: &attributes,
                controls: controls.clone(),
                page_size: question.page_size,
            };
            for entry in tolerate(page::all(question.connection, &paged, &Operation::Dates).await)? {
                let key = entry.first(key).and_then(|value| attribute::text(name, value).ok()).map(Key::new);
                let date = entry.first(stamp).and_then(|value| attribute::generalized_time(value).ok());
                let Some((key, date)) = key.zip(date) else { continue };
                let known = dates.entry(key).or_insert(date);
                *known = date.max(*known);
            }
        }
    }
    Ok(keys.iter().filter_map(|key| Some((key.clone(), *dates.get(key)?))).collect())
}
