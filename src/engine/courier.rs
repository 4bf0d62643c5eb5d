//! Delivery: asks what there is to do, does the one next thing, and asks again.

use std::time::Duration;

use secrecy::SecretString;

use super::{Answer, Effect, Event, Job, Progress, Tally, TokenOutcome, Transaction};
use crate::delivery::batch::{self, Batch, Settlement};
use crate::delivery::next::{Next, Work, next};
use crate::delivery::quota::Purpose;
use crate::delivery::retry;
use crate::destination::{self, Done, Env, Input, Item, Step};
use crate::roster::Timestamp;

/// The first pause after a failed delivery.
const BASE: Duration = Duration::from_secs(5);
/// The longest one.
const CAP: Duration = Duration::from_mins(15);
/// So many single refusals in a row without an acceptance mean that the target refuses everybody.
const REJECTING: u32 = 10;

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
}

#[derive(Debug)]
enum Doing {
    Surveying,
    Charging,
    Authenticating(i64),
    Claiming,
    Marking(Batch),
    Sending(Batch, Vec<Item>),
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
    pub fn new(job: &Job, deadline: Timestamp) -> (Self, Vec<Effect>) {
        let courier = Self {
            doing: Doing::Surveying,
            deadline,
            work: Work::default(),
            token: None,
            failures: 0,
            size: job.destination.limits().batch.get(),
            refused_in_a_row: 0,
        };
        (courier, vec![Effect::Commit(Transaction::Survey)])
    }

    /// The next effects.
    pub fn handle(&mut self, job: &Job, tally: &mut Tally, now: Timestamp, event: Event) -> Courtesy {
        let doing = std::mem::replace(&mut self.doing, Doing::Recording(None));
        match (doing, event) {
            (Doing::Surveying, Event::Committed(Answer::Work(work, token, failures))) => {
                (self.work, self.token, self.failures) = (*work, token, failures);
                self.decide(job, now)
            }
            (Doing::Charging, Event::Committed(Answer::Charged(Ok(charge)))) => {
                tally.token_requests += 1;
                tally.requests += 1;
                self.doing = Doing::Authenticating(charge);
                let step = job.destination.start(destination::Job::Authenticate, &env(now, None));
                self.follow_token(job, charge, false, step, now)
            }
            (Doing::Authenticating(charge), event) => {
                let unsent = matches!(event, Event::Unsent(_));
                let step = answered(job, destination::Job::Authenticate, &event, &env(now, None));
                self.follow_token(job, charge, unsent, step, now)
            }
            (Doing::Claiming, Event::Committed(Answer::Claimed(Some(batch)))) => self.mark(batch),
            (Doing::Marking(batch), Event::Committed(Answer::Frozen(items))) => {
                tally.requests += 1;
                let step = job.destination.start(destination::Job::Deliver(&items), &env(now, self.token.as_ref()));
                self.follow_delivery(job, tally, batch, items, step, now)
            }
            (Doing::Sending(batch, items), event) => {
                let step = answered(job, destination::Job::Deliver(&items), &event, &env(now, self.token.as_ref()));
                self.follow_delivery(job, tally, batch, items, step, now)
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

    fn decide(&mut self, job: &Job, now: Timestamp) -> Courtesy {
        match next(&self.work, &job.destination.limits(), job.destination.credential(), now) {
            Next::Lose(batch) => {
                self.doing = Doing::Recording(None);
                commit(Transaction::Lose(batch))
            }
            Next::Authenticate => {
                self.doing = Doing::Charging;
                commit(Transaction::Charge(if self.work.leaves { Purpose::Leavers } else { Purpose::Others }))
            }
            Next::Send(batch) => self.mark(batch),
            Next::Claim => {
                self.doing = Doing::Claiming;
                commit(Transaction::Claim(self.size))
            }
            Next::Rest(None) => Courtesy::Over(None),
            Next::Rest(Some((until, why))) if until <= self.deadline => {
                self.doing = Doing::Waiting;
                let progress = Progress::Waiting(until, why);
                Courtesy::Do(vec![Effect::Tell(progress), Effect::WakeAt(until)])
            }
            Next::Rest(Some((until, why))) => Courtesy::Over(Some(format!("waits until {until:.0}: {why}"))),
            Next::Blocked(why) => Courtesy::Over(Some(why)),
        }
    }

    fn follow_token(&mut self, job: &Job, charge: i64, unsent: bool, step: Step, now: Timestamp) -> Courtesy {
        let pause = |asked| {
            let base = job.destination.limits().token.as_ref().map_or(BASE, retry::token_base);
            retry::not_before(self.failures + 1, base, Duration::from_hours(6), asked, job.seed, now)
        };
        let outcome = match step {
            Step::Call(request) => {
                self.doing = Doing::Authenticating(charge);
                return Courtesy::Do(vec![Effect::Call(request)]);
            }
            Step::Done(Done::Token(token, until)) => TokenOutcome::Kept(token, until),
            Step::Done(Done::Unauthorised(refusal)) => {
                TokenOutcome::Latched(job.destination.credential(), refusal.text)
            }
            Step::Done(Done::Later(asked, refusal)) if unsent => {
                let until = retry::not_before(self.failures + 1, BASE, CAP, asked, job.seed, now);
                TokenOutcome::Refunded(charge, until, refusal.text)
            }
            Step::Done(Done::Later(asked, refusal)) => TokenOutcome::Failed(pause(asked), refusal.text),
            Step::Done(Done::Unknown(refusal) | Done::Split(refusal) | Done::TooLarge(refusal)) => {
                TokenOutcome::Failed(pause(None), refusal.text)
            }
            Step::Done(Done::Accepted | Done::Partly(_)) => {
                TokenOutcome::Failed(pause(None), "answered a token request with an acceptance".to_owned())
            }
        };
        self.doing = Doing::Recording(None);
        commit(Transaction::Token(outcome))
    }

    fn follow_delivery(
        &mut self,
        job: &Job,
        tally: &mut Tally,
        batch: Batch,
        items: Vec<Item>,
        step: Step,
        now: Timestamp,
    ) -> Courtesy {
        let done = match step {
            Step::Call(request) => {
                self.doing = Doing::Sending(batch, items);
                return Courtesy::Do(vec![Effect::Call(request)]);
            }
            Step::Done(done) => done,
        };
        let token_at = self.work.token.map(|(at, _)| at);
        let settlement = batch::settle(&batch, &items, token_at, now, done);
        let mut effects = Vec::new();
        match &settlement {
            Settlement::Confirmed => self.accepted(tally, items.len(), &mut effects),
            Settlement::Partly(refused) => self.accepted(tally, items.len() - refused.len(), &mut effects),
            Settlement::Refused(_) => self.refused_in_a_row += 1,
            Settlement::Shrink(_) => self.size = items.len().div_ceil(2),
            _ => {}
        }
        let asked = match &settlement {
            Settlement::NotApplied(asked, _) => Some(*asked),
            Settlement::Unknown(_) => Some(None),
            _ => None,
        };
        let pause = asked.map(|asked| retry::not_before(self.failures + 1, BASE, CAP, asked, job.seed, now));
        effects.push(Effect::Commit(Transaction::Settle(batch, settlement, pause)));
        self.doing = Doing::Recording(self.rejecting(job, now));
        Courtesy::Do(effects)
    }

    /// Nobody is suspected when everybody is refused.
    fn rejecting(&mut self, job: &Job, now: Timestamp) -> Option<Transaction> {
        if self.refused_in_a_row < REJECTING {
            return None;
        }
        self.refused_in_a_row = 0;
        let until = retry::not_before(self.failures + 1, CAP / 3, CAP * 4, None, job.seed, now);
        let note =
            format!("{REJECTING} members in a row were refused and nobody accepted: the target refuses everybody");
        Some(Transaction::Reject(until, note))
    }

    fn accepted(&mut self, tally: &mut Tally, members: usize, effects: &mut Vec<Effect>) {
        self.refused_in_a_row = 0;
        tally.confirmed += members as u64;
        effects.push(Effect::Tell(Progress::Delivered(tally.confirmed)));
    }
}

fn commit(transaction: Transaction) -> Courtesy {
    Courtesy::Do(vec![Effect::Commit(transaction)])
}

fn env(now: Timestamp, token: Option<&SecretString>) -> Env<'_> {
    Env { now, token }
}

fn answered(job: &Job, task: destination::Job<'_>, event: &Event, env: &Env<'_>) -> Step {
    let input = match event {
        Event::Replied(reply) => Input::Reply(reply),
        Event::Unsent(why) => Input::Unsent(why),
        Event::Unanswered(why) => Input::Unanswered(why),
        _ => Input::Unanswered("no answer"),
    };
    job.destination.resume(task, input, env)
}
