//! What happens in the company, to the config, and at the command line.

use jiff::SignedDuration;

use super::company::{Citizen, Kind};
use super::random::Random;
use super::world::World;
use super::{faults, imports, renames};
use crate::plan::guard::Pair;
use crate::roster::{Key, Timestamp};
use crate::store::Who;

/// Something happens; chance says what.
pub async fn step(world: &mut World, random: &mut Random) -> Result<(), String> {
    let sync = random.below(world.jobs.len());
    match random.below(100) {
        0..44 => {
            let mishap = faults::befall(world, random);
            world.log.push(format!("run {} at {:.0}", world.jobs[sync].sync, world.now));
            world.run(sync, &mishap, random).await?;
        }
        44..56 => {
            let minutes = random.pick(&[1, 5, 15, 61, 300, 1_500, 4_400]);
            world.log.push(format!("{minutes} min later"));
            world.later(minutes);
        }
        56..86 => people(world, random),
        86..89 => config(world, sync, random),
        89 => renames::rename(world, sync, random).await?,
        90 | 91 => imports::import(world, sync, random).await?,
        _ => command(world, sync, random).await?,
    }
    Ok(())
}

fn people(world: &mut World, random: &mut Random) {
    let now = world.now;
    match random.below(20) {
        0..3 => {
            let home = random.below(world.jobs.len());
            let key = world.company.join(home);
            world.log.push(format!("{key} joins"));
        }
        3 | 4 => another(world, random),
        5 | 6 => two(world, random),
        _ => {
            let syncs = world.jobs.len();
            let next = world.company.next;
            if let Some(citizen) = world.company.anybody(random) {
                happen(citizen, next, syncs, now, random);
                let told = format!("{citizen:?}");
                world.company.next += 1;
                world.log.push(told);
            }
        }
    }
}

/// Something happens to one person.
fn happen(citizen: &mut Citizen, next: usize, syncs: usize, now: Timestamp, random: &mut Random) {
    let titles = ["Clerk", "Manager", "Director", "Chair", "Intern"];
    match random.below(13) {
        0..3 => citizen.title = Some(random.pick(&titles).to_owned()),
        3 => citizen.title = None,
        4 => citizen.disabled = true,
        5 | 6 => {
            (citizen.disabled, citizen.expires) = (false, None);
            citizen.kind = Kind::Staff;
            citizen.title.get_or_insert_with(|| "Clerk".to_owned());
        }
        7 => citizen.expires = Some(now + SignedDuration::from_mins(random.pick(&[-60, 10, 200, 3_000]))),
        8 | 9 => citizen.kind = random.pick(&[Kind::Contractor, Kind::Hidden, Kind::Left]),
        10 => citizen.home = random.below(syncs),
        _ => citizen.identity = format!("E{next}"),
    }
}

/// Somebody is deleted; perhaps hired again under another key, or their identity given to a newcomer.
fn another(world: &mut World, random: &mut Random) {
    let Some(gone) = world.company.anybody(random).map(|citizen| citizen.clone()) else { return };
    if random.percent(85) {
        world.company.people.remove(&gone.key);
    }
    world.log.push(format!("{} ({}) is deleted or doubled", gone.key, gone.identity));
    if random.percent(60) {
        let key = world.company.join(gone.home);
        world.company.people.get_mut(&key).unwrap().identity.clone_from(&gone.identity);
        world.log.push(format!("{key} has {} now", gone.identity));
    }
}

/// Two people swap their identities, or one takes the other's.
fn two(world: &mut World, random: &mut Random) {
    let Some(one) = world.company.anybody(random).map(|citizen| citizen.clone()) else { return };
    let swap = random.percent(70);
    let Some(other) = world.company.anybody(random) else { return };
    let theirs = std::mem::replace(&mut other.identity, one.identity.clone());
    let told = format!("{} takes {} of {}, swapped: {swap}", other.key, one.identity, one.key);
    if swap {
        world.company.people.get_mut(&one.key).unwrap().identity = theirs;
    }
    world.log.push(told);
}

fn config(world: &mut World, sync: usize, random: &mut Random) {
    let rules = &mut world.company.rules[sync];
    if random.percent(50) {
        rules.contractors = !rules.contractors;
    } else {
        rules.country = if rules.country == "Norway" { "Sweden" } else { "Norway" };
    }
    let told = format!("{} now goes by {rules:?}", world.jobs[sync].sync);
    world.log.push(told);
    world.configure();
}

async fn command(world: &mut World, sync: usize, random: &mut Random) -> Result<(), String> {
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
            let pairs = world.would_hold(sync).await?;
            world.store.grant(feed, &pairs, "chance", None, world.now).await.map_err(|error| error.to_string())?;
            remember(world, sync, pairs);
        }
        6 => drop(world.store.retry(feed, &who).await.map_err(|error| error.to_string())?),
        7 => drop(world.store.resend(feed, &who).await.map_err(|error| error.to_string())?),
        8 => {
            let until = random.percent(50).then(|| world.now + SignedDuration::from_mins(300));
            world.store.pause(feed, until).await.map_err(|error| error.to_string())?;
        }
        _ => trouble(world, random),
    }
    world.log.push(format!("command {what} for {} {who:?}", world.names[sync]));
    Ok(())
}

/// The target takes a dislike to somebody, or to everybody, or to nobody any more.
fn trouble(world: &mut World, random: &mut Random) {
    world.target.refuses_everybody = random.percent(20);
    world.target.names_culprits = random.percent(50);
    world.target.most = random.percent(30).then_some(1);
    let identity = world.company.anybody(random).map(|citizen| citizen.identity.clone());
    world.target.culprits = identity.filter(|_| random.percent(60)).into_iter().collect();
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
    world.store.approve(feed, who, "chance", None, world.now).await.map_err(|error| error.to_string())?;
    remember(world, sync, pairs);
    Ok(())
}

fn remember(world: &mut World, sync: usize, pairs: Vec<Pair>) {
    let until = world.now + SignedDuration::from_hours(72);
    world.ledger.approved.extend(pairs.into_iter().map(|pair| ((sync, pair), until)));
}
