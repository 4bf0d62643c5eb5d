//! The reading half of a run: pages in, the missing looked up, a plan out.

use std::time::Duration;

use jiff::SignedDuration;

use super::intake::Intake;
use super::run::{Phase, Run};
use super::tally::Planned;
use super::{Admit, Aim, Effect, Outcome, Progress, Transaction};
use crate::directory::{End, Page, Server, Sightings};
use crate::plan::guard::Grounds;
use crate::plan::{self, Absence, Account, Imported, Known, Observed, Plan, Question};
use crate::roster::Timestamp;

/// A host whose clock differs more from the directory's can't judge expiry.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

impl Run {
    pub(super) fn opened(
        &mut self,
        known: Vec<Known>,
        imported: Vec<Imported>,
        server: Server,
        began: Timestamp,
        now: Timestamp,
    ) -> Vec<Effect> {
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
        let look: Vec<_> =
            intake.missing().take(intake.worth_a_look(&self.job)).map(|known| known.key.clone()).collect();
        if look.is_empty() {
            effects.extend(self.sighted(intake, end, &Sightings::new(), began, now));
        } else {
            effects.push(Effect::Tell(Progress::LookingUp(look.len() as u64)));
            effects.push(Effect::LookUp(look));
            self.phase = Phase::LookingUp(intake, end);
        }
        effects
    }

    pub(super) fn sighted(
        &mut self,
        intake: Box<Intake>,
        end: End,
        sightings: &Sightings,
        began: Timestamp,
        now: Timestamp,
    ) -> Vec<Effect> {
        let unsettled = self.server_changed(&intake) || self.server_since(&intake, now).is_some();
        match intake.judge_missing(sightings, unsettled, now) {
            Ok(mut staged) => {
                staged.extend(intake.judge_imported(unsettled, now));
                self.phase = Phase::Recalling(intake, end);
                let stage = (!staged.is_empty()).then(|| Effect::Commit(Transaction::Stage(staged)));
                stage.into_iter().chain([Effect::Commit(Transaction::Recall)]).collect()
            }
            Err(why) => self.failed(why, began),
        }
    }

    /// Whether the last complete reading was admitted under another search, mapping or identity.
    fn rules_changed(&self) -> bool {
        let before = self.feed.as_ref().and_then(|feed| feed.rules);
        before.is_some_and(|rules| rules != self.job.rules)
    }

    fn server_changed(&self, intake: &Intake) -> bool {
        let before = self.feed.as_ref().and_then(|feed| feed.server.as_ref());
        before.is_some_and(|server| *server != intake.server.name)
    }

    /// Since when another server answers than the one before, while that has not settled. Where several take turns the
    /// first change counts, or nobody would ever return.
    fn server_since(&self, intake: &Intake, now: Timestamp) -> Option<Timestamp> {
        let before = self.feed.as_ref().and_then(|feed| feed.server_since);
        let since = before.or_else(|| self.server_changed(intake).then_some(now));
        since.filter(|since| *since + self.job.absence.settle > now)
    }

    pub(super) fn weigh(
        &mut self,
        intake: &Intake,
        end: End,
        observed: Vec<Observed>,
        accounts: Vec<Account>,
        grounds: Grounds,
        now: Timestamp,
    ) -> Vec<Effect> {
        let server_since = self.server_since(intake, now);
        let feed = self.feed.as_ref();
        let guard = Grounds {
            limits: self.job.limits,
            onboarded: feed.is_some_and(|feed| feed.onboarded),
            rules_changed: self.rules_changed(),
            returns_wait: server_since.map(|since| {
                let until = since + self.job.absence.settle;
                format!("another server answers than before; believed from {until:.0}")
            }),
            ..grounds
        };
        let observed = plan::import::unclaimed(observed);
        let question = Question { observed, accounts, guard, first_seen_inactive: self.job.first_seen_inactive };
        let plan = plan::weigh(&question);
        self.tally.unchanged = intake.unchanged;
        self.tally.count(&plan);
        self.tally.keyless = intake.keyless_note();
        self.tally.notes.extend(intake.shared_note());
        self.tally.notes.extend(referral_note(&end));
        self.admit(intake, end, question, plan, server_since)
    }

    fn admit(
        &mut self,
        intake: &Intake,
        end: End,
        question: Question,
        plan: Plan,
        server_since: Option<Timestamp>,
    ) -> Vec<Effect> {
        if self.job.purpose == Aim::Plan {
            let tally = self.tally.clone();
            let planned = Box::new(Planned { question, plan, tally });
            return vec![Effect::Finish(Box::new(Outcome::Planned(planned)))];
        }
        let admit = Admit {
            question,
            plan,
            forgotten: intake.forgotten(),
            server: intake.server.name.clone(),
            server_since,
            bases: end.found,
        };
        self.phase = Phase::Admitting;
        vec![Effect::Commit(Transaction::Admit(Box::new(admit)))]
    }
}

fn referral_note(end: &End) -> Option<String> {
    let first = end.referrals.first()?;
    Some(match end.referrals.len() {
        1 => format!("a referral was not followed: {first}"),
        n => format!("{n} referrals were not followed, among them {first}"),
    })
}
