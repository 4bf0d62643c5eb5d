//! Whether people show what changes are told by. A filter finds nobody by what it may not read, and that looks like no
//! change at all.

use super::{Question, Stop};
use crate::directory::ldap::connection::{outcome, people_controls};
use crate::directory::ldap::message::Message;
use crate::directory::ldap::request::Request;
use crate::directory::ldap::{Error, Operation, narrow, page};
use crate::directory::{Attributes, Entry, Scope, Search};

/// Fails with words unless whoever the query finds first shows all of these attributes, and is found by them.
pub(super) async fn shown(question: &mut Question<'_>, names: &[&str]) -> Result<(), Stop> {
    let mut attributes = Attributes::default();
    for name in names {
        attributes.add(name);
    }
    let any: String = names.iter().map(|name| format!("({name}=*)")).collect();
    let found_by = format!("(&{any})");
    for own in &question.query.searches {
        let narrowed = Search { filter: narrow::narrowed(&own.filter, &found_by), ..own.clone() };
        if let Some(entry) = first(question, &narrowed, &attributes).await? {
            return complete(&entry, &attributes, names);
        }
        if let Some(entry) = first(question, own, &attributes).await? {
            complete(&entry, &attributes, names)?;
            return Err(unreadable(names));
        }
    }
    // Nobody is there yet: whatever is at the base stands for them.
    for own in &question.query.searches {
        let base = Search { filter: found_by.clone(), scope: Scope::Subtree, ..own.clone() };
        if let Some(entry) = first(question, &base, &attributes).await? {
            return complete(&entry, &attributes, names);
        }
    }
    Err(unreadable(names))
}

/// Of each search, whether it finds nobody.
pub(super) async fn nobody(question: &mut Question<'_>) -> Result<Vec<bool>, Stop> {
    let mut attributes = Attributes::default();
    attributes.add(question.handle());
    let mut nobody = Vec::new();
    for search in &question.query.searches {
        nobody.push(first(question, search, &attributes).await?.is_none());
    }
    Ok(nobody)
}

fn complete(entry: &Entry, attributes: &Attributes, names: &[&str]) -> Result<(), Stop> {
    let shows = |name: &&&str| attributes.slot(name).is_some_and(|slot| entry.first(slot).is_some());
    let hidden: Vec<&str> = names.iter().filter(|name| !shows(name)).copied().collect();
    if hidden.is_empty() { Ok(()) } else { Err(unreadable(&hidden)) }
}

fn unreadable(names: &[&str]) -> Stop {
    let names: Vec<String> = names.iter().map(|name| format!("`{name}`")).collect();
    Stop::Untold(format!("people do not show their {}: let the bind account search and read it", names.join(" and ")))
}

/// One entry of a search.
pub(super) async fn first(
    question: &mut Question<'_>,
    search: &Search,
    attributes: &Attributes,
) -> Result<Option<Entry>, Stop> {
    let during = Operation::Way;
    let request = Request {
        base: &search.base,
        scope: search.scope,
        filter: &search.filter,
        attributes: attributes.names(),
        controls: people_controls(question.kind()),
        size_limit: 1,
        expected: 0,
        during: during.clone(),
    };
    let mut found = None;
    let take = |message: &Message<'_>| -> Result<(), Error> {
        if let Some(row) = page::entry(message, attributes, &during)? {
            found = Some(row.build());
        }
        Ok(())
    };
    let result = question.connection.search(request, take).await?;
    if found.is_none() {
        outcome(&result, during, &search.base).map_err(Stop::refused)?;
    }
    Ok(found)
}
