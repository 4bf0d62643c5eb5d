//! What came of a finished bulk. Finished does not mean accepted (seed): the counts must add up, and whoever is named
//! among the errors is refused.

use std::collections::BTreeMap;

use super::delivery::FORGOTTEN;
use super::member::Identifier;
use super::refusal::mask;
use super::wire::Bulk;
use super::{Settings, errors};
use crate::destination::{Done, Env, Item, Refusal};

pub(super) fn finished(settings: &Settings, items: &[Item], bulk: &Bulk, env: &Env<'_>) -> Done {
    let none = serde_json::Map::new();
    let told = bulk.members_errors.as_ref().unwrap_or(&none);
    let members = by_name(items);
    let mut named = BTreeMap::new();
    for (identifier, given) in told {
        if let Some(item) = members.get(&identifier.to_lowercase()) {
            // By what others hold the values that the target allows would be hidden, too.
            let mask = mask(settings, std::slice::from_ref(item));
            named.insert(item.account, errors::refusal(given, &mask));
        }
    }
    let wrong = bulk.members_with_validation_errors_number.unwrap_or(told.len() as u64);
    if (named.len() as u64) < wrong.max(told.len() as u64) {
        let refusal = Refusal::new(format!("{wrong} members have errors, {} of them are named", named.len()));
        // The target forgets whom after a day; whoever is sent again tells.
        let forgotten = env.now >= env.since + FORGOTTEN;
        return if forgotten { Done::Lost(refusal) } else { Done::Split(refusal) };
    }
    if let Some(odd) = miscounted(settings, items, bulk, wrong) {
        return Done::Failed(Refusal::new(odd));
    }
    if named.is_empty() { Done::Accepted(Vec::new()) } else { Done::Partly(named.into_iter().collect()) }
}

/// Members by whatever the target may call them.
fn by_name(items: &[Item]) -> BTreeMap<String, &Item> {
    let names = |item: &Item| {
        let identifiers = Identifier::ALL.into_iter().filter_map(|identifier| identifier.of(&item.payload));
        identifiers.chain([item.identity.as_str()]).map(str::to_lowercase).collect::<Vec<_>>()
    };
    items.iter().flat_map(|item| names(item).into_iter().map(move |name| (name, item))).collect()
}

/// How the counts differ from what was sent, if they do.
fn miscounted(settings: &Settings, items: &[Item], bulk: &Bulk, wrong: u64) -> Option<String> {
    let sent = items.len() as u64;
    if let Some(counted) = bulk.members_in_payload_number.filter(|counted| *counted != sent) {
        return Some(format!("the target counts {counted} members in a bulk of {sent}"));
    }
    let (created, updated) = (bulk.members_created_number?, bulk.members_updated_number?);
    let done = created + updated + wrong;
    // With `only_create` whoever is there already is neither created nor updated.
    let short = done < sent && !settings.only_create;
    (short || done > sent).then(|| {
        format!(
            "of {sent} members the target counts {created} as created, {updated} as updated and {wrong} with errors"
        )
    })
}
