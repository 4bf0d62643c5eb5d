//! What holds whenever the target is called.

use jiff::SignedDuration;
use serde_json::Value;

use super::KEPT;
use crate::roster::Timestamp;
use crate::simulation::ledger::Ledger;
use crate::simulation::oracle::{Snapshot, Standing};
use crate::simulation::target::Target;
use crate::store::Store;
use crate::store::probe::Claimant;

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
    let per = SignedDuration::try_from(ledger.quota.per).unwrap();
    let window = target.asked.iter().filter(|at| **at > now - per).count() as u64;
    if window > u64::from(ledger.quota.quota) {
        return Err(format!("{window} token requests within {per:#}"));
    }
    let charged = store.probe_charges(stamp - per).await.map_err(|error| error.to_string())?;
    if window > charged {
        return Err(format!(
            "{window} token requests within {per:#}, and {charged} were charged before they were made"
        ));
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
        if !leaves
            && target.clients.bereft.contains(identity)
            && target.calls.last().is_some_and(|call| call.starts_with("Post"))
        {
            return Err(format!("{identity} was taken away, and is made again although the guard was not asked"));
        }
        // A client that was made and whose secret was lost on the way is nobody's.
        let orphan = |key: &Value| !accounts.iter().any(|account| account.remote.as_deref() == key.as_str());
        if leaves && member.get("key").is_some_and(orphan) {
            continue;
        }
        if leaves {
            let whose = member["first_name"].as_str().unwrap_or_default();
            nobody_is_there((identity, whose), &people, names, admitted)?;
            nobody_is_locked_out((identity, whose), &people, names, target, ledger, admitted)?;
        }
        for (sync, key, pair, kind, _) in held.iter().filter(|held| held.4 == identity) {
            let others = people.iter().any(|other| {
                other.active && other.identity.as_deref() == Some(identity) && (&other.key, &other.sync) != (key, sync)
            });
            let fields = || pair.ends_with(&target.kind.payload(member).fingerprint().to_string());
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
fn nobody_is_there(
    (identity, whose): (&str, &str),
    people: &[Claimant],
    names: &[String],
    admitted: &[Snapshot],
) -> Result<(), String> {
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
                // Who is nobody at the target yet is not known by what is somebody else's there.
                let twice = people.iter().any(|other| other.key == *key && other.sync != person.sync);
                let anothers = person.identity.is_none() && !whose.is_empty() && (whose != key || twice);
                let stays = person.active && person.identity.as_deref() != Some(identity);
                KEPT.contains(&person.verdict.as_str()) && (stays || anothers)
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
