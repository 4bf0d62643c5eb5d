//! What must hold at every moment.

use jiff::SignedDuration;
use serde_json::Value;

use super::imports::script;
use super::ledger::Ledger;
use super::oracle::{Snapshot, Standing};
use super::target::{Client, Kind, Target};
use super::toys::clients::path;
use super::world::World;
use crate::roster::{Payload, Timestamp};
use crate::store::Store;
use crate::store::probe::{Claimant, Stored};

const DAY: SignedDuration = SignedDuration::from_hours(24);
const KEPT: [&str; 4] = ["held", "disputed", "absent", "imported"];

/// After every call the target receives, at a true time and as the store stamps it.
pub async fn called(
    store: &mut Store,
    realm: &str,
    names: &[String],
    target: &Target,
    ledger: &Ledger,
    admitted: &[Snapshot],
    (now, stamp): (Timestamp, Timestamp),
) -> Result<(), String> {
    let window = target.asked.iter().filter(|at| **at > now - DAY).count() as u64;
    if window > u64::from(ledger.quota.quota) {
        return Err(format!("{window} token requests within a day"));
    }
    let charged = store.probe_charges(stamp - DAY).await.map_err(|error| error.to_string())?;
    if window > charged {
        return Err(format!("{window} token requests within a day, and {charged} were charged before they were made"));
    }
    if let Some(identity) = &target.overtaken {
        return Err(format!("{identity} is sent again while an earlier call may still take effect"));
    }
    if target.last.is_empty() {
        return Ok(());
    }
    let people = store.probe_people(realm).await.map_err(|error| error.to_string())?;
    let held = store.probe_held(realm).await.map_err(|error| error.to_string())?;
    let accounts = store.probe_accounts(realm).await.map_err(|error| error.to_string())?;
    for member in &target.last {
        let identity = member["unique_id"].as_str().unwrap();
        let leaves = member["status"] == "in_active";
        // A client that was made and whose secret was lost on the way is nobody's.
        let orphan = |key: &Value| !accounts.iter().any(|account| account.remote.as_deref() == key.as_str());
        if leaves && member.get("key").is_some_and(orphan) {
            continue;
        }
        if leaves {
            nobody_is_there(identity, &people, names, admitted)?;
            let whose = member["first_name"].as_str().unwrap_or_default();
            nobody_is_locked_out((identity, whose), &people, names, target, ledger, admitted)?;
        }
        for (sync, key, pair, kind, _) in held.iter().filter(|held| held.4 == identity) {
            let others = people.iter().any(|other| {
                other.active && other.identity.as_deref() == Some(identity) && (&other.key, &other.sync) != (key, sync)
            });
            let fields = || pair.ends_with(&Payload::from_json(&member.to_string()).unwrap().fingerprint().to_string());
            let sent = match kind.as_str() {
                // An imported identity may be somebody's of the other sync, who leaves for a reason of their own.
                "leave" => {
                    leaves
                        && !people.iter().any(|other| {
                            other.verdict == "left"
                                && other.identity.as_deref() == Some(identity)
                                && other.sync != *sync
                        })
                }
                "change" => !leaves && fields() && !others,
                _ => !leaves && !others,
            };
            if sent {
                return Err(format!("held, but sent: {pair} of {key}"));
            }
        }
    }
    Ok(())
}

/// Nobody active has this identity.
fn nobody_is_there(identity: &str, people: &[Claimant], names: &[String], admitted: &[Snapshot]) -> Result<(), String> {
    if let Some(person) = people.iter().find(|person| person.active && person.identity.as_deref() == Some(identity)) {
        return Err(format!("{identity} is sent as in_active although {} claims it", person.key));
    }
    for (sync, snapshot) in admitted.iter().enumerate() {
        for (key, standing) in snapshot {
            if !matches!(standing, Standing::Active(wanted, _) if wanted == identity) {
                continue;
            }
            let person = people.iter().find(|person| person.sync == names[sync] && person.key == *key);
            let elsewhere = person.is_some_and(|person| {
                KEPT.contains(&person.verdict.as_str()) && person.active && person.identity.as_deref() != Some(identity)
            });
            if !elsewhere {
                return Err(format!("{identity} is sent as in_active although {key} was read as active: {person:?}"));
            }
        }
    }
    Ok(())
}

/// Who moved to another identity is there before the old one leaves, unless that is somebody else's by now.
fn nobody_is_locked_out(
    (identity, whose): (&str, &str),
    people: &[Claimant],
    names: &[String],
    target: &Target,
    ledger: &Ledger,
    admitted: &[Snapshot],
) -> Result<(), String> {
    for ((sync, key), _) in ledger.moved.iter().filter(|(_, from)| *from == identity) {
        let Some(wanted) = admitted[*sync].get(key).and_then(Standing::identity) else { continue };
        let moving = people.iter().any(|person| {
            person.sync == names[*sync] && person.key == *key && person.verdict == "active" && wanted != identity
        });
        if whose != key {
            continue;
        }
        let there = target.bodies.get(wanted).is_some_and(|member| member["status"] == "active");
        if moving && !there {
            return Err(format!("{identity} of {key} leaves before {wanted} is there"));
        }
    }
    Ok(())
}

/// After a reading was admitted: everybody it found active is on the way, or there is a reason.
pub async fn admitted(
    store: &mut Store,
    realm: &str,
    names: &[String],
    admitted: &[Snapshot],
    sync: usize,
) -> Result<(), String> {
    let people = store.probe_people(realm).await.map_err(|error| error.to_string())?;
    let accounts = store.probe_accounts(realm).await.map_err(|error| error.to_string())?;
    let of = |key: &str| people.iter().find(|person| person.sync == names[sync] && person.key == key);
    for (key, standing) in &admitted[sync] {
        let person = of(key).ok_or_else(|| format!("{key} was read and is not known"))?;
        let kept = KEPT.contains(&person.verdict.as_str()) && person.why.is_some();
        let fine = match standing {
            _ if kept => true,
            Standing::Active(identity, payload) => accounts.iter().any(|account| {
                let body: Value = serde_json::from_str(&account.body).unwrap();
                account.identity == *identity
                    && !account.gone
                    && body == *payload
                    && person.active
                    && person.identity.as_ref() == Some(identity)
            }),
            Standing::Invalid => person.verdict == "invalid" && person.why.is_some(),
            Standing::Unclear => person.verdict == "unreadable" && person.why.is_some(),
            Standing::Out => !person.active,
        };
        if !fine {
            return Err(format!("{key} was read as {standing:?} and is {person:?}"));
        }
    }
    let unread = people.iter().filter(|person| person.sync == names[sync] && !admitted[sync].contains_key(&person.key));
    for person in unread {
        if person.active && !(KEPT.contains(&person.verdict.as_str()) && person.why.is_some()) {
            return Err(format!("nobody read {person:?}, who stays without a reason"));
        }
    }
    Ok(())
}

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

/// Whoever has a secret there has it in a file.
fn secret_is_kept(target: &Target, identity: &str) -> Result<(), String> {
    let theirs = target.clients.values().find(|client| client.fields["unique_id"] == identity);
    match (theirs, target.kept.get(&path(identity))) {
        (Some(client), Some(kept)) if client.told == *kept => Ok(()),
        (None, _) => Ok(()),
        _ => Err(format!("the secret of {identity} is not kept")),
    }
}

/// Nobody but their owner touches others' clients, and nobody has two.
pub fn clients_are_in_order(target: &Target) -> Result<(), String> {
    let (foreign, own): (Vec<&Client>, Vec<&Client>) = target.clients.values().partition(|client| client.foreign);
    if foreign.len() != target.foreign || foreign.iter().any(|client| client.fields["status"] != "active") {
        return Err(format!("somebody else's clients were touched: {foreign:?}"));
    }
    match own.len() - if target.kind == Kind::Clients { target.bodies.len() } else { 0 } {
        0 => Ok(()),
        more => Err(format!("{more} clients are there twice: {own:?}")),
    }
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
        if world.target.meddled.contains(identity) {
            continue;
        }
        let there = world.target.bodies.get(identity);
        let confirmed: Value = serde_json::from_str(&account.confirmed_body).unwrap();
        let right = match (account.certain, account.confirmed_gone) {
            (false, _) => true,
            _ if account.believed => true,
            (true, None) => there.is_none(),
            (true, Some(true)) if world.target.kind == Kind::Clients => there.is_none(),
            (true, Some(true)) => there.is_some_and(|member| member["status"] == "in_active"),
            (true, Some(false)) => there == Some(&confirmed),
        };
        if !right {
            return Err(format!("{identity} is held for certain to be {confirmed}, but is {there:?}: {account:?}"));
        }
        if account.certain && account.confirmed_gone == Some(false) {
            secret_is_kept(&world.target, identity)?;
        }
    }
    if let Some(stranger) = world.strangers.iter().find(|one| world.target.bodies[*one] != script(one)) {
        return Err(format!("{stranger} is nobody of ours, and was touched"));
    }
    let mut theirs = world.target.bodies.keys().filter(|identity| !world.strangers.contains(*identity));
    match theirs.find(|identity| !accounts.iter().any(|account| account.identity == **identity)) {
        Some(identity) => Err(format!("the target knows {identity}, the store does not")),
        None => Ok(()),
    }
}
