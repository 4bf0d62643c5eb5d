//! A run in the simulated world, watched at every step.

use std::collections::{BTreeSet, VecDeque};

use jiff::SignedDuration;

use super::clock::Clock;
use super::company::Company;
use super::ledger::Ledger;
use super::mishap::Mishap;
use super::oracle::{Snapshot, Standing};
use super::planted::{Bug, seams};
use super::random::Random;
use super::target::Target;
use super::{imports, invariants};
use crate::daemon::books::Books;
use crate::destination::Reply;
use crate::engine::{Aim, Effect, Event, Job, Outcome, Run, Transaction};
use crate::plan::guard::Pair;
use crate::roster::Timestamp;
use crate::store::Store;

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
    pub ledger: Ledger,
    /// The company before each step.
    pub past: Vec<Company>,
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
        match self.perform(sync, job, &Mishap::default(), &mut Random::new(0, 0)).await? {
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

    /// Runs a sync; what must hold is looked at on the way.
    pub async fn attempt(
        &mut self,
        sync: usize,
        mishap: &Mishap,
        random: &mut Random,
    ) -> Result<Option<Outcome>, String> {
        let job = self.jobs[sync].clone();
        let paused = self.paused[sync] > self.now;
        let outcome = self.perform(sync, job, mishap, random).await?;
        self.store.probe_break(None).await.map_err(|error| error.to_string())?;
        match &outcome {
            // Who points elsewhere is told so first.
            Some(Outcome::Synced(tally))
                if tally.failed.as_ref().is_none_or(|why| !why.contains("the config now says"))
                    && paused != tally.waits.as_ref().is_some_and(|why| why.starts_with("paused")) =>
            {
                return Err(format!("{} is paused until {:.0}: {tally:?}", self.names[sync], self.paused[sync]));
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

    async fn perform(
        &mut self,
        sync: usize,
        job: Job,
        mishap: &Mishap,
        random: &mut Random,
    ) -> Result<Option<Outcome>, String> {
        let (mut reading, mut shown) = mishap.reading(self, sync);
        let (began, ahead) = (self.clock.host(self.now), self.clock.ahead());
        let mut run = Run::new(job.clone());
        let moment = |clock: &Clock, now: Timestamp| clock.host(now).steady(began);
        let mut effects = VecDeque::from(run.handle(began, Event::Start));
        let mut books = Books::new(&mut self.store, job.clone());
        for performed in 0..2_000 {
            if mishap.crash_before.is_some_and(|crash| performed >= crash) {
                return Ok(None);
            }
            mishap.strike(performed, &mut self.clock, books.store()).await?;
            let event = match effects.pop_front().ok_or("a run came to a stop without an end")? {
                Effect::Finish(outcome) => return Ok(Some(*outcome)),
                Effect::Tell(_) => continue,
                Effect::Commit(transaction) => {
                    let enrols = matches!(transaction, Transaction::Begin) && job.purpose == Aim::Sync;
                    if enrols {
                        self.clock.looked(ahead);
                    }
                    if matches!(transaction, Transaction::Observe(_)) {
                        self.target.meddled.clear();
                    }
                    let ends = matches!(transaction, Transaction::End(_));
                    let admitted = match &transaction {
                        Transaction::Admit(admit) => {
                            imports::guarded(sync, admit, &shown.found, &self.ledger, self.now)?;
                            Some(shown.admit(&self.ledger, sync, job.rules, admit, self.now)?)
                        }
                        _ => None,
                    };
                    let moment = moment(&self.clock, self.now);
                    let answer = match seams::commit(self.planted, &mut books, transaction, moment).await {
                        Ok(answer) => answer,
                        Err(_) if mishap.is_broken(performed) => return Ok(None),
                        Err(error) => return Err(error.to_string()),
                    };
                    if enrols {
                        self.names[sync].clone_from(&job.sync);
                    }
                    if let Some(ledger) = admitted {
                        self.ledger = ledger;
                        self.admitted[sync].clone_from(&shown.found);
                        self.ever.extend(shown.found.values().filter_map(Standing::identity).map(str::to_owned));
                        let realm = job.destination.realm();
                        invariants::admitted(books.store(), &realm, &self.names, &self.admitted, sync).await?;
                    }
                    if ends {
                        let (name, realm) = (&self.names[sync], job.destination.realm());
                        self.ledger.ended(books.store(), &realm, sync, name).await?;
                    }
                    Event::Committed(answer)
                }
                Effect::Open => reading.open(),
                Effect::ReadPage => reading.page(),
                Effect::LookUp(keys) => {
                    shown.after_all = keys.iter().find(|key| reading.finds(key.as_str())).cloned();
                    reading.look_up(&keys)
                }
                Effect::Call(request) => {
                    let event = on_time(self.target.call(&request, self.now), ahead);
                    self.log.push(format!("    {}", self.target.calls.last().unwrap()));
                    let times = (self.now, moment(&self.clock, self.now).wall);
                    let (names, realm) = (&self.names, job.destination.realm());
                    invariants::called(books.store(), &realm, names, &self.target, &self.ledger, &self.admitted, times)
                        .await?;
                    self.now += SignedDuration::from_millis(i64::try_from(random.below(3_000)).unwrap());
                    event
                }
                Effect::Keep(secret) => self.target.keep(&secret),
                Effect::WakeAt(at) => {
                    self.now = self.now.max(at - ahead);
                    Event::Woken
                }
            };
            if mishap.hangs && matches!(event, Event::ReadFailed(_)) {
                self.now += SignedDuration::from_mins(1);
            }
            self.target.arrive(self.now);
            let event = seams::event(self.planted, event);
            effects.extend(run.handle(moment(&self.clock, self.now), event));
        }
        Err("a run without an end".to_owned())
    }
}

/// The target asks to wait for so long, and rosterd takes it for a moment of its own clock.
fn on_time(mut event: Event, ahead: SignedDuration) -> Event {
    if let Event::Replied(Reply { retry_after: Some(at), .. }) = &mut event {
        *at += ahead;
    }
    event
}
