//! What happens: in the company, and to the config.

use std::sync::Arc;

use jiff::SignedDuration;

use super::company::{Citizen, Kind, identity};
use super::random::Random;
use super::world::World;
use super::{commands, faults, imports, renames, target};
use crate::roster::Timestamp;

/// Nobody lives to see what is to go on after a clock was set back by a month.
const LONGEST_WAIT: SignedDuration = SignedDuration::from_hours(48);

/// Something happens; chance says what.
pub async fn step(world: &mut World, random: &mut Random) -> Result<(), String> {
    let sync = random.below(world.jobs.len());
    world.past.push(Arc::new(world.company.clone()));
    match random.below(100) {
        0..40 => {
            let mishap = faults::befall(world, random);
            if mishap.read_before.is_some() {
                people(world, random);
            }
            world.log.push(format!("run {} at {:.0}", world.jobs[sync].sync, world.now));
            world.run(sync, &mishap, random).await?;
        }
        40..44 => go_on(world, sync, random).await?,
        44..47 => clocks(world, random),
        47 => {
            world.elsewhere = random.pick(&[None, Some(0), Some(1), Some(3), Some(9)]);
            world.log.push(format!("another server answers, so many steps behind: {:?}", world.elsewhere));
        }
        48..58 => {
            let minutes = random.pick(&[1, 5, 15, 61, 300, 1_500, 4_400]);
            world.log.push(format!("{minutes} min later"));
            world.later(minutes);
            world.tidy().await?;
        }
        58..86 => people(world, random),
        86..89 => config(world, sync, random),
        89 => renames::rename(world, sync, random).await?,
        // A client is known by the name that the target gave it, which nobody can import.
        90..93 if world.target.kind == target::Kind::Clients => {
            let told = world.target.meddle(random, world.now);
            world.log.push(told);
        }
        90 | 91 => imports::import(world, sync, random).await?,
        _ => commands::command(world, sync, random).await?,
    }
    Ok(())
}

/// A run goes on, mostly when it said that it could.
async fn go_on(world: &mut World, sync: usize, random: &mut Random) -> Result<(), String> {
    let mishap = faults::befall(world, random);
    let wake = world.wake(sync).await.map(|wake| wake - world.clock.ahead());
    if let Some(wake) = wake.filter(|wake| random.percent(70) && *wake < world.now + LONGEST_WAIT) {
        world.now = world.now.max(wake);
        world.later(0);
    }
    world.log.push(format!("{} goes on at {:.0}", world.jobs[sync].sync, world.now));
    world.resume(sync, &mishap, random).await
}

/// Somebody sets the clocks, or the host boots.
fn clocks(world: &mut World, random: &mut Random) {
    let minutes = faults::minutes(random);
    match random.below(10) {
        0..5 => world.clock.set(minutes),
        5 => world.clock.stray(minutes),
        6 => world.clock.repair(),
        _ => world.clock.boot(world.now),
    }
    world.log.push(format!("the clocks are set: {:?}", world.clock));
}

fn people(world: &mut World, random: &mut Random) {
    let now = world.clock.host(world.now).wall;
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
            let many = world.company.people.len() > 100;
            if let Some(citizen) = world.company.anybody(random) {
                happen(citizen, next, syncs, now, random);
                citizen.unreadable = random.percent(if many { 30 } else { 2 });
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
    match random.below(15) {
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
        11 | 12 => citizen.identity = identity(next),
        _ => citizen.phone = Some(random.below(next + 1)).filter(|_| random.percent(80)),
    }
}

/// Somebody is deleted; perhaps hired again under another key, or their identity given to a newcomer.
fn another(world: &mut World, random: &mut Random) {
    let Some(gone) = world.company.anybody(random).map(|citizen| citizen.clone()) else { return };
    if random.percent(85) {
        world.company.people.remove(&gone.key);
    }
    world.log.push(format!("{} ({}) is deleted or doubled", gone.key, gone.identity));
    if random.percent(20) {
        let key = world.company.join(gone.home);
        world.company.people.get_mut(&key).unwrap().phone = gone.phone;
        world.log.push(format!("{key} has their number {:?} now", gone.phone));
    }
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
    if random.percent(30) {
        let theirs = std::mem::replace(&mut other.phone, one.phone);
        let told = format!("{} takes the number {:?} of {}, swapped: {swap}", other.key, one.phone, one.key);
        if swap {
            world.company.people.get_mut(&one.key).unwrap().phone = theirs;
        }
        world.log.push(told);
        return;
    }
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
