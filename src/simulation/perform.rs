//! A run's effects, performed on simulated things and watched one by one.

use std::collections::{BTreeSet, VecDeque};

use jiff::SignedDuration;

use super::clock::Clock;
use super::directory::Reading;
use super::ledger::Ledger;
use super::mishap::{Mishap, Shown};
use super::oracle::{Snapshot, Standing};
use super::planted::{Bug, seams};
use super::random::Random;
use super::target::Target;
use super::world::World;
use super::{imports, invariants};
use crate::daemon::books::Books;
use crate::destination::{Reply, Request};
use crate::engine::{Admit, Aim, Effect, Event, Extent, Job, Outcome, Run, Transaction};
use crate::plan::Kind;
use crate::roster::{Now, Timestamp};

/// So many effects are enough for every run.
const ENOUGH: usize = 2_000;

/// Performs a run; nothing when it crashed.
pub async fn perform(
    world: &mut World,
    sync: usize,
    job: Job,
    mishap: &Mishap,
    random: &mut Random,
) -> Result<Option<Outcome>, String> {
    let (reading, shown) = mishap.reading(world, sync);
    let (began, ahead) = (world.clock.host(world.now), world.clock.ahead());
    let World { store, now, clock, target, names, admitted, ever, ledger, log, planted, .. } = world;
    let books = Books::new(store, job.clone());
    let (bug, realm) = (*planted, job.destination.realm());
    let mut stage = Stage {
        books,
        reading,
        shown,
        began,
        ahead,
        now,
        clock,
        target,
        names,
        admitted,
        ever,
        ledger,
        log,
        bug,
        sync,
        job,
        realm,
        looked: false,
    };
    let mut run = Run::new(stage.job.clone());
    let mut effects = VecDeque::from(run.handle(began, Event::Start));
    for performed in 0..ENOUGH {
        if mishap.crash_before.is_some_and(|crash| performed >= crash) {
            return Ok(None);
        }
        mishap.strike(performed, stage.clock, stage.books.store()).await?;
        let effect = effects.pop_front().ok_or("a run came to a stop without an end")?;
        if stage.job.purpose == Aim::Resume {
            invariants::resumed(&effect)?;
        }
        let event = match effect {
            Effect::Finish(outcome) => return Ok(Some(*outcome)),
            Effect::Tell(_) => continue,
            Effect::Commit(transaction) => match stage.commit(transaction).await {
                Ok(event) => event,
                Err(Trouble::Store(_)) if mishap.is_broken(performed) => return Ok(None),
                Err(Trouble::Store(why) | Trouble::Broken(why)) => return Err(why),
            },
            Effect::Open => stage.reading.open(),
            Effect::ReadPage => stage.reading.page(),
            Effect::AskChanges(marks) => stage.reading.changed(&marks),
            Effect::Fetch(whom) => stage.reading.fetch(&whom),
            Effect::Date(_) => Event::Dated(Vec::new()),
            Effect::LookUp(keys) => {
                stage.shown.after_all = keys.iter().find(|key| stage.reading.finds(key.as_str())).cloned();
                stage.reading.look_up(&keys)
            }
            Effect::Call(request) => stage.call(&request, random).await?,
            Effect::Keep(secret) => stage.target.keep(&secret),
            Effect::WakeAt(at) => {
                *stage.now = (*stage.now).max(at - ahead);
                Event::Woken
            }
        };
        if mishap.hangs && matches!(event, Event::ReadFailed(_)) {
            *stage.now += SignedDuration::from_mins(1);
        }
        stage.target.arrive(*stage.now);
        effects.extend(run.handle(stage.moment(), seams::event(bug, event)));
    }
    Err("a run without an end".to_owned())
}

/// Why a transaction was not committed.
enum Trouble {
    /// The store.
    Store(String),
    /// Something does not hold.
    Broken(String),
}

impl From<String> for Trouble {
    fn from(why: String) -> Self {
        Self::Broken(why)
    }
}

/// What a run is performed on.
struct Stage<'a> {
    books: Books<'a>,
    reading: Reading,
    shown: Shown,
    /// What the host's clock said when the run began, and by how much it was ahead.
    began: Now,
    ahead: SignedDuration,
    now: &'a mut Timestamp,
    clock: &'a mut Clock,
    target: &'a mut Target,
    names: &'a mut Vec<String>,
    admitted: &'a mut Vec<Snapshot>,
    ever: &'a mut BTreeSet<String>,
    ledger: &'a mut Ledger,
    log: &'a mut Vec<String>,
    bug: Option<Bug>,
    sync: usize,
    job: Job,
    realm: String,
    /// The target was looked at.
    looked: bool,
}

impl Stage<'_> {
    /// What the run takes the time for.
    fn moment(&self) -> Now {
        self.clock.host(*self.now).steady(self.began)
    }

    async fn commit(&mut self, transaction: Transaction) -> Result<Event, Trouble> {
        let enrols = matches!(transaction, Transaction::Begin) && self.job.purpose == Aim::Sync;
        if enrols || matches!(transaction, Transaction::Resume) {
            self.clock.looked(self.ahead);
        }
        self.looked |= matches!(transaction, Transaction::Observe(_));
        let ends = matches!(transaction, Transaction::End(_));
        let mut let_go = BTreeSet::new();
        let admitted = match &transaction {
            Transaction::Admit(admit) => {
                let_go = joining(admit);
                imports::guarded(self.sync, admit, &self.shown.found, self.ledger, *self.now)?;
                if matches!(admit.extent, Extent::Touched { .. }) {
                    self.shown.touched();
                }
                Some(self.shown.admit(self.ledger, self.sync, self.job.rules, admit, *self.now)?)
            }
            // Nobody was there to be judged: whoever is looked for by what changed is as they were.
            Transaction::Advance(standpoint) => {
                self.shown.touched();
                Some(self.shown.advance(self.ledger, self.sync, standpoint, *self.now))
            }
            _ => None,
        };
        let moment = self.moment();
        let answer = seams::commit(self.bug, &mut self.books, transaction, moment).await;
        let answer = answer.map_err(|error| Trouble::Store(error.to_string()))?;
        if enrols {
            self.names[self.sync].clone_from(&self.job.sync);
        }
        if let Some(ledger) = admitted {
            *self.ledger = ledger;
            self.target.clients.bereft.retain(|key| !let_go.contains(key));
            self.admitted().await?;
        }
        if ends {
            let name = &self.names[self.sync];
            self.ledger.ended(self.books.store(), &self.realm, self.sync, name).await?;
        }
        Ok(Event::Committed(answer))
    }

    /// A reading was admitted.
    async fn admitted(&mut self) -> Result<(), String> {
        let found = &self.shown.found;
        self.admitted[self.sync].clone_from(found);
        self.ever.extend(found.values().filter_map(Standing::identity).map(str::to_owned));
        if self.looked {
            self.found_out().await?;
        }
        let sync = (self.sync, self.target.kind);
        invariants::admitted(self.books.store(), &self.realm, self.names, self.admitted, sync).await
    }

    /// What somebody else did at the target is known now, but of the other sync's people.
    async fn found_out(&mut self) -> Result<(), String> {
        let people = self.books.store().probe_people(&self.realm).await.map_err(|error| error.to_string())?;
        let name = &self.job.sync;
        let elsewhere = |identity: &String| {
            people
                .iter()
                .any(|person| person.active && person.identity.as_ref() == Some(identity) && person.sync != *name)
        };
        self.target.meddled.retain(elsewhere);
        Ok(())
    }

    async fn call(&mut self, request: &Request, random: &mut Random) -> Result<Event, String> {
        let event = on_time(self.target.call(request, *self.now), self.ahead);
        self.log.push(format!("    {}", self.target.calls.last().unwrap()));
        let times = (*self.now, self.moment().wall);
        let store = self.books.store();
        invariants::called(store, &self.realm, self.names, self.target, self.ledger, self.admitted, times).await?;
        *self.now += SignedDuration::from_millis(i64::try_from(random.below(3_000)).unwrap());
        Ok(event)
    }
}

/// Whom the guard lets join or return.
fn joining(admit: &Admit) -> BTreeSet<String> {
    let changes = admit.plan.changes.iter().filter(|change| change.held.is_none());
    let joining = changes.filter(|change| matches!(change.kind, Kind::Join | Kind::Return));
    joining.map(|change| admit.question.observed[change.observed].key.as_str().to_owned()).collect()
}

/// The target asks to wait for so long, and rosterd takes it for a moment of its own clock.
fn on_time(mut event: Event, ahead: SignedDuration) -> Event {
    if let Event::Replied(Reply { retry_after: Some(at), .. }) = &mut event {
        *at += ahead;
    }
    event
}
