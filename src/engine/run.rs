//! A run: read, weigh, admit, deliver, sum up.

use jiff::SignedDuration;

use super::courier::{Courier, Courtesy};
use super::intake::Intake;
use super::tally::Planned;
use super::{Admit, Aim, Answer, Effect, Event, Job, Outcome, Progress, Tally, Transaction};
use crate::directory::{End, Page, Server, Sightings};
use crate::plan::guard::Grounds;
use crate::plan::{self, Account, Feed, Known, Observed, Plan, Question};
use crate::roster::{Now, Timestamp};

/// A host whose clock differs more from the directory's can't judge expiry.
const CLOCK_TOLERANCE: SignedDuration = SignedDuration::from_mins(5);

/// Why members are pending when nothing else is waited for.
const WAITING: &str = "members wait for the one that replaces them to be confirmed, or were refused once, which is not \
                       believed before the next run";

/// One sync's run.
#[derive(Debug)]
pub struct Run {
    job: Job,
    phase: Phase,
    tally: Tally,
    feed: Option<Feed>,
    began: Option<Timestamp>,
}

#[derive(Debug)]
enum Phase {
    Beginning,
    Opening(Vec<Known>),
    Reading(Box<Intake>),
    LookingUp(Box<Intake>, End),
    /// Recalling comes after staging; what was read stays at hand.
    Recalling(Box<Intake>, End),
    Admitting,
    Delivering(Box<Courier>),
    Counting,
    Ending,
}

impl Run {
    /// A run that waits for [`Event::Start`].
    pub fn new(job: Job) -> Self {
        Self { job, phase: Phase::Beginning, tally: Tally::default(), feed: None, began: None }
    }

    /// What is to be done now that this happened.
    pub fn handle(&mut self, now: Now, event: Event) -> Vec<Effect> {
        let now = now.wall;
        let began = *self.began.get_or_insert(now);
        match (std::mem::replace(&mut self.phase, Phase::Ending), event) {
            (Phase::Beginning, Event::Start) => {
                self.phase = Phase::Beginning;
                vec![Effect::Commit(Transaction::Begin)]
            }
            (Phase::Beginning, Event::Committed(Answer::Begun { run, feed, realm, known })) => {
                self.begun(run, feed, realm.as_deref(), known, now)
            }
            (Phase::Opening(known), Event::Opened(server)) => self.opened(known, server, began, now),
            (Phase::Reading(intake), Event::Page(page)) => self.page(intake, page, began, now),
            (Phase::Reading(intake), Event::Committed(_)) => {
                self.phase = Phase::Reading(intake);
                Vec::new()
            }
            (Phase::LookingUp(intake, end), Event::Sighted(sightings)) => {
                self.sighted(intake, end, &sightings, began, now)
            }
            (Phase::LookingUp(intake, end), Event::Committed(_)) => {
                self.phase = Phase::LookingUp(intake, end);
                Vec::new()
            }
            (Phase::Recalling(intake, end), Event::Committed(Answer::Known(observed, accounts, grounds))) => {
                self.weigh(&intake, end, observed, accounts, *grounds, now)
            }
            (Phase::Recalling(intake, end), Event::Committed(_)) => {
                self.phase = Phase::Recalling(intake, end);
                Vec::new()
            }
            (Phase::Admitting, Event::Committed(Answer::Admitted(newly))) => {
                self.tally.newly_invalid = newly;
                self.deliver(began)
            }
            (Phase::Delivering(courier), event) => self.courier(courier, now, event),
            (Phase::Counting, Event::Committed(Answer::LeftOver { pending, refused })) => {
                (self.tally.pending, self.tally.refused) = (pending, refused);
                if pending > 0 {
                    self.tally.waits.get_or_insert_with(|| WAITING.to_owned());
                }
                vec![Effect::Commit(Transaction::End(Box::new(self.tally.clone())))]
            }
            (Phase::Ending, _) => self.finish(),
            (_, Event::ReadFailed(why)) => self.failed(why, began),
            (phase, _) => {
                // A stray answer, such as a staging that was under way when the reading failed, changes nothing.
                self.phase = phase;
                Vec::new()
            }
        }
    }

    fn begun(
        &mut self,
        run: i64,
        feed: Option<Feed>,
        realm: Option<&str>,
        known: Vec<Known>,
        now: Timestamp,
    ) -> Vec<Effect> {
        self.tally.run = run;
        let wanted = self.job.destination.realm();
        if let Some(realm) = realm.filter(|realm| *realm != wanted) {
            self.tally.failed = Some(format!(
                "its people were sent to “{realm}”, the config now says “{wanted}”: say what is meant with \
                 `rosterd resend {} --all`, or give the sync a new name",
                self.job.sync
            ));
            return self.sum_up();
        }
        if let Some(until) = feed.as_ref().and_then(|feed| feed.paused_until).filter(|until| *until > now) {
            let until = if until == Timestamp::MAX { "resumed".to_owned() } else { format!("{until:.0}") };
            self.tally.waits = Some(format!("paused until {until}: `rosterd resume {}`", self.job.sync));
            return self.sum_up();
        }
        self.feed = feed;
        self.phase = Phase::Opening(known);
        vec![Effect::Open]
    }

    fn opened(&mut self, known: Vec<Known>, server: Server, began: Timestamp, now: Timestamp) -> Vec<Effect> {
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
        self.phase = Phase::Reading(Box::new(Intake::new(known, server, self.job.rules)));
        vec![Effect::ReadPage]
    }

    fn page(&mut self, mut intake: Box<Intake>, page: Page, began: Timestamp, now: Timestamp) -> Vec<Effect> {
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
        let before = self.feed.as_ref().map(|feed| feed.bases.clone()).unwrap_or_default();
        if let Err(why) = intake.complete(&end, &before) {
            return self.failed(why, began);
        }
        let look: Vec<_> =
            intake.missing().take(intake.worth_a_look(&self.job)).map(|known| known.key.clone()).collect();
        if look.is_empty() {
            effects.push(Effect::Commit(Transaction::Recall));
            self.phase = Phase::Recalling(intake, end);
        } else {
            effects.push(Effect::Tell(Progress::LookingUp(look.len() as u64)));
            effects.push(Effect::LookUp(look));
            self.phase = Phase::LookingUp(intake, end);
        }
        effects
    }

    fn sighted(
        &mut self,
        intake: Box<Intake>,
        end: End,
        sightings: &Sightings,
        began: Timestamp,
        now: Timestamp,
    ) -> Vec<Effect> {
        let unsettled = self.server_changed(&intake) || self.server_since(&intake, now).is_some();
        match intake.judge_missing(&self.job, sightings, unsettled, now) {
            Ok(staged) => {
                self.phase = Phase::Recalling(intake, end);
                vec![Effect::Commit(Transaction::Stage(staged)), Effect::Commit(Transaction::Recall)]
            }
            Err(why) => self.failed(why, began),
        }
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

    fn weigh(
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
            rules_changed: feed.and_then(|feed| feed.rules).is_some_and(|rules| rules != self.job.rules),
            returns_wait: server_since.map(|since| {
                let until = since + self.job.absence.settle;
                format!("another server answers than before; believed from {until:.0}")
            }),
            ..grounds
        };
        let question = Question { observed, accounts, guard, first_seen_inactive: self.job.first_seen_inactive };
        let plan = plan::weigh(&question);
        self.tally.unchanged = intake.unchanged;
        self.tally.count(&plan);
        self.tally.keyless = intake.keyless_note();
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

    /// A reading that failed admits nothing; what is due already is delivered all the same.
    fn failed(&mut self, why: String, began: Timestamp) -> Vec<Effect> {
        self.tally.failed = Some(why);
        if self.job.purpose == Aim::Plan { self.finish() } else { self.deliver(began) }
    }

    fn deliver(&mut self, began: Timestamp) -> Vec<Effect> {
        let patience = SignedDuration::try_from(self.job.patience).unwrap_or(SignedDuration::MAX);
        let deadline = began.checked_add(patience).unwrap_or(Timestamp::MAX);
        let (courier, effects) = Courier::new(&self.job, deadline);
        self.phase = Phase::Delivering(Box::new(courier));
        effects
    }

    fn courier(&mut self, mut courier: Box<Courier>, now: Timestamp, event: Event) -> Vec<Effect> {
        match courier.handle(&self.job, &mut self.tally, now, event) {
            Courtesy::Do(effects) => {
                self.phase = Phase::Delivering(courier);
                effects
            }
            Courtesy::Over(waits) => {
                self.tally.waits = waits;
                self.sum_up()
            }
        }
    }

    fn sum_up(&mut self) -> Vec<Effect> {
        if self.job.purpose == Aim::Plan {
            return self.finish();
        }
        self.phase = Phase::Counting;
        vec![Effect::Commit(Transaction::Count)]
    }

    fn finish(&mut self) -> Vec<Effect> {
        self.phase = Phase::Ending;
        vec![Effect::Finish(Box::new(Outcome::Synced(Box::new(self.tally.clone()))))]
    }
}

fn referral_note(end: &End) -> Option<String> {
    let first = end.referrals.first()?;
    Some(format!("{} referrals were not followed, among them {first}", end.referrals.len()))
}
