//! What holds of a target that names its members itself, and tells each one's secret once.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::destination::Mending;
use crate::simulation::target::Target;
use crate::simulation::world::World;
use crate::store::probe::Stored;

/// Whoever is confirmed there has a key, and its secret in a file.
pub fn secret_is_kept(target: &mut Target, account: &Stored) -> Result<(), String> {
    if !account.certain || account.confirmed_gone != Some(false) {
        return Ok(());
    }
    let key = account.remote.as_ref().ok_or_else(|| format!("{} is there under no key", account.identity))?;
    let kept = target.kept.get(&std::path::Path::new("secrets").join(format!("{key}.json")));
    let kept = kept.and_then(|kept| serde_json::from_str::<Value>(kept).ok());
    let told = target.clients.secret(key);
    match kept {
        Some(kept) if kept["clientKey"] == **key && told.is_some_and(|told| kept["clientSecret"] == *told) => Ok(()),
        _ => Err(format!("the secret of {}, {key}, is not kept", account.identity)),
    }
}

/// What somebody else changed is only said.
pub fn is_edited(world: &World, account: &Stored) -> bool {
    let edited = |key: &String| world.target.clients.edited.contains(key);
    world.manner.drift == Mending::Report && account.remote.as_ref().is_some_and(edited)
}

/// Nobody touches others' clients; and ours are somebody's, on their way, or an administrator was told of them.
pub fn are_known(target: &mut Target, accounts: &[Stored]) -> Result<(), String> {
    if let Some(name) = target.clients.touched() {
        return Err(format!("{name} is nobody of ours, and was touched"));
    }
    let clients = &mut target.clients;
    let confirmed = accounts.iter().filter(|account| account.certain && account.confirmed_gone == Some(false));
    clients.confirmed = confirmed.filter_map(|account| account.remote.clone()).collect();
    for (account, why) in accounts.iter().filter_map(|account| Some((account, account.refusal.as_ref()?))) {
        let unseen = |client: &Value| client["unique_id"] == *account.identity && why.contains("look whether it is at");
        let told = clients.own.iter().filter(|(key, client)| why.contains(*key) || unseen(client));
        clients.told.extend(told.map(|(key, _)| key.clone()));
    }
    for (key, client) in &clients.own {
        let known = accounts.iter().any(|account| {
            account.remote.as_ref() == Some(key) || account.identity == client["unique_id"] && !account.certain
        });
        if !known && !clients.told.contains(key) {
            return Err(format!("nobody knows of {key}, which is there: {client}"));
        }
    }
    Ok(())
}

/// Nobody is there twice, and no secret is kept of whom rosterd deleted.
pub fn are_in_order(target: &Target, accounts: &[Stored]) -> Result<(), String> {
    let ours: BTreeSet<&String> = accounts.iter().filter_map(|account| account.remote.as_ref()).collect();
    if let Some((key, client)) = target.clients.own.iter().find(|(key, _)| !ours.contains(key)) {
        return Err(format!("{key} is there twice: {client}"));
    }
    let kept = target.kept_keys();
    match kept.iter().find(|key| !ours.contains(key) && !target.clients.removed.contains(*key)) {
        Some(key) => Err(format!("the secret of {key} is kept, and nobody has it")),
        None => Ok(()),
    }
}
