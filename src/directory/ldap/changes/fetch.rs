//! Some of a sync's people, as a reading of everybody would give them.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::Question;
use crate::directory::Entry;
use crate::directory::changes::{Handle, Whom};
use crate::directory::ldap::brake;
use crate::directory::ldap::connection::people_controls;
use crate::directory::ldap::group::Groups;
use crate::directory::ldap::look_up::BATCH;
use crate::directory::ldap::page::{self, Paged};
use crate::directory::ldap::{Error, Operation, narrow};

/// Whom the query's own searches find of these; groups that were read for the same query are used again.
pub(in crate::directory::ldap) async fn fetch(
    question: &mut Question<'_>,
    whom: &Whom,
    groups: &mut Option<Groups>,
) -> Result<Vec<Entry>, Error> {
    let filters = filters(question, whom)?;
    if filters.is_empty() {
        return Ok(Vec::new());
    }
    if !groups.as_ref().is_some_and(|groups| groups.are_of(question.query)) {
        *groups = Groups::of(question.connection, question.root, question.query, question.page_size).await?;
    }
    let query = question.query;
    // No more than come in a page, after which there may be a rest.
    let at_once = BATCH.min(question.page_size as usize);
    let mut entries = Vec::new();
    let mut next = None;
    for search in &query.searches {
        for batch in filters.chunks(at_once) {
            let filter = narrow::narrowed(&search.filter, &format!("(|{})", batch.concat()));
            let paged = Paged {
                base: &search.base,
                scope: search.scope,
                filter: &filter,
                attributes: groups.as_ref().map_or(&*query.attributes, |groups| &groups.asked),
                controls: people_controls(question.kind()),
                page_size: question.page_size,
            };
            brake::rest(next).await;
            let asked = Instant::now();
            let found = page::all(question.connection, &paged, &Operation::Fetch).await?;
            next = question.brake.next(asked, found.len());
            entries.extend(found);
        }
    }
    if let Some(groups) = groups {
        for entry in &mut entries {
            *entry = groups.settle(entry, &query.attributes);
        }
        if !entries.is_empty() {
            groups.confirm(question.connection, question.page_size).await?;
        }
    }
    Ok(entries)
}

/// A filter for each of them.
fn filters(question: &Question<'_>, whom: &Whom) -> Result<Vec<String>, Error> {
    let (kind, key) = (question.kind(), question.query.key_attribute(question.kind()));
    let mut handles: BTreeSet<Handle> = whom.handles.iter().copied().collect();
    let mut filters = Vec::new();
    for person in whom.keys.iter().collect::<BTreeSet<_>>() {
        let filter = narrow::by_key(key, person)?;
        match Handle::of_key(person.as_str()).filter(|_| key.eq_ignore_ascii_case(kind.default_key())) {
            Some(handle) => drop(handles.insert(handle)),
            None => filters.push(filter),
        }
    }
    Ok(handles.into_iter().map(|handle| handle.filter(kind)).chain(filters).collect())
}
