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
use crate::transport::{self, Transport};

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

/// Why a run did not come to its end.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The target's settings can't be used.
    #[error(transparent)]
    Transport(#[from] transport::Error),
    /// On its way.
    #[error(transparent)]
    Perform(#[from] PerformError),
}

/// Runs a sync.
pub async fn perform(
    config: &Config,
    sync: &Sync,
    store: &mut Store,
    order: Order<'_>,
    tell: &mut (dyn FnMut(&Progress) + Send),
) -> Result<Outcome, RunError> {
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
    let transport = Transport::new(&target.http)?;
    let sources = Sources::of(config, sync);
    Ok(Performer::new(store, sources, transport, job, clock, stop).run(tell).await?)
}

/// Enough randomness to keep many hosts from retrying together.
fn seed() -> u64 {
    let moment = Timestamp::now().as_nanosecond().to_le_bytes();
    let mixed = Fingerprint::of(&[&moment[..], &std::process::id().to_le_bytes()[..]].concat());
    mixed.as_bytes().iter().fold(0, |all, byte| (all << 8) ^ u64::from(*byte))
}
