//! The config calls things by other names, and points elsewhere.

use super::mishap::Mishap;
use super::oracle::Snapshot;
use super::random::Random;
use super::setup::destination;
use super::target::Target;
use super::world::World;
use crate::engine::Outcome;
use crate::store::probe::Stored;

/// A sync gets another name, or the target another address.
pub async fn rename(world: &mut World, sync: usize, random: &mut Random) -> Result<(), String> {
    match random.below(10) {
        0..6 => called(world, sync),
        6 => anew(world, sync),
        _ => moved(world, random).await?,
    }
    Ok(())
}

/// With `was`: it is the same sync, and may get its first name back.
fn called(world: &mut World, sync: usize) {
    let (job, name) = (&mut world.jobs[sync], &world.names[sync]);
    if job.sync != *name {
        // What was never run under its new name is not renamed again.
        return;
    }
    job.was = Some(name.clone());
    job.sync = if name.contains('2') { name.replace('2', "") } else { format!("{name}2") };
    world.log.push(format!("{name} is called {} now", job.sync));
}

/// Without: it is another sync, and the former one, which the config does not name any more, claims everybody, too. Once
/// a history, and perhaps back again.
fn anew(world: &mut World, sync: usize) {
    let removed = world.jobs.len();
    if world.jobs[sync].sync != world.names[sync] || world.parted.is_some_and(|parted| parted != sync) {
        return;
    }
    if world.parted.replace(sync).is_none() {
        world.names.push("others".to_owned());
        world.admitted.push(Snapshot::new());
        world.paused.push(world.now);
    } else if world.names.len() == removed {
        return;
    }
    world.names.swap(sync, removed);
    world.paused.swap(sync, removed);
    world.admitted.swap(sync, removed);
    world.ledger.swap(sync, removed);
    let job = &mut world.jobs[sync];
    (job.sync, job.was) = (world.names[sync].clone(), None);
    world.log.push(format!("instead of {} there is {}", world.names[removed], job.sync));
}

/// The target is elsewhere: nothing is sent until somebody says what is meant.
async fn moved(world: &mut World, random: &mut Random) -> Result<(), String> {
    let before: Vec<_> = world.jobs.iter().map(|job| job.destination.clone()).collect();
    let from = world.realm();
    let url = format!("{}0", world.url);
    let elsewhere = destination(world.target.kind, &url, "secret", 1 + random.below(4), world.manner);
    for job in &mut world.jobs {
        job.destination = elsewhere.clone();
    }
    world.log.push(format!("the config points to {url}"));
    let calls = world.target.calls.len();
    for sync in 0..world.jobs.len() {
        if world.feed(sync).await.is_some() {
            match world.attempt(sync, &Mishap::default(), random).await? {
                Some(Outcome::Synced(tally)) if tally.failed.is_some() => {}
                other => return Err(format!("a sync that points elsewhere goes there: {other:?}")),
            }
        }
    }
    if world.target.calls.len() > calls {
        return Err("a sync that points elsewhere made calls".to_owned());
    }
    if random.percent(40) {
        world.log.push("the config points back".to_owned());
        for (job, before) in world.jobs.iter_mut().zip(before) {
            job.destination = before;
        }
        return Ok(());
    }
    let left = world.store.probe_accounts(&from).await.map_err(|error| error.to_string())?;
    for sync in 0..world.jobs.len() {
        if let Some(feed) = world.feed(sync).await {
            world.store.repoint(feed, &elsewhere.realm()).await.map_err(|error| error.to_string())?;
            world.ledger.repoint(sync);
            world.admitted[sync].clear();
        }
    }
    let now = world.store.probe_accounts(&from).await.map_err(|error| error.to_string())?;
    let leaving = |accounts: &[Stored]| accounts.iter().filter(|account| account.gone).count();
    if leaving(&now) > leaving(&left) {
        return Err("somebody leaves because the sync points elsewhere".to_owned());
    }
    // Whatever else was sent to the former target stays there.
    world.names.truncate(world.jobs.len());
    world.admitted.truncate(world.jobs.len());
    world.paused.truncate(world.jobs.len());
    (world.url, world.target) = (url, Target::new(world.target.kind));
    world.ever.clear();
    world.strangers.clear();
    world.log.push("they are sent there".to_owned());
    Ok(())
}
