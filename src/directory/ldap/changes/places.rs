//! Where the places are that people are in. Whoever is below one moves along with it, and their own entries do not
//! change.

use std::collections::BTreeSet;

use super::scan::contexts;
use super::{Question, Stop};
use crate::directory::changes::{Handle, Mark};
use crate::directory::ldap::Operation;
use crate::directory::ldap::connection::people_controls;
use crate::directory::ldap::look_up::tolerate;
use crate::directory::ldap::page::{self, Paged};
use crate::directory::{Attributes, Entry, Kind, Scope, dn};
use crate::roster::Fingerprint;

/// Entries that others are below. Active Directory has its group policies in containers, too, but of another category,
/// and looks categories up.
fn filter(kind: Kind) -> &'static str {
    match kind {
        Kind::ActiveDirectory => "(|(objectCategory=organizationalUnit)(objectCategory=container))",
        Kind::OpenLdap | Kind::Generic => {
            "(|(objectClass=organizationalUnit)(objectClass=organization)(objectClass=locality)(objectClass=container))"
        }
    }
}

/// Over all of them in the naming contexts that hold the query's people: another one when any is moved, renamed, made or
/// removed.
pub(super) async fn places(question: &mut Question<'_>) -> Result<String, Stop> {
    let kind = question.kind();
    let mut attributes = Attributes::default();
    let handle = attributes.add(question.handle());
    let mut places = BTreeSet::new();
    for base in contexts(question.root, question.query)? {
        let paged = Paged {
            base,
            scope: Scope::Subtree,
            filter: filter(kind),
            attributes: &attributes,
            controls: people_controls(kind),
            page_size: question.page_size,
        };
        let found = page::all(question.connection, &paged, &Operation::Changes).await;
        let found = tolerate(found).map_err(Stop::refused)?;
        let handle = |entry: &Entry| entry.first(handle).and_then(|value| Handle::of(kind, value));
        places.extend(found.iter().map(|entry| (dn::canonical(entry.dn()), handle(entry))));
    }
    Ok(Fingerprint::of(format!("{places:?}").as_bytes()).to_string())
}

/// The same; fails with words unless they are where they were.
pub(super) async fn unmoved(question: &mut Question<'_>, mark: &Mark) -> Result<String, Stop> {
    let now = places(question).await?;
    if mark.places.as_ref() == Some(&now) {
        return Ok(now);
    }
    Err(Stop::Untold("a place in the directory was moved, renamed, made or removed, with whoever is there".to_owned()))
}
