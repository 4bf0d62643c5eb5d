//! One person as the directory shows them now.

use std::collections::BTreeMap;

use jiff::Timestamp;

use super::{Source, SourceError};
use crate::config::{Config, Sync, Target};
use crate::directory::changes::Changes;
use crate::directory::{Attributes, Entry, Kind, Query, Server, Sighting, Slot, attribute};
use crate::mapping::{Cause, Standing};
use crate::plan::absence;
use crate::report::story::{Found, Look};
use crate::roster::{Key, Payload};
use crate::store::{self, Store};

/// Looks somebody up as the sync itself would find them. A directory that is down is part of the answer.
pub(super) async fn look(
    config: &Config,
    sync: &Sync,
    key: &Key,
    store: &mut Store,
    now: Timestamp,
) -> Result<Look, store::Error> {
    // What the directories before it say of somebody they do not have, and whether all of them show the deleted.
    let mut seen: Option<(Sighting, bool)> = None;
    for origin in &sync.from {
        let mut source = Source::new(&origin.directory, config.directory(origin), &origin.query);
        let asked = ask(&mut source, &origin.query, key, store, now).await;
        match asked {
            Ok(Asked::Entry(entry, kind)) => {
                return Ok(Look::Found(found(sync, config.target(sync), key, &entry, kind, now)));
            }
            Ok(Asked::Missing(sighting, sees)) => {
                let (before, all_see) = seen.unwrap_or((sighting, sees));
                seen = Some((before.min(sighting), all_see && sees));
            }
            Ok(Asked::OddKey(name)) => {
                let why = format!("their key is no value of `{name}`: was the sync's `key` changed?");
                return Ok(Look::Missing(why));
            }
            Err(SourceError::Directory(why)) if sync.from.len() > 1 => {
                return Ok(Look::Failed(format!("{}: {why}", origin.directory)));
            }
            Err(SourceError::Directory(why)) => return Ok(Look::Failed(why)),
            Err(SourceError::Store(error)) => return Err(error),
        }
    }
    let word = seen.map_or("gone", |(sighting, sees_deleted)| absence::word(sighting, sees_deleted));
    Ok(Look::Missing(word.to_owned()))
}

/// What one directory says of a key.
enum Asked {
    Entry(Entry, Kind),
    /// Not found by the sync's searches; whether the deleted can be seen there.
    Missing(Sighting, bool),
    /// The key can't be a value of the key's attribute.
    OddKey(String),
}

async fn ask(
    source: &mut Source,
    query: &Query,
    key: &Key,
    store: &mut Store,
    now: Timestamp,
) -> Result<Asked, SourceError> {
    let session = source.bind(store, now).await?;
    let Server { kind, sees_deleted, .. } = query.answered_by(session.server());
    let name = query.key_attribute(kind);
    let Ok(equal) = attribute::equality(name, key.as_str()) else { return Ok(Asked::OddKey(name.to_owned())) };
    let mut reader = session.read(&narrowed(query, &equal));
    loop {
        let page = reader.next_page().await?;
        if let Some(entry) = page.entries.into_iter().next() {
            return Ok(Asked::Entry(entry, kind));
        }
        if page.end.is_some() {
            break;
        }
    }
    let sightings = session.look_up(query, std::slice::from_ref(key)).await?;
    let sighting = sightings.first().map_or(Sighting::Gone, |(_, sighting)| *sighting);
    Ok(Asked::Missing(sighting, sees_deleted))
}

/// The sync's own searches, for one person.
fn narrowed(query: &Query, equal: &str) -> Query {
    let mut query = Query { require: Vec::new(), changes: Changes::Full, ..query.clone() };
    for search in &mut query.searches {
        let own = search.filter.trim();
        // A filter may be written without its outer parentheses as long as it stands alone.
        search.filter = if own.starts_with('(') { format!("(&{own}{equal})") } else { format!("(&({own}){equal})") };
    }
    query
}

fn found(sync: &Sync, target: &Target, key: &Key, entry: &Entry, kind: Kind, now: Timestamp) -> Found {
    let judgement = sync.mapping.judge(entry, kind, now);
    let standing = match judgement.standing {
        Standing::Active => "active".to_owned(),
        Standing::Inactive(Cause::Disabled) => "not active: disabled".to_owned(),
        Standing::Inactive(Cause::Expired) => "not active: expired".to_owned(),
        Standing::Inactive(Cause::Rule) => "not active: the sync's `active` says no".to_owned(),
        Standing::Skipped => "not this sync's business: its `skip` says so".to_owned(),
        Standing::Unreadable(why) => format!("can't be told: {why}"),
    };
    let (fields, faults) = match judgement.fields {
        Ok(mapped) => match target.destination.member(key, &mapped) {
            Ok(member) => (member.payload, Vec::new()),
            Err(faults) => {
                let faults = faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message));
                (target.destination.shown(&mapped), faults.collect())
            }
        },
        Err(faults) => {
            let faults = faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message));
            (Payload::default(), faults.collect())
        }
    };
    Found { values: values(entry, sync.mapping.attributes()), standing, fields, faults }
}

fn values(entry: &Entry, attributes: &Attributes) -> BTreeMap<String, Vec<String>> {
    let shown = |name: &String, value: &[u8]| {
        attribute::text(name, value).map_or_else(|_| format!("{} bytes", value.len()), Into::into)
    };
    let names = attributes.names().iter();
    let of = |name: &String| {
        let values: Vec<String> = entry.values(attributes.slot(name)?).map(|value| shown(name, value)).collect();
        (!values.is_empty()).then(|| (name.clone(), values))
    };
    let groups: Vec<_> = entry.values(Slot::IN_GROUP).map(|dn| String::from_utf8_lossy(dn).into_owned()).collect();
    let groups = (!groups.is_empty()).then(|| ("in_group".to_owned(), groups));
    names.filter_map(of).chain(groups).collect()
}
