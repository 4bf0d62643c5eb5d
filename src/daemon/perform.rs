//! The loop that performs one run's effects, one after the other.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;

use super::books::Books;
use super::clock::Going;
use super::keep::see_to;
use super::source::SourceError;
use super::sources::Sources;
use super::stop::{Stop, Stopping};
use crate::config::Http;
use crate::destination::{Reply, Request};
use crate::engine::{Effect, Event, Job, Outcome, Progress, Run, Transaction};
use crate::roster::Now;
use crate::store::{self, Store};
use crate::transport::{self, Transport};

/// Why a run could not go on. The store is as after a crash at this point: nothing is lost.
#[derive(Debug, thiserror::Error)]
pub enum PerformError {
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// Somebody.
    #[error(transparent)]
    Stopped(#[from] Stopping),
}

/// Everything a run touches.
pub struct Performer<'a> {
    books: Books<'a>,
    sources: Sources,
    /// How the target is called; not before there is something to say: reading all authorities takes longer than a run
    /// that finds nothing to do.
    http: Http,
    transport: Option<Transport>,
    job: Job,
    /// The next run begins with a look whether the clock was set meanwhile.
    clock: &'a Going,
    stop: Stop,
}

impl<'a> Performer<'a> {
    /// A run of a job on real things, until it ends or is stopped.
    pub fn new(store: &'a mut Store, sources: Sources, http: Http, job: Job, clock: &'a Going, stop: Stop) -> Self {
        Self { books: Books::new(store, job.clone()), sources, http, transport: None, job, clock, stop }
    }

    /// Performs a run to its end. Told to stop, it still waits for the answer to a call, and records what became of it.
    pub async fn run(mut self, tell: &mut (dyn FnMut(&Progress) + Send)) -> Result<Outcome, PerformError> {
        let mut run = Run::new(self.job.clone());
        let mut effects = VecDeque::from(run.handle(self.now(), Event::Start));
        let stop = self.stop.clone();
        while let Some(effect) = effects.pop_front() {
            let event = match effect {
                Effect::Finish(outcome) => return Ok(*outcome),
                Effect::Tell(progress) => {
                    tell(&progress);
                    continue;
                }
                // A batch that is marked as sent, or a charge that is made, was so before the stop.
                effect @ (Effect::Call(_) | Effect::Keep(_)) => self.perform(effect).await?,
                effect if records(&effect) => self.perform(effect).await?,
                _ if stop.asked() => return Err(Stopping.into()),
                effect => tokio::select! {
                    biased;
                    () = stop.wait() => return Err(Stopping.into()),
                    event = self.perform(effect) => event?,
                },
            };
            effects.extend(run.handle(self.now(), event));
        }
        unreachable!("a run ends with Finish")
    }

    async fn perform(&mut self, effect: Effect) -> Result<Event, PerformError> {
        Ok(match effect {
            Effect::Commit(transaction) => Event::Committed(self.books.commit(transaction, self.clock.now()).await?),
            Effect::Open => {
                let now = self.now().wall;
                let opened = self.sources.open(self.books.store(), now).await;
                read(opened.map(Event::Opened))?
            }
            Effect::ReadPage => read(self.sources.page().await.map(Event::Page))?,
            Effect::AskChanges(marks) => read(self.sources.changed(&marks).await.map(Event::Changed))?,
            Effect::Fetch(whom) => read(self.sources.fetch(&whom).await.map(Event::Fetched))?,
            Effect::Date(keys) => Event::Dated(self.sources.dates(&keys).await),
            Effect::LookUp(keys) => read(self.sources.look_up(&keys).await.map(Event::Sighted))?,
            Effect::Call(request) => match self.call(&request).await {
                transport::Answer::Reply(reply) => Event::Replied(self.on_time(reply)),
                transport::Answer::Unsent(why) => Event::Unsent(why),
                transport::Answer::Unanswered(why) => Event::Unanswered(why),
            },
            Effect::Keep(chore) => Event::Kept(see_to(&chore).await),
            Effect::WakeAt(moment) => {
                let wait = moment.duration_since(self.now().wall);
                tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await;
                Event::Woken
            }
            Effect::Tell(_) | Effect::Finish(_) => unreachable!("nothing comes back of these"),
        })
    }

    async fn call(&mut self, request: &Request) -> transport::Answer {
        let transport = match self.transport.take().map_or_else(|| Transport::new(&self.http), Ok) {
            Ok(transport) => self.transport.insert(transport),
            Err(error) => return transport::Answer::Unsent(error.to_string()),
        };
        transport.call(request).await
    }

    fn now(&self) -> Now {
        self.clock.now()
    }

    /// The transport told by the wall clock how long the target asked to wait.
    fn on_time(&self, reply: Reply) -> Reply {
        let behind = self.now().wall.duration_since(Timestamp::now());
        let retry_after = reply.retry_after.map(|at| at.checked_add(behind).unwrap_or(Timestamp::MAX));
        Reply { retry_after, ..reply }
    }
}

/// What must not be left out once something left for the target.
fn records(effect: &Effect) -> bool {
    let Effect::Commit(transaction) = effect else { return false };
    match transaction {
        Transaction::Token(_)
        | Transaction::Note(..)
        | Transaction::Wait(..)
        | Transaction::Settle(..)
        | Transaction::Observe(_)
        | Transaction::DropToken
        | Transaction::Reject(..)
        | Transaction::Count
        | Transaction::End(_) => true,
        Transaction::Begin
        | Transaction::Know
        | Transaction::Suspect(..)
        | Transaction::Recognise(_)
        | Transaction::Date(_)
        | Transaction::Advance(_)
        | Transaction::Resume
        | Transaction::Stage(_)
        | Transaction::Recall(_)
        | Transaction::Admit(_)
        | Transaction::Survey
        | Transaction::Charge(_)
        | Transaction::Claim(_)
        | Transaction::MarkSent(_) => false,
    }
}

/// A directory that fails is something that happened to the run; a store that fails ends it.
fn read(result: Result<Event, SourceError>) -> Result<Event, PerformError> {
    match result {
        Ok(event) => Ok(event),
        Err(SourceError::Directory(why)) => Ok(Event::ReadFailed(why)),
        Err(SourceError::Store(error)) => Err(error.into()),
    }
}
