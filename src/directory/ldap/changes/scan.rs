//! All entries that a filter finds where a query's people are, and where they may have gone.

use std::collections::BTreeSet;

use tokio::time::Instant;

use super::{Question, Stop};
use crate::directory::changes::Handle;
use crate::directory::ldap::Operation;
use crate::directory::ldap::brake;
use crate::directory::ldap::connection::people_controls;
use crate::directory::ldap::page::{self, Paged};
use crate::directory::ldap::root_dse::{RootDse, show_deleted};
use crate::directory::{Attributes, Entry, Query, Scope, dn};

/// The handles of all entries of the naming contexts that hold the query's people, whatever its own filters; what is
/// left of deleted ones counts where it is shown. Every entry is seen.
pub(super) async fn scan(
    question: &mut Question<'_>,
    filter: &str,
    attributes: &Attributes,
    mut see: impl FnMut(&Entry),
) -> Result<Vec<Handle>, Stop> {
    let (kind, name) = (question.kind(), question.handle());
    let mut controls = people_controls(kind);
    if question.root.shows_deleted {
        controls.push(show_deleted());
    }
    let mut found = Vec::new();
    let mut next = None;
    for base in contexts(question.root, question.query)? {
        let (controls, page_size) = (controls.clone(), question.page_size);
        let paged = Paged { base, scope: Scope::Subtree, filter, attributes, controls, page_size };
        let mut cookie = Vec::new();
        loop {
            brake::rest(next).await;
            let asked = Instant::now();
            let mut referrals = BTreeSet::new();
            let answer = page::page(question.connection, &paged, cookie, &Operation::Changes, &mut referrals);
            let answer = answer.await.map_err(Stop::refused)?;
            next = question.brake.next(asked, answer.entries.len());
            for entry in &answer.entries {
                see(entry);
                let value = attributes.slot(name).and_then(|slot| entry.first(slot));
                let handle = value.and_then(|value| Handle::of(kind, value));
                // It may be anybody.
                found.push(handle.ok_or_else(|| {
                    Stop::Untold(format!(
                        "an entry that changed does not show its `{name}`: let the bind account read it"
                    ))
                })?);
            }
            cookie = answer.cookie;
            if cookie.is_empty() {
                break;
            }
        }
    }
    Ok(found)
}

/// The naming contexts that hold the query's search bases.
pub(super) fn contexts<'a>(root: &'a RootDse, query: &Query) -> Result<BTreeSet<&'a str>, Stop> {
    query.searches.iter().map(|search| holder(root, &search.base)).collect()
}

/// The naming context that holds a base: the innermost one, for one may lie within another.
pub(super) fn holder<'a>(root: &'a RootDse, base: &str) -> Result<&'a str, Stop> {
    let holds = |context: &&String| !context.is_empty() && dn::is_below(base, context);
    let innermost = root.naming_contexts.iter().filter(holds).max_by_key(|context| dn::canonical(context).len());
    innermost.map(String::as_str).ok_or_else(|| {
        Stop::Untold(format!("the server names no naming context that holds `{base}`: let its root entry be read"))
    })
}
