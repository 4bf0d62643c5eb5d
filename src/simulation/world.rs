//! A run in the simulated world, watched at every step.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::clock::Clock;
use super::company::Company;
use super::invariants;
use super::ledger::Ledger;
use super::mishap::Mishap;
use super::oracle::Snapshot;
use super::perform::perform;
use super::planted::Bug;
use super::random::Random;
use super::setup::Manner;
use super::target::Target;
use crate::engine::{Aim, Job, Outcome};
use crate::plan::guard::Pair;
use crate::roster::Timestamp;
use crate::store::{Cutoff, Store};

pub const SYNCS: [&str; 2] = ["staff", "hosts"];

/// Everything there is.
pub struct World {
    pub store: Store,
    /// The true time: what the target goes by, and the quotas.
    pub now: Timestamp,
    pub clock: Clock,
    pub company: Company,
    /// Where the config says the target is.
    pub url: String,
    pub target: Target,
    pub jobs: Vec<Job>,
    /// What the store calls each sync; after them those that the config does not name any more.
    pub names: Vec<String>,
    /// The sync that became another one.
    pub parted: Option<usize>,
    /// What the latest admitted reading of each of them found.
    pub admitted: Vec<Snapshot>,
    /// Identities that an admitted reading found active, or an import said to be.
    pub ever: BTreeSet<String>,
    /// Members at the target that somebody else put there.
    pub strangers: BTreeSet<String>,
    pub manner: Manner,
    /// How long values and the audit are kept.
    pub kept: (Duration, Duration),
    pub ledger: Ledger,
    /// The company before each step.
    pub past: Vec<Arc<Company>>,
    /// Another server answers until further notice, which is so many steps behind.
    pub elsewhere: Option<usize>,
    /// The target is in trouble until then.
    pub down_until: Timestamp,
    /// Until when each sync is paused.
    pub paused: Vec<Timestamp>,
    /// What happened, for people to read.
    pub log: Vec<String>,
    /// A bug that is to be found.
    pub planted: Option<Bug>,
}

impl World {
    pub fn later(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
        self.target.arrive(self.now);
    }

    /// Somebody looks through the store for what was kept for long enough.
    pub async fn tidy(&mut self) -> Result<(), String> {
        let now = self.command().await?;
        let (values, audit) = self.kept;
        let cutoff = Cutoff::at(now, values, audit);
        let broken = |error: crate::store::Error| error.to_string();
        for realm in self.store.realms().await.map_err(broken)? {
            while self.store.expire_people(&realm, cutoff).await.map_err(broken)? > 0 {}
        }
        while self.store.expire_record(cutoff).await.map_err(broken)? > 0 {}
        invariants::at_rest(self).await
    }

    /// What the wall clock says to a command, which looks whether it was set.
    pub async fn command(&mut self) -> Result<Timestamp, String> {
        let now = self.clock.host(self.now);
        self.clock.looked(self.clock.ahead());
        self.store.follow_clock(now).await.map_err(|error| error.to_string())?;
        Ok(now.wall)
    }

    /// A sync's number in the store, once it ran.
    pub async fn feed(&mut self, sync: usize) -> Option<i64> {
        self.store.feed(&self.names[sync], None).await.unwrap().map(|(feed, _)| feed.id)
    }

    /// The target as the store knows it.
    pub fn realm(&self) -> String {
        self.jobs[0].destination.realm()
    }

    /// What a sync would hold now.
    pub async fn would_hold(&mut self, sync: usize) -> Result<Vec<Pair>, String> {
        let job = Job { purpose: Aim::Plan, ..self.jobs[sync].clone() };
        match perform(self, sync, job, &Mishap::default(), &mut Random::new(0, 0)).await? {
            Some(Outcome::Planned(planned)) => {
                let observed = &planned.question.observed;
                Ok(planned.plan.held().map(|change| crate::plan::guard::pair(observed, change)).collect())
            }
            _ => Ok(Vec::new()),
        }
    }

    /// Runs a sync; what must hold is looked at on the way and afterwards.
    pub async fn run(&mut self, sync: usize, mishap: &Mishap, random: &mut Random) -> Result<(), String> {
        self.attempt(sync, mishap, random).await?;
        invariants::at_rest(self).await
    }

    /// Goes on with a sync's last run; what must hold is looked at on the way and afterwards.
    pub async fn resume(&mut self, sync: usize, mishap: &Mishap, random: &mut Random) -> Result<(), String> {
        let job = Job { purpose: Aim::Resume, ..self.jobs[sync].clone() };
        let Some((feed, _)) = self.store.feed(&job.sync, job.was.as_deref()).await.unwrap() else { return Ok(()) };
        let Some(before) = self.store.last_tally(feed.id).await.unwrap() else { return Ok(()) };
        if let Some(Outcome::Synced(after)) = self.perform(sync, job, mishap, random).await? {
            invariants::added_up(&before, &after)?;
        }
        invariants::at_rest(self).await
    }

    /// When a sync's last run can go on by itself, as the host's clock tells it.
    pub async fn wake(&mut self, sync: usize) -> Option<Timestamp> {
        let job = &self.jobs[sync];
        self.store.past(&job.sync, job.was.as_deref()).await.unwrap().and_then(|past| past.wake)
    }

    /// Runs a sync; what must hold is looked at on the way.
    pub async fn attempt(
        &mut self,
        sync: usize,
        mishap: &Mishap,
        random: &mut Random,
    ) -> Result<Option<Outcome>, String> {
        self.perform(sync, self.jobs[sync].clone(), mishap, random).await
    }

    async fn perform(
        &mut self,
        sync: usize,
        job: Job,
        mishap: &Mishap,
        random: &mut Random,
    ) -> Result<Option<Outcome>, String> {
        let paused = self.paused[sync] > self.now;
        let began = self.clock.host(self.now);
        let outcome = perform(self, sync, job, mishap, random).await?;
        self.store.probe_break(None).await.map_err(|error| error.to_string())?;
        match &outcome {
            // Who points elsewhere is told so first.
            Some(Outcome::Synced(tally))
                if tally.failed.as_ref().is_none_or(|why| !why.contains("the config now says"))
                    && paused != tally.waits.as_ref().is_some_and(|why| why.starts_with("paused")) =>
            {
                return Err(format!("{} is paused until {:.0}: {tally:?}", self.names[sync], self.paused[sync]));
            }
            Some(Outcome::Synced(tally)) if tally.pending > 0 && tally.waits.is_none() => {
                return Err(format!("{} members are pending, and nobody says why", tally.pending));
            }
            Some(Outcome::Synced(tally))
                if tally.wake.is_some_and(|wake| wake <= self.clock.host(self.now).steady(began).wall) =>
            {
                return Err(format!("a run ended to go on at once: {tally:?}"));
            }
            Some(Outcome::Synced(tally)) => self.log.push(format!(
                "  → {}{} {:?} held {} confirmed {} pending {}{}",
                self.names[sync],
                tally.failed.as_ref().map(|why| format!(" failed: {why}")).unwrap_or_default(),
                tally.kinds,
                tally.held,
                tally.confirmed,
                tally.pending,
                tally.waits.as_ref().map(|why| format!(" {why}")).unwrap_or_default(),
            )),
            _ => self.log.push(format!("  → {} crashed", self.names[sync])),
        }
        Ok(outcome)
    }
}
