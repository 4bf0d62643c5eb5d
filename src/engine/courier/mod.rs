//! Delivery: asks what there is to do, does the one next thing, and asks again.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use super::{Answer, Effect, Event, Job, Progress, Tally, Transaction};
use crate::delivery::batch::Batch;
use crate::delivery::next::{Next, Work, next};
use crate::delivery::quota::Purpose;
use crate::destination::{Destination, Env, Input, Item, Look, Ticket};
use crate::roster::{Fingerprint, Identity, Timestamp};

mod delivery;
mod observation;
mod token;

pub use delivery::REFUSES_EVERYBODY;
use observation::Observation;

/// The first pause after a failed delivery.
const BASE: Duration = Duration::from_secs(5);
/// The longest one.
const CAP: Duration = Duration::from_mins(15);
/// A delivery in progress.
#[derive(Debug)]
pub struct Courier {
    doing: Doing,
    deadline: Timestamp,
    work: Work,
    token: Option<SecretString>,
    failures: u32,
    /// Smaller than the target's limit once it said "too large".
    size: usize,
    refused_in_a_row: u32,
    observation: Observation,
    look: Look,
    /// The target, where it told what makes a difference to it.
    informed: Option<Arc<dyn Destination>>,
    session: Fingerprint,
    once: BTreeMap<Identity, SecretString>,
}

/// A batch with its frozen members.
#[derive(Debug)]
struct Parcel {
    batch: Batch,
    items: Vec<Item>,
}

#[derive(Debug)]
enum Doing {
    Surveying,
    Charging,
    Authenticating(i64, Ticket),
    Claiming,
    Marking(Batch),
    /// A step of a batch is taken.
    Stepping(Parcel),
    /// Where a batch's job stands is recorded before it takes this step.
    Noting(Parcel, Effect),
    /// The target is asked whom it knows.
    Observing(Ticket),
    /// What it said is compared with what it confirmed.
    Comparing,
    /// Something is being recorded, and this is to be recorded after it.
    Recording(Option<Transaction>),
    Waiting,
}

/// What came of an event.
pub enum Courtesy {
    /// Go on with these.
    Do(Vec<Effect>),
    /// Nothing more can be done in this run; why, when something is left.
    Over(Option<String>),
}

impl Courier {
    /// A delivery that may wait until a deadline.
    pub fn new(
        job: &Job,
        tally: &Tally,
        once: BTreeMap<Identity, SecretString>,
        deadline: Timestamp,
    ) -> (Self, Vec<Effect>) {
        let courier = Self {
            doing: Doing::Surveying,
            deadline,
            work: Work::default(),
            token: None,
            failures: 0,
            size: job.destination.limits().batch.get(),
            refused_in_a_row: 0,
            observation: Observation::None,
            look: Look::default(),
            informed: None,
            session: Fingerprint::of(format!("{} {} {}", job.seed, tally.run, deadline.as_nanosecond()).as_bytes()),
            once,
        };
        (courier, vec![Effect::Commit(Transaction::Survey)])
    }

    /// A look at a target that can be read; nothing is delivered, and nothing waited for.
    pub fn look(job: &Job, tally: &Tally, now: Timestamp) -> (Self, Vec<Effect>) {
        let (courier, effects) = Self::new(job, tally, BTreeMap::new(), now);
        (Self { observation: Observation::Due, ..courier }, effects)
    }

    /// The target after a look, where what it told makes a difference to it.
    pub fn informed(self) -> Option<Arc<dyn Destination>> {
        self.informed
    }

    /// The next effects.
    pub fn handle(&mut self, job: &Job, tally: &mut Tally, now: Timestamp, event: Event) -> Courtesy {
        let doing = std::mem::replace(&mut self.doing, Doing::Recording(None));
        match (doing, event) {
            (Doing::Surveying, Event::Committed(Answer::Work(work, token, failures))) => {
                (self.work, self.token, self.failures) = (*work, token, failures);
                if self.observation != Observation::None {
                    self.work = std::mem::take(&mut self.work).to_look();
                }
                self.decide(job, tally, now)
            }
            (Doing::Charging, Event::Committed(Answer::Charged(Ok(charge)))) => {
                self.authenticate(job, tally, charge, now)
            }
            (Doing::Authenticating(charge, ticket), event) => {
                self.authenticated(job, tally, charge, &ticket, &event, now)
            }
            (Doing::Claiming, Event::Committed(Answer::Claimed(Some((batch, items)))))
            | (Doing::Marking(batch), Event::Committed(Answer::Frozen(items))) => {
                self.begin(job, tally, Parcel { batch, items }, now)
            }
            (Doing::Noting(parcel, effect), _) => {
                self.doing = Doing::Stepping(parcel);
                Courtesy::Do(vec![effect])
            }
            (Doing::Stepping(parcel), event) => self.go_on(job, tally, parcel, input(&event), now),
            (Doing::Observing(ticket), event) => self.observed(job, tally, &ticket, event, now),
            (Doing::Comparing, Event::Committed(Answer::Drifted(drifted))) => {
                tally.notes.extend(observation::drifted(drifted, job.destination.limits().readable));
                Courtesy::Over(None)
            }
            (Doing::Recording(Some(also)), _) => commit(also),
            // Whatever was recorded, a wait that is over, a claim that found nothing: look again.
            _ => self.survey(),
        }
    }

    fn survey(&mut self) -> Courtesy {
        self.doing = Doing::Surveying;
        commit(Transaction::Survey)
    }

    fn mark(&mut self, batch: Batch) -> Courtesy {
        let id = batch.id;
        self.doing = Doing::Marking(batch);
        commit(Transaction::MarkSent(id))
    }

    fn decide(&mut self, job: &Job, tally: &mut Tally, now: Timestamp) -> Courtesy {
        match next(&self.work, &job.destination.limits(), job.destination.credential(), now) {
            Next::Authenticate => {
                self.doing = Doing::Charging;
                commit(Transaction::Charge(if self.work.leaves { Purpose::Leavers } else { Purpose::Others }))
            }
            Next::Send(batch) | Next::Resume(batch) => self.mark(batch),
            Next::Observe => self.observe(job, tally, now),
            Next::Claim => {
                self.doing = Doing::Claiming;
                commit(Transaction::Claim(self.size))
            }
            Next::Rest(Some((_, why))) | Next::Blocked(why) if self.observation != Observation::None => {
                self.blind(tally, &why)
            }
            Next::Rest(None) => Courtesy::Over(None),
            Next::Rest(Some((until, why))) if until <= self.deadline => {
                self.doing = Doing::Waiting;
                let progress = Progress::Waiting(until, why);
                Courtesy::Do(vec![Effect::Tell(progress), Effect::WakeAt(until)])
            }
            Next::Rest(Some((until, why))) => {
                tally.wake = Some(until);
                Courtesy::Over(Some(format!("waits until {until:.0}: {why}")))
            }
            Next::Blocked(why) => Courtesy::Over(Some(why)),
        }
    }

    /// What a step of a batch's job may look at; or of a job without one, which begins and ends within a run.
    fn env(&self, batch: Option<&Batch>, now: Timestamp) -> Env<'_> {
        let (number, since) = batch.map_or((0, now), |batch| (batch.id, batch.at));
        Env {
            now,
            since,
            session: self.session,
            number,
            once: &self.once,
            ours: &self.work.ours,
            there: &self.work.there,
            token: self.token.as_ref(),
        }
    }
}

fn commit(transaction: Transaction) -> Courtesy {
    Courtesy::Do(vec![Effect::Commit(transaction)])
}

fn input(event: &Event) -> Input<'_> {
    match event {
        Event::Replied(reply) => Input::Reply(reply),
        Event::Unsent(why) => Input::Unsent(why),
        Event::Unanswered(why) => Input::Unanswered(why),
        Event::Kept(kept) => Input::Kept(kept.as_ref().copied().map_err(String::as_str)),
        _ => Input::Unanswered("no answer"),
    }
}
