//! The end of a history: faults stop, everything is approved, and the target must come to what the directory says.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use super::commands::{approve, pause};
use super::invariants;
use super::mishap::Mishap;
use super::oracle::{self, Snapshot, Standing};
use super::random::Random;
use super::setup::destination;
use super::world::World;
use crate::plan::FirstSeenInactive;
use crate::sandbox::boostcom::Workers;
use crate::store::Who;
use crate::store::probe::{Claimant, Stored};

/// So many runs of every sync, some hours apart, must be enough.
const ROUNDS: usize = 12;

/// Peace, and then what ought to be.
pub async fn settle(world: &mut World, random: &mut Random) -> Result<(), String> {
    world.log.push("peace".to_owned());
    world.clock.repair();
    world.past.push(Arc::new(world.company.clone()));
    world.company.people.values_mut().for_each(|citizen| citizen.unreadable = false);
    let target = &mut world.target;
    target.member_faults.clear();
    target.token_faults.clear();
    target.culprits.clear();
    (target.refuses_everybody, target.most, target.revoked_before) = (false, None, 0);
    (target.keep_fails, target.short_lists, target.spares_reads) = (0, false, false);
    let kind = target.kind;
    target.room.set_workers(Workers::default(), world.now);
    for job in &mut world.jobs {
        job.destination = destination(kind, &world.url, "another secret", 3, world.manner);
        job.patience = Duration::from_mins(10);
    }
    // Of several who have one number nobody else than the one who is there with it is sent: somebody helps them.
    let mut numbers = BTreeSet::new();
    world.company.people.values_mut().for_each(|citizen| {
        citizen.phone = citizen.phone.filter(|phone| *phone == 0 || numbers.insert(*phone));
    });
    rest(world, random).await
}

/// Runs until nothing is left to do; then all must be as it ought to be.
async fn rest(world: &mut World, random: &mut Random) -> Result<(), String> {
    for round in 0..ROUNDS {
        let brought = world.target.brought;
        for sync in 0..world.jobs.len() {
            if let Some(feed) = world.feed(sync).await {
                pause(world, feed, sync, None).await?;
                world.store.retry(feed, &Who::All).await.map_err(|error| error.to_string())?;
            }
            approve(world, sync, &Who::All).await?;
            world.run(sync, &Mishap::default(), random).await?;
            clear(world).await?;
        }
        // What one sync lets go of may be what the other waits for.
        let calm = world.target.brought == brought;
        if round > 1 && calm && compare(world).await.is_ok() && left_over(world).await? == 0 {
            break;
        }
        world.later(7 * 60);
        world.tidy().await?;
    }
    let stuck = compare(world).await?;
    if !stuck && left_over(world).await? > 0 {
        return Err("all is as it ought to be, but members are left over".to_owned());
    }
    // With nothing left to do nothing is done.
    let brought = world.target.brought;
    for sync in 0..world.jobs.len() {
        world.run(sync, &Mishap::default(), random).await?;
    }
    match world.target.brought - brought {
        0 => compare(world).await.map(drop),
        more => Err(format!("all is as it ought to be, but {more} calls more brought something")),
    }
}

/// Somebody deletes the clients of which they were told that they may be nobody's.
async fn clear(world: &mut World) -> Result<(), String> {
    let ours = accounts(world).await?.into_iter().filter_map(|account| account.remote).collect();
    world.target.clients.clear(&ours, world.now);
    Ok(())
}

async fn accounts(world: &mut World) -> Result<Vec<Stored>, String> {
    let realm = world.realm();
    world.store.probe_accounts(&realm).await.map_err(|error| error.to_string())
}

async fn left_over(world: &mut World) -> Result<u64, String> {
    let realm = world.realm();
    world.store.left_over(&realm).await.map_err(|error| error.to_string())
}

/// Whether the target is as the directory says; inside: whether there are accounts at which nothing changes.
async fn compare(world: &mut World) -> Result<bool, String> {
    world.target.arrive(world.now);
    let accounts = accounts(world).await?;
    invariants::clients::are_in_order(&world.target, &accounts)?;
    let edited = accounts.iter().filter(|account| invariants::clients::is_edited(world, account));
    let edited: BTreeSet<String> = edited.map(|account| account.identity.clone()).collect();
    let now = world.clock.host(world.now).wall;
    let found: Vec<Snapshot> = (0..world.jobs.len()).map(|sync| oracle::snapshot(&world.company, sync, now)).collect();
    let exempt = exempt(world, &found).await?;
    let members = oracle::members(&found);
    for (identity, payload) in &members {
        let Some(payload) = payload.as_ref().filter(|_| !exempt.contains(identity)) else { continue };
        let there = world.target.bodies.get(identity);
        if there != Some(payload) && (there.is_none() || !edited.contains(identity)) {
            return Err(format!("{identity} ought to be {payload}, but is {there:?}"));
        }
    }
    let strangers = &world.strangers;
    for (identity, member) in world.target.bodies.iter().filter(|(identity, _)| !strangers.contains(*identity)) {
        if !world.ever.contains(identity) && world.jobs[0].first_seen_inactive == FirstSeenInactive::Skip {
            return Err(format!("{identity} was never read as active and is known to the target"));
        }
        if !members.contains_key(identity) && !exempt.contains(identity) && member["status"] != "in_active" {
            return Err(format!("{identity} ought to have left, but is {member}"));
        }
    }
    Ok(!exempt.is_empty())
}

/// People of two syncs who each want what the other has: neither sync can let go first, so both are reported.
fn abroad(person: &Claimant, other: &Claimant) -> bool {
    other.sync != person.sync && other.active && other.verdict == "disputed"
}

/// Somebody else has their number.
fn wants_number(person: &Claimant) -> bool {
    person.verdict == "disputed" && person.why.as_ref().is_some_and(|why| why.starts_with("msisdn"))
}

/// Accounts at which nothing changes: those of invalid people and of people who want what others want, too; and what
/// others want of these.
async fn exempt(world: &mut World, found: &[Snapshot]) -> Result<BTreeSet<String>, String> {
    let people = world.store.probe_people(&world.realm()).await.map_err(|error| error.to_string())?;
    let wanted = oracle::members(found);
    // A sync that the config does not name any more never lets go.
    let removed = people.iter().filter(|person| person.active && world.names[found.len()..].contains(&person.sync));
    let mut exempt: BTreeSet<String> = removed.filter_map(|person| person.identity.clone()).collect();
    loop {
        let before = exempt.len();
        for (sync, snapshot) in found.iter().enumerate() {
            for (key, standing) in snapshot {
                let stays = match standing {
                    Standing::Invalid | Standing::Unclear => true,
                    Standing::Active(identity, _) => wanted[identity].is_none() || exempt.contains(identity),
                    Standing::Out => false,
                };
                let person = people.iter().find(|person| person.sync == world.names[sync] && person.key == *key);
                // What stays with an account at which nothing changes, or with one of another sync, may be a number, too.
                let other =
                    |person: &Claimant| people.iter().any(|other| other.sync != person.sync && wants_number(other));
                let kept = |person: &Claimant| !exempt.is_empty() || world.names.len() > found.len() || other(person);
                if let Standing::Active(identity, _) = standing
                    && person.is_some_and(|person| wants_number(person) && kept(person))
                {
                    exempt.extend(
                        [Some(identity.clone()), person.and_then(|person| person.identity.clone())]
                            .into_iter()
                            .flatten(),
                    );
                }
                let Some(person) = person.filter(|person| person.active) else { continue };
                let disputed = person.verdict == "disputed";
                if stays || disputed && !exempt.is_empty() {
                    exempt.extend(person.identity.clone());
                }
                // Who gives up what several others want keeps it until that is settled.
                if let Standing::Active(identity, _) = standing
                    && disputed
                    && person.identity.as_ref().is_some_and(|own| wanted.get(own) == Some(&None))
                {
                    exempt.insert(identity.clone());
                }
                if let Standing::Active(identity, _) = standing
                    && disputed
                    && people.iter().any(|other| abroad(person, other) && other.identity.as_ref() == Some(identity))
                {
                    exempt.extend([Some(identity.clone()), person.identity.clone()].into_iter().flatten());
                }
            }
        }
        exempt.extend(wanted.iter().filter(|(_, one)| one.is_none()).map(|(identity, _)| identity.clone()));
        if exempt.len() == before {
            return Ok(exempt);
        }
    }
}
