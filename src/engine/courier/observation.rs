//! A target that can be read is read before the directory is: what is not there as it was confirmed is weighed with all
//! the rest.

use super::{Courier, Courtesy, Doing, commit, input};
use crate::delivery::drift::Drifted;
use crate::destination::Job::Observe;
use crate::destination::{Done, Look, Mending, Step, Ticket};
use crate::engine::{Effect, Event, Job, Tally, Transaction};
use crate::roster::Timestamp;

/// How far the target was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Observation {
    /// Another errand: it is not to be read.
    None,
    Due,
    /// The token was not accepted; there is another one now.
    Renewed,
    Over,
}

impl Courier {
    pub(super) fn observe(&mut self, job: &Job, tally: &mut Tally, now: Timestamp) -> Courtesy {
        self.look = Look { ours: self.work.ours.clone(), replies: Vec::new() };
        let step = job.destination.start(Observe(&self.look), &self.env(None, now));
        self.follow_observation(job, tally, step)
    }

    pub(super) fn observed(
        &mut self,
        job: &Job,
        tally: &mut Tally,
        ticket: &Ticket,
        event: Event,
        now: Timestamp,
    ) -> Courtesy {
        let step = job.destination.resume(Observe(&self.look), ticket, input(&event), &self.env(None, now));
        if let Event::Replied(reply) = event {
            self.look.replies.push(reply);
        }
        self.follow_observation(job, tally, step)
    }

    fn follow_observation(&mut self, job: &Job, tally: &mut Tally, step: Step) -> Courtesy {
        let refusal = match step {
            Step::Call(request, ticket) => {
                tally.requests += 1;
                self.doing = Doing::Observing(ticket);
                return Courtesy::Do(vec![Effect::Call(request)]);
            }
            Step::Done(Done::Observed(seen, scopes)) => {
                self.observation = Observation::Over;
                self.informed = job.destination.informed(&scopes);
                self.doing = Doing::Comparing;
                return commit(Transaction::Observe(seen));
            }
            Step::Done(Done::Unauthorised(_)) if self.observation == Observation::Due => {
                self.observation = Observation::Renewed;
                self.doing = Doing::Recording(None);
                return commit(Transaction::DropToken);
            }
            Step::Done(
                Done::Unauthorised(refusal)
                | Done::Later(_, refusal)
                | Done::Unknown(refusal)
                | Done::Lost(refusal)
                | Done::Failed(refusal)
                | Done::Split(refusal)
                | Done::Stuck(refusal)
                | Done::TooLarge(refusal),
            ) => refusal.text,
            Step::Done(Done::Token(..) | Done::Accepted(_) | Done::Partly(_) | Done::Good(_))
            | Step::Keep(..)
            | Step::Wait(..) => "answered with something else".to_owned(),
        };
        self.blind(tally, &refusal)
    }

    /// A failed look is none: nobody is believed to be gone, and the run goes on by what was confirmed.
    pub(super) fn blind(&mut self, tally: &mut Tally, why: &str) -> Courtesy {
        self.observation = Observation::Over;
        tally.notes.push(format!("the target was not compared with what it confirmed: {why}"));
        Courtesy::Over(None)
    }
}

/// That somebody else has been at the target, in words.
pub(super) fn drifted(drifted: Drifted, mending: Option<Mending>) -> impl Iterator<Item = String> {
    let who = |count: u64| match count {
        1 => "1 member is".to_owned(),
        n => format!("{n} members are"),
    };
    let Drifted { gone, other } = drifted;
    let gone = (gone > 0).then(|| {
        let who = who(gone);
        format!("{who} not at the target any more, though nothing here removed them: they return as far as the guard lets them")
    });
    let what = match mending {
        Some(Mending::Report) => "left as they are (`drift: report`)",
        _ => "put right",
    };
    let other = (other > 0).then(|| format!("{} at the target otherwise than was confirmed: {what}", who(other)));
    gone.into_iter().chain(other)
}
