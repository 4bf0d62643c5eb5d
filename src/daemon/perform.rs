//! The loop that performs one run's effects, one after the other.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::books::Books;
use super::keep::keep;
use super::source::{Source, SourceError};
use crate::engine::{Effect, Event, Job, Outcome, Progress, Run};
use crate::roster::Now;
use crate::store::{self, Store};
use crate::transport::{self, Transport};

/// Why a run could not go on. The store is as after a crash at this point: nothing is lost.
#[derive(Debug, thiserror::Error)]
pub enum PerformError {
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// Everything a run touches.
pub struct Performer<'a> {
    books: Books<'a>,
    source: Source,
    transport: Transport,
    job: Job,
    began: Instant,
}

impl<'a> Performer<'a> {
    /// A run of a job on real things.
    pub fn new(store: &'a mut Store, source: Source, transport: Transport, job: Job) -> Self {
        Self { books: Books::new(store, job.clone()), source, transport, job, began: Instant::now() }
    }

    /// Performs a run to its end.
    pub async fn run(mut self, tell: &mut dyn FnMut(&Progress)) -> Result<Outcome, PerformError> {
        let mut run = Run::new(self.job.clone());
        let mut effects = VecDeque::from(run.handle(self.now(), Event::Start));
        while let Some(effect) = effects.pop_front() {
            let event = match effect {
                Effect::Finish(outcome) => return Ok(*outcome),
                Effect::Tell(progress) => {
                    tell(&progress);
                    continue;
                }
                Effect::Commit(transaction) => {
                    Event::Committed(self.books.commit(transaction, Timestamp::now()).await?)
                }
                Effect::Open => {
                    let opened = self.source.open(self.books.store(), Timestamp::now()).await;
                    read(opened.map(Event::Opened))?
                }
                Effect::ReadPage => read(self.source.page().await.map(Event::Page))?,
                Effect::LookUp(keys) => read(self.source.look_up(&keys).await.map(Event::Sighted))?,
                Effect::Call(request) => match self.transport.call(&request).await {
                    transport::Answer::Reply(reply) => Event::Replied(reply),
                    transport::Answer::Unsent(why) => Event::Unsent(why),
                    transport::Answer::Unanswered(why) => Event::Unanswered(why),
                },
                Effect::Keep(secret) => Event::Kept(keep(&secret)),
                Effect::WakeAt(moment) => {
                    let wait = moment.duration_since(Timestamp::now());
                    tokio::time::sleep(Duration::try_from(wait).unwrap_or_default()).await;
                    Event::Woken
                }
            };
            effects.extend(run.handle(self.now(), event));
        }
        unreachable!("a run ends with Finish")
    }

    fn now(&self) -> Now {
        Now { wall: Timestamp::now(), monotonic: self.began.elapsed() }
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
