//! Looks at a directory: what it is, and some of its people.

use std::sync::Arc;

use super::reach::said;
use super::seen::{ATTRIBUTES, Person, Seen, places};
use crate::cli::output::Failure;
use crate::directory::changes::Changes;
use crate::directory::ldap::{Error, Session};
use crate::directory::{Attributes, Entry, Query, Scope, Search};

/// Enough to tell what people usually have, and nothing to a server.
pub(super) const MOST: usize = 500;

/// Entries a page.
pub(super) const PAGE: u32 = 250;

/// Looks at the first people below some places.
pub(super) async fn look(
    session: &Session,
    contexts: &[String],
    filter: &str,
    identity: Option<&str>,
) -> Result<Seen, Failure> {
    let kind = session.server().kind;
    let mut attributes = Attributes::default();
    for name in ATTRIBUTES.into_iter().chain(identity) {
        attributes.add(name);
    }
    let attributes = Arc::new(attributes);
    let mut seen = Seen { kind, people: Vec::new(), whole: true };
    for context in contexts {
        let search = Search { base: context.clone(), filter: filter.to_owned(), scope: Scope::Subtree };
        let (entries, whole) = match read(session, search, &attributes, MOST - seen.people.len()).await {
            // One of several that has no people to show does not keep the others from being looked at.
            Err(Error::NoSuchBase { .. }) if contexts.len() > 1 => continue,
            read => read.map_err(|error| unread(&error))?,
        };
        let names: Vec<_> = entries.iter().map(Entry::dn).collect();
        let people = entries.iter().zip(places(&names)).map(|(entry, place)| Person {
            context: context.clone(),
            place,
            has: attributes
                .names()
                .iter()
                .filter(|name| attributes.slot(name).and_then(|slot| entry.first(slot)).is_some())
                .cloned()
                .collect(),
        });
        seen.people.extend(people);
        seen.whole &= whole;
    }
    Ok(seen)
}

fn unread(error: &Error) -> Failure {
    let said = said(error);
    if matches!(error, Error::Filter { .. }) { Failure::usage(said) } else { Failure::new(said) }
}

/// The first entries of a search, and whether those were all.
async fn read(
    session: &Session,
    search: Search,
    attributes: &Arc<Attributes>,
    most: usize,
) -> Result<(Vec<Entry>, bool), Error> {
    let query = Query {
        searches: vec![search],
        attributes: Arc::clone(attributes),
        key: None,
        require: Vec::new(),
        changes: Changes::Full,
    };
    let mut reader = session.read(&query);
    let mut entries = Vec::new();
    loop {
        let page = reader.next_page().await?;
        entries.extend(page.entries);
        if entries.len() > most {
            entries.truncate(most);
            return Ok((entries, false));
        }
        if page.end.is_some() {
            return Ok((entries, true));
        }
    }
}
