//! A token is fetched: charged before, and what its answer means for the target's pace.

use std::time::Duration;

use super::{BASE, CAP, Courier, Courtesy, Doing, commit, input};
use crate::delivery::retry;
use crate::destination::Job::Authenticate;
use crate::destination::{Done, Step, Ticket};
use crate::engine::{Effect, Event, Job, Tally, TokenOutcome, Transaction};
use crate::roster::Timestamp;

/// The longest pause after a failed token request.
const TOKEN_CAP: Duration = Duration::from_hours(6);

impl Courier {
    /// Asks for a token that was charged.
    pub(super) fn authenticate(&mut self, job: &Job, tally: &mut Tally, charge: i64, now: Timestamp) -> Courtesy {
        tally.token_requests += 1;
        let step = job.destination.start(Authenticate, &self.env(None, now));
        self.follow_token(job, tally, charge, false, step, now)
    }

    pub(super) fn authenticated(
        &mut self,
        job: &Job,
        tally: &mut Tally,
        charge: i64,
        ticket: &Ticket,
        event: &Event,
        now: Timestamp,
    ) -> Courtesy {
        let unsent = matches!(event, Event::Unsent(_));
        let step = job.destination.resume(Authenticate, ticket, input(event), &self.env(None, now));
        self.follow_token(job, tally, charge, unsent, step, now)
    }

    fn follow_token(
        &mut self,
        job: &Job,
        tally: &mut Tally,
        charge: i64,
        unsent: bool,
        step: Step,
        now: Timestamp,
    ) -> Courtesy {
        let pause = |asked| {
            let base = job.destination.limits().token.as_ref().map_or(BASE, retry::token_base);
            retry::not_before(self.failures + 1, base, TOKEN_CAP, asked, job.seed, now)
        };
        let outcome = match step {
            Step::Call(request, ticket) => {
                tally.requests += 1;
                self.doing = Doing::Authenticating(charge, ticket);
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
            Step::Done(
                Done::Unknown(refusal)
                | Done::Lost(refusal)
                | Done::Failed(refusal)
                | Done::Split(refusal)
                | Done::Stuck(refusal)
                | Done::TooLarge(refusal),
            ) => TokenOutcome::Failed(pause(None), refusal.text),
            Step::Done(Done::Accepted(_) | Done::Partly(_) | Done::Observed(..) | Done::Good(_))
            | Step::Keep(..)
            | Step::Wait(..) => {
                TokenOutcome::Failed(pause(None), "answered a token request with something else".to_owned())
            }
        };
        self.doing = Doing::Recording(None);
        commit(Transaction::Token(outcome))
    }
}
