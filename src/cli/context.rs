//! What most commands need: the config, the store, the lock.

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;

use super::Global;
use super::output::{self, Failure};
use crate::config::{Config, Environment, Sync, Target};
use crate::daemon::{Performer, Source, clock};
use crate::directory::Settings;
use crate::engine::{Aim, Job, Outcome, Progress};
use crate::plan::Feed;
use crate::roster::Fingerprint;
use crate::store::{Lock, LockError, Store};
use crate::transport::Transport;

/// A checked config; its warnings are printed.
pub fn config(global: &Global) -> Result<Config, Failure> {
    let config = silent_config(global)?;
    output::warnings(&config);
    Ok(config)
}

/// A checked config, for whoever shows its warnings among other things.
pub fn silent_config(global: &Global) -> Result<Config, Failure> {
    Config::load(&global.config, &Environment::of_process())
        .map_err(|faults| Failure::usage(output::faults(&faults, global.json)))
}

/// The syncs that were named, or all.
pub fn syncs<'a>(config: &'a Config, names: &[String]) -> Result<Vec<&'a Sync>, Failure> {
    if names.is_empty() {
        return Ok(config.syncs.values().collect());
    }
    // Whoever is named twice runs once.
    let named = |(at, name): &(usize, &String)| !names[..*at].contains(name);
    names.iter().enumerate().filter(named).map(|(_, name)| sync(config, name)).collect()
}

/// One sync by its name.
pub fn sync<'a>(config: &'a Config, name: &str) -> Result<&'a Sync, Failure> {
    config.syncs.get(name).ok_or_else(|| {
        let known: Vec<_> = config.syncs.keys().map(String::as_str).collect();
        Failure::usage(format!("no sync is named `{name}`; there is: {}", known.join(", ")))
    })
}

/// Where a sync's people are sent.
pub fn target<'a>(config: &'a Config, sync: &Sync) -> Result<&'a Target, Failure> {
    config.destinations.get(&sync.to).ok_or_else(|| Failure::new(format!("no destination is named `{}`", sync.to)))
}

/// The store, for whoever changes it: with the lock.
pub async fn store(folder: &Path) -> Result<(Lock, Store), Failure> {
    let lock = Lock::take(folder).map_err(|error| match error {
        LockError::Busy(_) | LockError::Folder { .. } => Failure::new(error.to_string()),
    })?;
    let mut store = Store::open(folder).await?;
    store.follow_clock(clock::now()).await?;
    Ok((lock, store))
}

/// A sync that ran before, as the store knows it, with the target its people are at.
pub async fn feed(store: &mut Store, sync: &Sync) -> Result<(Feed, String), Failure> {
    let feed = store.feed(&sync.name, sync.was.as_deref()).await?;
    feed.ok_or_else(|| Failure::new(format!("{0} never ran: `rosterd sync {0}` comes first", sync.name)))
}

/// Where a sync's people come from.
pub fn directory<'a>(config: &'a Config, sync: &Sync) -> Result<&'a Settings, Failure> {
    let found = config.directories.get(&sync.from);
    found.ok_or_else(|| Failure::new(format!("no directory is named `{}`", sync.from)))
}

/// Runs a sync for a purpose.
pub async fn perform(
    config: &Config,
    sync: &Sync,
    store: &mut Store,
    purpose: Aim,
    patience: Duration,
    tell: &mut dyn FnMut(&Progress),
) -> Result<Outcome, Failure> {
    let target = target(config, sync)?;
    let directory = directory(config, sync)?;
    let job = Job {
        sync: sync.name.clone(),
        was: sync.was.clone(),
        mapping: sync.mapping.clone(),
        destination: target.destination.clone(),
        rules: sync.fingerprint(),
        limits: sync.limits,
        absence: sync.absence,
        first_seen_inactive: sync.first_seen_inactive,
        purpose,
        patience,
        seed: seed(),
    };
    let transport = Transport::new(&target.http).map_err(|error| Failure::new(error.to_string()))?;
    let source = Source::new(&sync.from, directory, &sync.query);
    Performer::new(store, source, transport, job).run(tell).await.map_err(|error| Failure::new(error.to_string()))
}

/// Enough randomness to keep many hosts from retrying together.
fn seed() -> u64 {
    let moment = Timestamp::now().as_nanosecond().to_le_bytes();
    let mixed = Fingerprint::of(&[&moment[..], &std::process::id().to_le_bytes()[..]].concat());
    mixed.as_bytes().iter().fold(0, |all, byte| (all << 8) ^ u64::from(*byte))
}
