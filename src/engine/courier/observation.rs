//! A target that can be read is read once a run, before anything is claimed for it: what is not there as it was
//! confirmed is due again.

use super::{Courier, Courtesy, Doing, commit, input};
use crate::destination::Job::Observe;
use crate::destination::{Done, Step, Ticket};
use crate::engine::{Effect, Event, Job, Tally, Transaction};
use crate::roster::Timestamp;

/// How far the target was read in this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Observation {
    Due,
    /// The token was not accepted; there is another one now.
    Renewed,
    Over,
}

impl Observation {
    pub(super) fn new(job: &Job, tally: &Tally) -> Self {
        if job.destination.limits().readable && !tally.observed { Self::Due } else { Self::Over }
    }

    pub(super) fn is_due(self) -> bool {
        self != Self::Over
    }
}

impl Courier {
    pub(super) fn observe(&mut self, job: &Job, tally: &mut Tally, now: Timestamp) -> Courtesy {
        let step = job.destination.start(Observe, &self.env(None, now));
        self.follow_observation(tally, step)
    }

    pub(super) fn observed(
        &mut self,
        job: &Job,
        tally: &mut Tally,
        ticket: &Ticket,
        event: &Event,
        now: Timestamp,
    ) -> Courtesy {
        let step = job.destination.resume(Observe, ticket, input(event), &self.env(None, now));
        self.follow_observation(tally, step)
    }

    /// Once a run, however often it goes on.
    fn compared(&mut self, tally: &mut Tally) {
        self.observation = Observation::Over;
        tally.observed = true;
    }

    fn follow_observation(&mut self, tally: &mut Tally, step: Step) -> Courtesy {
        let refusal = match step {
            Step::Call(request, ticket) => {
                tally.requests += 1;
                self.doing = Doing::Observing(ticket);
                return Courtesy::Do(vec![Effect::Call(request)]);
            }
            Step::Done(Done::Observed(seen)) => {
                self.compared(tally);
                self.doing = Doing::Recording(None);
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
                | Done::TooLarge(refusal),
            ) => refusal.text,
            Step::Done(Done::Token(..) | Done::Accepted(_) | Done::Partly(_)) | Step::Keep(..) | Step::Wait(..) => {
                "answered with something else".to_owned()
            }
        };
        // A failed list is no observation; what is due is delivered all the same, or a leaver would wait for it.
        self.compared(tally);
        tally.notes.push(format!("the target was not compared with what it confirmed: {refusal}"));
        self.survey()
    }
}

/// That somebody else has been at the target, in words.
pub(super) fn drifted(members: u64) -> Option<String> {
    match members {
        0 => None,
        1 => Some("1 member was not at the target as it was confirmed: sent again".to_owned()),
        n => Some(format!("{n} members were not at the target as they were confirmed: sent again")),
    }
}
