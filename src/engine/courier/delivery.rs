//! A batch's job, step by step, to its settlement.

use jiff::SignedDuration;

use super::{BASE, CAP, Courier, Courtesy, Doing, Parcel, commit};
use crate::delivery::batch::{self, Settlement, Stage};
use crate::delivery::retry;
use crate::destination::Job::Deliver;
use crate::destination::{Input, Step, Ticket};
use crate::engine::{Effect, Job, Progress, Tally, Transaction};
use crate::roster::Timestamp;

/// So many single refusals in a row without an acceptance mean that the target refuses everybody.
const REJECTING: u32 = 10;

/// How the reason ends for which such a target waits.
pub const REFUSES_EVERYBODY: &str = "the target refuses everybody";

/// No target is asked again at once.
const SHORTEST_WAIT: SignedDuration = SignedDuration::from_secs(1);

impl Courier {
    /// The first step of a batch's job; of one that was under way, the next.
    pub(super) fn begin(&mut self, job: &Job, tally: &mut Tally, parcel: Parcel, now: Timestamp) -> Courtesy {
        if parcel.batch.stage != Stage::Prepared {
            return self.go_on(job, tally, parcel, Input::Woken, now);
        }
        let env = self.env(Some(&parcel.batch), now);
        let step = job.destination.start(Deliver(&parcel.items), &env);
        self.follow_delivery(job, tally, parcel, step, now)
    }

    /// The next step, now that this became of the last one.
    pub(super) fn go_on(
        &mut self,
        job: &Job,
        tally: &mut Tally,
        parcel: Parcel,
        input: Input<'_>,
        now: Timestamp,
    ) -> Courtesy {
        let env = self.env(Some(&parcel.batch), now);
        let step = job.destination.resume(Deliver(&parcel.items), &parcel.batch.ticket, input, &env);
        self.follow_delivery(job, tally, parcel, step, now)
    }

    fn follow_delivery(
        &mut self,
        job: &Job,
        tally: &mut Tally,
        parcel: Parcel,
        step: Step,
        now: Timestamp,
    ) -> Courtesy {
        match step {
            Step::Call(request, ticket) => {
                tally.requests += 1;
                self.note(parcel, ticket, Effect::Call(request))
            }
            Step::Keep(chore, ticket) => self.note(parcel, ticket, Effect::Keep(chore)),
            Step::Wait(until, ticket, note) => {
                self.doing = Doing::Recording(None);
                commit(Transaction::Wait(parcel.batch.id, ticket, until.max(now + SHORTEST_WAIT), note))
            }
            Step::Done(done) => {
                let token_at = self.work.token.map(|(at, _)| at);
                let settlement = batch::settle(&parcel.batch, &parcel.items, token_at, now, done);
                self.settle(job, tally, parcel, settlement, now)
            }
        }
    }

    /// Takes a step once its ticket is stored.
    fn note(&mut self, mut parcel: Parcel, ticket: Ticket, effect: Effect) -> Courtesy {
        if parcel.batch.ticket == ticket {
            self.doing = Doing::Stepping(parcel);
            return Courtesy::Do(vec![effect]);
        }
        let note = Transaction::Note(parcel.batch.id, ticket.clone());
        parcel.batch.ticket = ticket;
        self.doing = Doing::Noting(parcel, effect);
        commit(note)
    }

    fn settle(
        &mut self,
        job: &Job,
        tally: &mut Tally,
        Parcel { batch, items }: Parcel,
        settlement: Settlement,
        now: Timestamp,
    ) -> Courtesy {
        let mut effects = Vec::new();
        match &settlement {
            Settlement::Confirmed(_) => self.accepted(tally, items.len(), &mut effects),
            Settlement::Partly(refused) => self.accepted(tally, items.len() - refused.len(), &mut effects),
            Settlement::Refused(_) | Settlement::Stuck(_) => self.refused_in_a_row += 1,
            Settlement::Shrink(_) => self.size = items.len().div_ceil(2),
            _ => {}
        }
        let asked = match &settlement {
            Settlement::NotApplied(asked, _) => Some(*asked),
            Settlement::Unknown(_) | Settlement::Failed(_) => Some(None),
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
        let note = format!("{REJECTING} members in a row were refused and nobody accepted: {REFUSES_EVERYBODY}");
        Some(Transaction::Reject(until, note))
    }

    fn accepted(&mut self, tally: &mut Tally, members: usize, effects: &mut Vec<Effect>) {
        self.refused_in_a_row = 0;
        tally.confirmed += members as u64;
        effects.push(Effect::Tell(Progress::Delivered(tally.confirmed)));
    }
}
