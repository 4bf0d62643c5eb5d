//! A run: read, weigh, admit, deliver, sum up.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use secrecy::SecretString;

use super::courier::{Courier, Courtesy};
use super::delta::Sifting;
use super::intake::Intake;
use super::reading::Read;
use super::{Aim, Answer, Effect, Event, Job, Outcome, Resumed, Tally, Transaction};
use crate::directory::{Entry, Server};
use crate::plan::Feed;
use crate::roster::{Identity, Now, Timestamp};

/// Why members are pending when nothing else is waited for.
const WAITING: &str = "members were refused once, which the next run has to confirm; or wait until the identity that \
                       replaces theirs is confirmed, until another member lets go of what the target takes only once, \
                       or for the next reading to bring what is not stored (explain says which)";

/// One sync's run.
#[derive(Debug)]
pub struct Run {
    pub(super) job: Job,
    pub(super) phase: Phase,
    pub(super) tally: Tally,
    pub(super) feed: Option<Feed>,
    began: Option<Timestamp>,
    /// What people are sent once, when they join.
    pub(super) once: BTreeMap<Identity, SecretString>,
}

#[derive(Debug)]
pub(super) enum Phase {
    Beginning,
    /// The target is looked at.
    Looking(Box<Courier>),
    Opening,
    /// Everybody known is asked for, to read everybody.
    Meeting(Server),
    Reading(Box<Intake>),
    /// The directory is asked what changed.
    Asking(Server),
    Suspecting(Box<Sifting>),
    Fetching(Box<Sifting>),
    FetchingNamesakes(Box<Sifting>, Vec<Entry>),
    Recognising(Box<Sifting>, Vec<Entry>),
    LookingUp(Box<Read>),
    Dating(Box<Read>),
    /// Recalling comes after staging; what was read stays at hand.
    Recalling(Box<Read>),
    Admitting,
    Delivering(Box<Courier>),
    Counting,
    Ending,
}

impl Run {
    /// A run that waits for [`Event::Start`].
    pub fn new(job: Job) -> Self {
        Self { job, phase: Phase::Beginning, tally: Tally::default(), feed: None, began: None, once: BTreeMap::new() }
    }

    /// What is to be done now that this happened.
    pub fn handle(&mut self, now: Now, event: Event) -> Vec<Effect> {
        let now = now.wall;
        let began = *self.began.get_or_insert(now);
        match (std::mem::replace(&mut self.phase, Phase::Ending), event) {
            (Phase::Beginning, Event::Start) => {
                self.phase = Phase::Beginning;
                let resumes = self.job.purpose == Aim::Resume;
                vec![Effect::Commit(if resumes { Transaction::Resume } else { Transaction::Begin })]
            }
            (Phase::Beginning, Event::Committed(Answer::Resumed(last))) => match last {
                Some(last) => self.resumed(*last, began, now),
                None => self.finish(),
            },
            (Phase::Beginning, Event::Committed(Answer::Begun { run, feed, realm })) => {
                self.tally.run = run;
                self.begun(feed, realm.as_deref(), now)
            }
            (Phase::Looking(courier), event) => self.look(courier, now, event),
            (Phase::Opening, Event::Opened(server)) => self.opened(server, began, now),
            (Phase::Meeting(server), Event::Committed(Answer::Acquainted(known, imported))) => {
                self.read(server, known, imported)
            }
            (Phase::Reading(intake), Event::Page(page)) => self.page(intake, page, began, now),
            (Phase::Asking(server), Event::Changed(changed)) => self.changed(server, changed, began),
            (Phase::Suspecting(sifting), Event::Committed(Answer::Suspects(keys))) => {
                self.suspected(sifting, keys, began, now)
            }
            (Phase::Fetching(sifting), Event::Fetched(entries)) => self.fetched(sifting, entries),
            (Phase::FetchingNamesakes(sifting, entries), Event::Fetched(namesakes)) => {
                self.namesakes_fetched(sifting, entries, namesakes)
            }
            (Phase::Recognising(sifting, entries), Event::Committed(Answer::Acquainted(known, _))) => {
                self.recognised(*sifting, &entries, known, began, now)
            }
            (Phase::LookingUp(read), Event::Sighted(sightings)) => self.sighted(read, &sightings, began, now),
            (Phase::Dating(read), Event::Dated(dates)) => self.dated(read, dates),
            (Phase::Recalling(read), Event::Committed(Answer::Known(recalled))) => self.weigh(*read, *recalled, now),
            (Phase::Admitting, Event::Committed(admitted)) => {
                if let Answer::Admitted(newly) = admitted {
                    self.tally.newly_invalid = newly;
                }
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

    fn begun(&mut self, feed: Option<Feed>, realm: Option<&str>, now: Timestamp) -> Vec<Effect> {
        if self.is_barred(feed.as_ref(), realm, now) {
            return self.sum_up();
        }
        self.feed = feed;
        if self.job.destination.limits().readable.is_some() {
            let (courier, effects) = Courier::look(&self.job, &self.tally, now);
            self.phase = Phase::Looking(Box::new(courier));
            return effects;
        }
        self.open()
    }

    fn look(&mut self, mut courier: Box<Courier>, now: Timestamp, event: Event) -> Vec<Effect> {
        match courier.handle(&self.job, &mut self.tally, now, event) {
            Courtesy::Do(effects) => {
                self.phase = Phase::Looking(courier);
                effects
            }
            Courtesy::Over(_) => {
                if let Some(informed) = courier.informed() {
                    self.job.destination = informed;
                }
                self.open()
            }
        }
    }

    fn open(&mut self) -> Vec<Effect> {
        self.phase = Phase::Opening;
        vec![Effect::Open]
    }

    fn resumed(&mut self, last: Resumed, began: Timestamp, now: Timestamp) -> Vec<Effect> {
        let Resumed { feed, realm, tally } = last;
        // What it waited for is over, or will be found again.
        self.tally = Tally { waits: None, wake: None, ..tally };
        if self.is_barred(Some(&feed), Some(&realm), now) { self.sum_up() } else { self.deliver(began) }
    }

    /// Whether nothing may be read or sent, which is then said.
    fn is_barred(&mut self, feed: Option<&Feed>, realm: Option<&str>, now: Timestamp) -> bool {
        let wanted = self.job.destination.realm();
        if let Some(realm) = realm.filter(|realm| *realm != wanted) {
            self.tally.failed = Some(format!(
                "its people were sent to “{realm}”, the config now says “{wanted}”: say what is meant with \
                 `rosterd resend {} --all`, or give the sync a new name",
                self.job.sync
            ));
            return true;
        }
        let Some(until) = feed.and_then(|feed| feed.paused_until).filter(|until| *until > now) else { return false };
        self.tally.wake = (until != Timestamp::MAX).then_some(until);
        let until = if until == Timestamp::MAX { "resumed".to_owned() } else { format!("{until:.0}") };
        self.tally.waits = Some(format!("paused until {until}: `rosterd resume {}`", self.job.sync));
        true
    }

    /// A reading that failed admits nothing; what is due already is delivered all the same.
    pub(super) fn failed(&mut self, why: String, began: Timestamp) -> Vec<Effect> {
        self.tally.failed = Some(why);
        if self.job.purpose == Aim::Plan { self.finish() } else { self.deliver(began) }
    }

    pub(super) fn is_plan(&self) -> bool {
        self.job.purpose == Aim::Plan
    }

    pub(super) fn deliver(&mut self, began: Timestamp) -> Vec<Effect> {
        let patience = SignedDuration::try_from(self.job.patience).unwrap_or(SignedDuration::MAX);
        let deadline = began.checked_add(patience).unwrap_or(Timestamp::MAX);
        let (courier, effects) = Courier::new(&self.job, &self.tally, std::mem::take(&mut self.once), deadline);
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
