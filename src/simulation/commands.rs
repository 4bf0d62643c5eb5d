//! What somebody does at the command line, and what the target is up to.

use jiff::SignedDuration;

use super::random::Random;
use super::target;
use super::world::World;
use crate::plan::guard::Pair;
use crate::roster::{Key, Timestamp};
use crate::store::Who;

/// Minutes beyond the end of time.
const FOR_EVER: i64 = 1 << 40;

/// Somebody gives a command, or the target is in a mood.
pub async fn command(world: &mut World, sync: usize, random: &mut Random) -> Result<(), String> {
    let Some(feed) = world.feed(sync).await else { return Ok(()) };
    let key = world.company.anybody(random).map(|citizen| citizen.key.clone());
    let who = match key {
        Some(key) if random.percent(50) => Who::Named(vec![key]),
        _ => Who::All,
    };
    let what = random.below(10);
    match what {
        0..4 => approve(world, sync, &who).await?,
        4 | 5 => {
            let now = world.command().await?;
            let pairs = world.would_hold(sync).await?;
            world.store.grant(feed, &pairs, "chance", None, now).await.map_err(|error| error.to_string())?;
            remember(world, sync, pairs);
        }
        6 => drop(world.store.retry(feed, &who).await.map_err(|error| error.to_string())?),
        7 => drop(world.store.resend(feed, &who).await.map_err(|error| error.to_string())?),
        8 => {
            let until = random.pick(&[None, Some(300), Some(300), Some(FOR_EVER)]);
            pause(world, feed, sync, until).await?;
        }
        _ => trouble(world, random),
    }
    world.log.push(format!("command {what} for {} {who:?}", world.names[sync]));
    Ok(())
}

/// The target takes a dislike to somebody, or to everybody, or to nobody any more.
fn trouble(world: &mut World, random: &mut Random) {
    if random.percent(30) {
        world.down_until = world.now + SignedDuration::from_hours(random.pick(&[1, 8, 48]));
    }
    world.target.refuses_everybody = random.percent(20);
    world.target.names_culprits = random.percent(50);
    world.target.most = random.percent(30).then_some(1);
    if world.target.kind == target::Kind::Imports {
        let workers = target::imports::pace(random);
        world.log.push(format!("  workers {workers:?}"));
        world.target.room.set_workers(workers, world.now);
    }
    let kind = world.target.kind;
    let identity = world.company.anybody(random).map(|citizen| citizen.known_as(kind).to_owned());
    world.target.culprits = identity.filter(|_| random.percent(60)).into_iter().collect();
}

/// Pauses a sync for so many minutes, or lets it run again.
pub async fn pause(world: &mut World, feed: i64, sync: usize, minutes: Option<i64>) -> Result<(), String> {
    let now = world.command().await?;
    let after = |now: Timestamp, minutes| now.checked_add(SignedDuration::from_mins(minutes)).unwrap_or(Timestamp::MAX);
    world.paused[sync] = minutes.map_or(world.now, |minutes| after(world.now, minutes));
    let until = minutes.map(|minutes| after(now, minutes));
    world.store.pause(feed, until).await.map_err(|error| error.to_string())
}

/// Approves what is held, and remembers that it was.
pub async fn approve(world: &mut World, sync: usize, who: &Who) -> Result<(), String> {
    let Some(feed) = world.feed(sync).await else { return Ok(()) };
    let held = world.store.probe_held(&world.realm()).await.map_err(|error| error.to_string())?;
    let named = |key: &String, identity: &String| match who {
        Who::Named(names) => names.contains(key) || names.contains(identity),
        Who::All | Who::Left => true,
    };
    let pairs = held.into_iter().filter(|(of, key, _, _, identity)| *of == world.names[sync] && named(key, identity));
    let pairs: Vec<Pair> = pairs.map(|(_, key, pair, ..)| (Key::new(key), pair)).collect();
    let now = world.command().await?;
    world.store.approve(feed, who, "chance", None, now).await.map_err(|error| error.to_string())?;
    remember(world, sync, pairs);
    Ok(())
}

fn remember(world: &mut World, sync: usize, pairs: Vec<Pair>) {
    let until = world.now + SignedDuration::from_hours(72);
    world.ledger.approved.extend(pairs.into_iter().map(|pair| ((sync, pair), until)));
}
