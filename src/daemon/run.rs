//! One sync's run as its config wants it.

use std::time::Duration;

use jiff::Timestamp;

use super::clock::Going;
use super::perform::{PerformError, Performer};
use super::sources::Sources;
use super::stop::Stop;
use crate::config::{Config, Sync};
use crate::engine::{Aim, Job, Outcome, Progress, Reach};
use crate::roster::Fingerprint;
use crate::store::Store;

/// What a run is to be.
pub struct Order<'a> {
    /// What it is for.
    pub aim: Aim,
    /// Whom it reads.
    pub reach: Reach,
    /// How long it waits for a target that asks for patience.
    pub patience: Duration,
    /// The clock it goes by.
    pub clock: &'a Going,
    /// What may end it early.
    pub stop: Stop,
}

/// Runs a sync.
pub async fn perform(
    config: &Config,
    sync: &Sync,
    store: &mut Store,
    order: Order<'_>,
    tell: &mut (dyn FnMut(&Progress) + Send),
) -> Result<Outcome, PerformError> {
    let target = config.target(sync);
    let Order { aim, reach, patience, clock, stop } = order;
    let job = Job {
        sync: sync.name.clone(),
        was: sync.was.clone(),
        mapping: sync.mapping.clone(),
        destination: target.destination.clone(),
        rules: sync.fingerprint(),
        limits: sync.limits,
        absence: sync.absence,
        first_seen_inactive: sync.first_seen_inactive,
        changes: sync.changes,
        full_reading: sync.full_reading,
        reach,
        purpose: aim,
        patience,
        seed: seed(),
    };
    let sources = Sources::of(config, sync);
    Performer::new(store, sources, target.http.clone(), job, clock, stop).run(tell).await
}

/// Enough randomness to keep many hosts from retrying together.
fn seed() -> u64 {
    let moment = Timestamp::now().as_nanosecond().to_le_bytes();
    let mixed = Fingerprint::of(&[&moment[..], &std::process::id().to_le_bytes()[..]].concat());
    mixed.as_bytes().iter().fold(0, |all, byte| (all << 8) ^ u64::from(*byte))
}
