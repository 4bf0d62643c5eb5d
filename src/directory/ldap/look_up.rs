//! Why somebody was missing from a reading: each is looked up by key, first as the sync itself would find them, then
//! ever wider.

use std::collections::{BTreeMap, BTreeSet};

use ldap3::controls::RawControl;

use super::connection::{Connection, people_controls};
use super::page::{self, Paged};
use super::root_dse::{RootDse, show_deleted};
use super::{Error, Operation, narrow};
use crate::directory::{Attributes, Entry, Kind, Query, Scope, Sighting, Sightings, attribute};
use crate::roster::Key;

/// Keys in one filter; servers take far more, but answer a filter of this size from their indexes.
pub(super) const BATCH: usize = 100;

const LOOK_UP: Operation = Operation::LookUp;

/// Looks up keys; the answer has their order.
pub(super) async fn look_up(
    connection: &mut Connection,
    root: &RootDse,
    query: &Query,
    keys: &[Key],
) -> Result<Sightings, Error> {
    let kind = root.server.kind;
    let mut attributes = Attributes::clone(&query.attributes);
    let name = query.key_attribute(kind).to_owned();
    attributes.add(&name);
    attributes.add("objectClass");
    if kind == Kind::ActiveDirectory {
        attributes.add("userAccountControl");
    }
    let controls = people_controls(kind);
    let mut search = LookUp { connection, kind, name, attributes, seen: BTreeMap::new() };
    let mut missing: Vec<Key> = keys.iter().collect::<BTreeSet<_>>().into_iter().cloned().collect();
    for own in &query.searches {
        let place = Place { base: &own.base, scope: own.scope, filter: &own.filter, controls: controls.clone() };
        search.place(&place, &mut missing, |_, _| Sighting::Matches).await?;
    }
    for own in &query.searches {
        let place = Place { base: &own.base, scope: own.scope, filter: "", controls: controls.clone() };
        search.place(&place, &mut missing, LookUp::unmatched).await?;
    }
    for context in &root.naming_contexts {
        let place = Place { base: context, scope: Scope::Subtree, filter: "", controls: controls.clone() };
        tolerate(search.place(&place, &mut missing, |_, _| Sighting::Moved).await)?;
    }
    if root.shows_deleted {
        for context in &root.naming_contexts {
            let mut controls = controls.clone();
            controls.push(show_deleted());
            let place = Place { base: context, scope: Scope::Subtree, filter: "(isDeleted=TRUE)", controls };
            tolerate(search.place(&place, &mut missing, |_, _| Sighting::Deleted).await)?;
        }
    }
    let seen = search.seen;
    Ok(keys.iter().map(|key| (key.clone(), seen.get(key).copied().unwrap_or(Sighting::Gone))).collect())
}

/// A naming context that is closed to the bind account hides people the way a deletion does; the rest goes on.
pub(super) fn tolerate<T: Default>(outcome: Result<T, Error>) -> Result<T, Error> {
    match outcome {
        Err(Error::NoSuchBase { .. } | Error::Refused { rc: 50, .. } | Error::Referred { .. }) => Ok(T::default()),
        outcome => outcome,
    }
}

struct Place<'a> {
    base: &'a str,
    scope: Scope,
    /// Empty: whoever has the key.
    filter: &'a str,
    controls: Vec<RawControl>,
}

struct LookUp<'a> {
    connection: &'a mut Connection,
    kind: Kind,
    /// The key's attribute.
    name: String,
    attributes: Attributes,
    seen: BTreeMap<Key, Sighting>,
}

impl LookUp<'_> {
    /// Looks for the missing in one place, and keeps those who are still missing afterwards.
    async fn place(
        &mut self,
        place: &Place<'_>,
        missing: &mut Vec<Key>,
        judge: impl Fn(&Self, &Entry) -> Sighting,
    ) -> Result<(), Error> {
        for batch in missing.chunks(BATCH) {
            let mut strangers = false;
            for entry in self.find(place, batch).await? {
                match self.key(&entry).filter(|key| batch.contains(key)) {
                    Some(key) => drop(self.seen.insert(key, judge(self, &entry))),
                    None => strangers = true,
                }
            }
            if !strangers {
                continue;
            }
            // Somebody matched whose key can't be read, or is written differently: only asking singly tells who.
            for key in batch {
                if self.seen.contains_key(key) {
                    continue;
                }
                for entry in self.find(place, std::slice::from_ref(key)).await? {
                    let sighting = if self.key(&entry).is_some() { judge(self, &entry) } else { Sighting::Unreadable };
                    self.seen.insert(key.clone(), sighting);
                }
            }
        }
        missing.retain(|key| !self.seen.contains_key(key));
        Ok(())
    }

    async fn find(&mut self, place: &Place<'_>, keys: &[Key]) -> Result<Vec<Entry>, Error> {
        let keys: Result<Vec<_>, Error> = keys.iter().map(|key| narrow::by_key(&self.name, key)).collect();
        let filter = narrow::narrowed(place.filter, &format!("(|{})", keys?.concat()));
        let paged = Paged {
            base: place.base,
            scope: place.scope,
            filter: &filter,
            attributes: &self.attributes,
            controls: place.controls.clone(),
            page_size: u32::try_from(BATCH).unwrap_or(u32::MAX),
        };
        page::all(self.connection, &paged, &LOOK_UP).await
    }

    fn key(&self, entry: &Entry) -> Option<Key> {
        let value = entry.first(self.attributes.slot(&self.name)?)?;
        attribute::text(&self.name, value).ok().map(Key::new)
    }

    /// Why somebody in a base was not found by the sync's own filter. A filter does not match what it may not read
    /// (RFC 4511 section 4.5.1.7), so whoever shows nothing proves nothing.
    fn unmatched(&self, entry: &Entry) -> Sighting {
        let value = |name| self.attributes.slot(name).and_then(|slot| entry.first(slot));
        if self.kind == Kind::ActiveDirectory {
            return match value("userAccountControl").and_then(attribute::account_disabled) {
                Some(true) => Sighting::Disabled,
                Some(false) => Sighting::Filtered,
                None => Sighting::Unreadable,
            };
        }
        let telling =
            |name: &&String| !name.eq_ignore_ascii_case(&self.name) && !name.eq_ignore_ascii_case("objectClass");
        let mut telling = self.attributes.names().iter().filter(telling).peekable();
        if telling.peek().is_some() && telling.all(|name| value(name).is_none()) {
            return Sighting::Unreadable;
        }
        Sighting::Filtered
    }
}
