//! The reading half of a run: pages in, the missing looked up, a plan out.

use std::time::Duration;

use jiff::SignedDuration;

use super::course::{Course, course, population};
use super::intake::Intake;
use super::run::{Phase, Run};
use super::tally::Planned;
use super::{Admit, Effect, Extent, Job, Newcomers, Outcome, Progress, Recalled, Transaction};
use crate::directory::changes::Marks;
use crate::directory::{End, Page, Server, Sightings};
use crate::plan::guard::{self, Grounds};
use crate::plan::{self, Absence, Imported, Plan, Question, Roll};
use crate::roster::{Key, Timestamp};

/// A host whose clock differs more from the directory's can't judge expiry.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// What was read, on its way to a plan.
#[derive(Debug)]
pub struct Read {
    pub(super) intake: Intake,
    pub(super) extent: Extent,
    pub(super) marks: Option<Marks>,
    pub(super) referrals: Vec<String>,
}

impl Run {
    pub(super) fn opened(&mut self, server: Server, began: Timestamp, now: Timestamp) -> Vec<Effect> {
        if let Some(clock) = server.clock {
            let off = now.duration_since(clock);
            if off.abs() > CLOCK_TOLERANCE {
                let minutes = off.as_secs() / 60;
                return self.failed(
                    format!(
                        "this host's clock is {minutes} min off the directory's: set it right, expiry is judged by it"
                    ),
                    began,
                );
            }
        }
        match course(&self.job, self.feed.as_ref(), &server, now) {
            Course::Everybody(why) => self.read_everybody(server, why),
            Course::Since(marks) => {
                self.tally.delta = true;
                self.phase = Phase::Asking(server);
                vec![Effect::AskChanges(marks)]
            }
        }
    }

    /// Reads everybody; with the reason, where changes alone might have done.
    pub(super) fn read_everybody(&mut self, server: Server, why: Option<String>) -> Vec<Effect> {
        (self.tally.delta, self.tally.everybody) = (false, why);
        self.phase = Phase::Meeting(server);
        vec![Effect::Commit(Transaction::Know)]
    }

    pub(super) fn read(&mut self, server: Server, known: Roll, imported: Vec<Imported>) -> Vec<Effect> {
        let absence = if self.rules_changed() {
            // No grace: whoever other rules no longer find is held now, rather than let go once that is forgotten.
            Absence { grace: Some(Duration::ZERO), settle: Duration::ZERO, ..self.job.absence }
        } else {
            self.job.absence
        };
        self.phase = Phase::Reading(Box::new(Intake::new(known, imported, server, self.job.rules, absence)));
        vec![Effect::ReadPage]
    }

    pub(super) fn page(
        &mut self,
        mut intake: Box<Intake>,
        page: Page,
        began: Timestamp,
        now: Timestamp,
    ) -> Vec<Effect> {
        let staged = intake.take(&self.job, &page.entries, now);
        self.tally.entries = intake.entries;
        let mut effects = vec![Effect::Tell(Progress::Read(intake.entries))];
        if !staged.is_empty() {
            effects.push(Effect::Commit(Transaction::Stage(staged)));
        }
        let Some(end) = page.end else {
            self.phase = Phase::Reading(intake);
            effects.push(Effect::ReadPage);
            return effects;
        };
        // Other searches find other numbers; what they no longer find is held by the guard.
        let before = self.feed.as_ref().filter(|_| !self.rules_changed()).map(|feed| feed.bases.clone());
        let before = before.unwrap_or_default();
        if let Err(why) = intake.complete(&end, &before) {
            return self.failed(why, began);
        }
        intake.close();
        let End { found, marks, referrals, probes_missing: _ } = end;
        let extent = Extent::Everybody { bases: found, keyless: intake.keyless };
        let read = Read { intake: *intake, extent, marks, referrals };
        effects.extend(self.look_for_the_missing(read, began, now));
        effects
    }

    /// Each of the missing is looked up, as far as the guard would let them go.
    pub(super) fn look_for_the_missing(&mut self, read: Read, began: Timestamp, now: Timestamp) -> Vec<Effect> {
        let intake = &read.intake;
        let active = if touched_only(&read.extent) { population(self.feed.as_ref()) } else { intake.active() };
        let look: Vec<_> =
            intake.missing().into_iter().take(worth_a_look(&self.job, active)).map(|known| known.key).collect();
        let read = Box::new(read);
        if look.is_empty() {
            return self.sighted(read, &Sightings::new(), began, now);
        }
        self.phase = Phase::LookingUp(read);
        vec![Effect::Tell(Progress::LookingUp(look.len() as u64)), Effect::LookUp(look)]
    }

    pub(super) fn sighted(
        &mut self,
        read: Box<Read>,
        sightings: &Sightings,
        began: Timestamp,
        now: Timestamp,
    ) -> Vec<Effect> {
        let Read { intake, extent, .. } = &*read;
        let unsettled = self.server_changed(&intake.server) || self.server_since(&intake.server, now).is_some();
        let mut staged = match intake.judge_missing(sightings, unsettled, now) {
            Ok(staged) => staged,
            Err(why) => return self.failed(why, began),
        };
        if !touched_only(extent) {
            staged.extend(intake.judge_imported(unsettled, now));
        }
        let leavers = intake.leavers(&staged, worth_a_look(&self.job, population(self.feed.as_ref())));
        let mut effects: Vec<_> =
            (!staged.is_empty()).then(|| Effect::Commit(Transaction::Stage(staged))).into_iter().collect();
        // Other rules make people leave at the moment they are admitted, whenever their entries were changed.
        if leavers.is_empty() || self.is_plan() || self.rules_changed() {
            self.phase = Phase::Recalling(read);
            effects.push(Effect::Commit(self.recall()));
        } else {
            self.phase = Phase::Dating(read);
            effects.push(Effect::Date(leavers));
        }
        effects
    }

    pub(super) fn dated(&mut self, read: Box<Read>, dates: Vec<(Key, Timestamp)>) -> Vec<Effect> {
        self.phase = Phase::Recalling(read);
        vec![Effect::Commit(Transaction::Date(dates)), Effect::Commit(self.recall())]
    }

    /// The guard does not count who joins before a first run has been delivered whole, so that they need not be weighed,
    /// unless to be shown.
    fn recall(&self) -> Transaction {
        let first = self.feed.as_ref().is_some_and(|feed| !feed.onboarded);
        Transaction::Recall(if first && !self.is_plan() { Newcomers::Apart } else { Newcomers::Weighed })
    }

    /// Whether the last complete reading was admitted under another search, mapping or identity.
    fn rules_changed(&self) -> bool {
        let before = self.feed.as_ref().and_then(|feed| feed.rules);
        before.is_some_and(|rules| rules != self.job.rules)
    }

    fn server_changed(&self, server: &Server) -> bool {
        let before = self.feed.as_ref().and_then(|feed| feed.server.as_ref());
        before.is_some_and(|before| *before != server.name)
    }

    /// Since when another server answers than the one before, while that has not settled. Where several take turns the
    /// first change counts, or nobody would ever return.
    pub(super) fn server_since(&self, server: &Server, now: Timestamp) -> Option<Timestamp> {
        let before = self.feed.as_ref().and_then(|feed| feed.server_since);
        let since = before.or_else(|| self.server_changed(server).then_some(now));
        since.filter(|since| *since + self.job.absence.settle > now)
    }

    pub(super) fn weigh(&mut self, read: Read, recalled: Recalled, now: Timestamp) -> Vec<Effect> {
        let Recalled { observed, accounts, holders, grounds, newcomers } = recalled;
        let intake = &read.intake;
        let server_since = self.server_since(&intake.server, now);
        let feed = self.feed.as_ref();
        let guard =
            Grounds {
                limits: self.job.limits,
                onboarded: feed.is_some_and(|feed| feed.onboarded),
                rules_changed: self.rules_changed(),
                returns_wait: server_since.map(|since| {
                    let until = since + self.job.absence.settle;
                    format!("another server answers than before; believed from {until:.0}")
                }),
                leaves_wait: self.job.destination.limits().leaves_approved.then(|| {
                    "the target deletes whoever leaves, which waits for approval whatever the count".to_owned()
                }),
                ..grounds
            };
        let observed = plan::import::unclaimed(observed);
        let question =
            Question { observed, accounts, holders, guard, first_seen_inactive: self.job.first_seen_inactive };
        let plan = plan::weigh(&question);
        self.tally.unchanged = intake.unchanged;
        self.tally.count(&plan, newcomers);
        self.tally.keyless = intake.keyless_note();
        self.tally.notes.extend(intake.shared_note());
        self.tally.notes.extend(referral_note(&read.referrals));
        if self.is_plan() {
            return self.planned(question, plan);
        }
        let standpoint = self.standpoint(&intake.server, read.marks, now);
        let (forgotten, unseen) = (intake.forgotten(), intake.unseen());
        self.once = read.intake.once;
        self.phase = Phase::Admitting;
        let admit = Admit { question, plan, forgotten, unseen, extent: read.extent, standpoint };
        vec![Effect::Commit(Transaction::Admit(Box::new(admit)))]
    }

    /// What a sync would do.
    pub(super) fn planned(&self, question: Question, plan: Plan) -> Vec<Effect> {
        let tally = self.tally.clone();
        vec![Effect::Finish(Box::new(Outcome::Planned(Box::new(Planned { question, plan, tally }))))]
    }
}

fn touched_only(extent: &Extent) -> bool {
    matches!(extent, Extent::Touched { .. })
}

/// How many of the missing are looked up, of so many active: more than the guard lets go would be held anyway.
fn worth_a_look(job: &Job, active: u64) -> usize {
    usize::try_from(guard::allowance(job.limits.leave, active)).unwrap_or(usize::MAX)
}

fn referral_note(referrals: &[String]) -> Option<String> {
    let first = referrals.first()?;
    Some(match referrals.len() {
        1 => format!("a referral was not followed: {first}"),
        n => format!("{n} referrals were not followed, among them {first}"),
    })
}
