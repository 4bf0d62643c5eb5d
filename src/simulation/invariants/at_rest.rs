//! What holds between runs.

use super::clients;
use crate::simulation::imports::script;
use crate::simulation::target::Kind;
use crate::simulation::world::World;
use crate::store::probe::Stored;

/// What is not as it is to be is on the way, or it is said why not. Of what an import says nobody knows how it is.
fn has_a_reason(account: &Stored) -> Result<(), String> {
    let there = match (account.gone, account.confirmed_gone) {
        (true, confirmed) => confirmed != Some(false),
        (false, confirmed) => confirmed == Some(false) && account.confirmed_body == account.body,
    };
    let said = account.refusal.is_some() || !account.quarantined;
    if said && (account.pending || account.believed || there && account.certain) {
        return Ok(());
    }
    Err(format!("{} is not as it is to be, and nobody says why: {account:?}", account.identity))
}

/// After every run, also one that crashed.
pub async fn at_rest(world: &mut World) -> Result<(), String> {
    world.target.arrive(world.now);
    let realm = world.realm();
    if let Some(identity) = world.store.probe_batches().await.map_err(|error| error.to_string())?.first() {
        return Err(format!("{identity} is in two batches, or in one that is over"));
    }
    let people = world.store.probe_people(&realm).await.map_err(|error| error.to_string())?;
    let accounts = world.store.probe_accounts(&realm).await.map_err(|error| error.to_string())?;
    for account in &accounts {
        let identity = &account.identity;
        let claimed = people.iter().any(|person| person.active && person.identity.as_ref() == Some(identity));
        if !account.gone && !claimed {
            return Err(format!("{identity} is to be active and nobody claims it"));
        }
        if account.gone && account.quarantined {
            return Err(format!("{identity} is to leave and is quarantined"));
        }
        has_a_reason(account)?;
        let kind = world.target.kind;
        if kind == Kind::Clients {
            clients::secret_is_kept(&mut world.target, account)?;
        }
        if world.target.meddled.contains(identity) || clients::is_edited(world, account) {
            continue;
        }
        let there = match kind {
            Kind::Clients => account.remote.as_ref().and_then(|key| world.target.clients.own.get(key)),
            Kind::Veris | Kind::Imports => world.target.bodies.get(identity),
        };
        let confirmed = kind.flat(&serde_json::from_str(&account.confirmed_body).unwrap());
        let right = match (account.certain, account.confirmed_gone) {
            (false, _) => true,
            _ if account.believed => true,
            // Who left there long ago is forgotten, and somebody new when they come back.
            (true, None) => there.is_none_or(|member| member["status"] == "in_active"),
            (true, Some(true)) if kind == Kind::Clients => there.is_none(),
            // Who moved and kept their number is there under another identity; so is whoever has the number by now.
            (true, Some(true)) if kind == Kind::Imports => there.is_none_or(|member| member["status"] == "in_active"),
            (true, Some(true)) => there.is_some_and(|member| member["status"] == "in_active"),
            (true, Some(false)) => there == Some(&confirmed),
        };
        if !right {
            return Err(format!("{identity} is held for certain to be {confirmed}, but is {there:?}: {account:?}"));
        }
    }
    clients::are_known(&mut world.target, &accounts)?;
    if let Some(stranger) = world.strangers.iter().find(|one| world.target.bodies[*one] != script(one)) {
        return Err(format!("{stranger} is nobody of ours, and was touched"));
    }
    let mut theirs = world.target.bodies.keys().filter(|identity| !world.strangers.contains(*identity));
    // Who left long ago is forgotten.
    let left = |identity: &String| world.target.bodies[identity]["status"] == "in_active";
    match theirs.find(|identity| !left(identity) && !accounts.iter().any(|account| account.identity == **identity)) {
        Some(identity) => Err(format!("the target knows {identity}, the store does not")),
        None => Ok(()),
    }
}
