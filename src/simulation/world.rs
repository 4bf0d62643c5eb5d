//! A run in the simulated world, watched at every step.

use std::collections::{BTreeSet, VecDeque};
use std::time::Duration;

use jiff::SignedDuration;

use super::company::Company;
use super::ledger::Ledger;
use super::oracle::{self, Snapshot, Standing};
use super::random::Random;
use super::target::Target;
use super::{imports, invariants};
use crate::daemon::books::Books;
use crate::engine::{Aim, Effect, Event, Job, Outcome, Run, Transaction};
use crate::plan::guard::Pair;
use crate::roster::{Now, Timestamp};
use crate::store::Store;

pub const SYNCS: [&str; 2] = ["staff", "hosts"];

/// Everything there is.
pub struct World {
    pub store: Store,
    pub now: Timestamp,
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
    /// What happened, for people to read.
    pub log: Vec<String>,
}

/// What goes wrong with one run, apart from the target.
#[derive(Clone, Debug, Default)]
pub struct Mishap {
    pub crash_before: Option<usize>,
    pub unreachable: bool,
    pub fails_at_page: Option<usize>,
    pub look_up_fails: bool,
    /// This person is not read although they are there.
    pub omitted: Option<String>,
    /// This person's entry has no key.
    pub keyless: Option<String>,
    /// Another entry has this person's key.
    pub doubled: Option<String>,
    /// Another server answers.
    pub elsewhere: bool,
}

impl World {
    pub fn later(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
        self.target.arrive(self.now);
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
        let outcome = self.perform(sync, job, mishap, random).await?;
        match &outcome {
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
        let (mut reading, found) = self.reading(sync, mishap);
        let mut run = Run::new(job.clone());
        let moment = |wall: Timestamp| Now { wall, monotonic: Duration::ZERO };
        let mut effects = VecDeque::from(run.handle(moment(self.now), Event::Start));
        let mut books = Books::new(&mut self.store, job.clone());
        let mut found_after_all = None;
        for performed in 0..2_000 {
            if mishap.crash_before.is_some_and(|crash| performed >= crash) {
                return Ok(None);
            }
            let event = match effects.pop_front().ok_or("a run came to a stop without an end")? {
                Effect::Finish(outcome) => return Ok(Some(*outcome)),
                Effect::Tell(_) => continue,
                Effect::Commit(transaction) => {
                    let admits = matches!(transaction, Transaction::Admit(_));
                    let enrols = matches!(transaction, Transaction::Begin) && job.purpose == Aim::Sync;
                    if let Transaction::Admit(admit) = &transaction {
                        if let Some(key) = &found_after_all {
                            return Err(format!("a reading without {key} is admitted although the look-up found them"));
                        }
                        imports::guarded(sync, admit, &found, &self.ledger, self.now)?;
                        self.ledger.admit(sync, admit, self.now)?;
                    }
                    let answer = books.commit(transaction, self.now).await.map_err(|error| error.to_string())?;
                    if enrols {
                        self.names[sync].clone_from(&job.sync);
                    }
                    if admits {
                        self.admitted[sync].clone_from(&found);
                        self.ever.extend(found.values().filter_map(Standing::identity).map(str::to_owned));
                        let (names, realm) = (&self.names, job.destination.realm());
                        invariants::admitted(books.store(), &realm, names, &self.admitted, sync).await?;
                    }
                    Event::Committed(answer)
                }
                Effect::Open => reading.open(),
                Effect::ReadPage => reading.page(),
                Effect::LookUp(keys) => {
                    let omitted = |key: &&String| keys.iter().any(|looked_up| looked_up.as_str() == **key);
                    found_after_all = mishap.omitted.as_ref().filter(omitted).filter(|key| reading.finds(key)).cloned();
                    reading.look_up(&keys)
                }
                Effect::Call(request) => {
                    let event = self.target.call(&request, self.now);
                    self.log.push(format!("    {}", self.target.calls.last().unwrap()));
                    let (names, realm) = (&self.names, job.destination.realm());
                    invariants::called(
                        books.store(),
                        &realm,
                        names,
                        &self.target,
                        &self.ledger,
                        &self.admitted,
                        self.now,
                    )
                    .await?;
                    self.now += SignedDuration::from_millis(i64::try_from(random.below(3_000)).unwrap());
                    event
                }
                Effect::WakeAt(at) => {
                    self.now = self.now.max(at);
                    Event::Woken
                }
            };
            self.target.arrive(self.now);
            effects.extend(run.handle(moment(self.now), event));
        }
        Err("a run without an end".to_owned())
    }

    /// A reading of the directory as it is now, and what it shows.
    fn reading(&self, sync: usize, mishap: &Mishap) -> (super::directory::Reading, Snapshot) {
        let mut directory = self.company.directory(sync);
        let mut found = oracle::snapshot(&self.company, sync, self.now);
        directory.unreachable = mishap.unreachable;
        directory.fails_at_page = mishap.fails_at_page;
        directory.look_up_fails = mishap.look_up_fails;
        if let Some(key) = &mishap.omitted
            && directory.people.remove(key).is_some()
        {
            directory.sightings.insert(key.clone(), crate::directory::Sighting::Matches);
            found.remove(key);
        }
        if let Some(key) = &mishap.keyless
            && let Some(person) = directory.people.get_mut(key)
        {
            person.without("uid");
            directory.sightings.insert(key.clone(), crate::directory::Sighting::Gone);
            found.remove(key);
        }
        if let Some(key) = &mishap.doubled
            && let Some(mut person) = directory.people.get(key).cloned()
        {
            person.set("title", "Twin");
            if directory.people.insert(format!("{key} twin"), person).is_none() && found.contains_key(key) {
                found.insert(key.clone(), Standing::Unclear);
            }
        }
        if mishap.elsewhere {
            directory.server.name = "dc2".to_owned();
        }
        (directory.read(&self.jobs[sync].mapping, self.now), found)
    }
}
