//! A run from end to end, without a network: a scripted directory, a target with faults, the real books on a store in
//! memory, and a clock that is moved. A crash is dropping the run between two effects.

use std::collections::VecDeque;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use jiff::SignedDuration;

use super::{Aim, Effect, Event, Job, Outcome, Reach, Run, Tally};
use crate::daemon::books::Books;
use crate::destination::Quota;
use crate::destination::veris::{self, Veris};
use crate::directory::changes::{Changed, Changes};
use crate::mapping::{Mapping, Rule, Source};
use crate::plan::{Absence, FirstSeenInactive, Limits};
use crate::roster::{Now, Timestamp};
use crate::simulation::directory::{Directory, Person};
use crate::simulation::target::Target;
use crate::store::Store;

mod bulks;
mod clients;
mod crashes;
mod deltas;
mod faults;
mod guarded;
mod imports;
mod readings;
mod refusals;
mod resumes;
mod servers;
mod tokens;

const QUOTA: Quota = Quota { quota: 20, per: Duration::from_hours(24), reserve: 2 };

fn start() -> Timestamp {
    "2026-11-02T08:00:00Z".parse().unwrap()
}

fn mapping() -> Mapping {
    let text = |name: &str, rule: &str| (name.to_owned(), Rule::Text(rule.to_owned()));
    let fields = vec![
        text("unique_id", "employeeID"),
        text("first_name", "givenName"),
        text("last_name", "sn"),
        text("designation", "title"),
        text("email", "{{ employeeID }}@example.com"),
        ("country".to_owned(), Rule::Const("Norway".into())),
    ];
    let key = Some("uid".to_owned());
    let protect = Some("title == 'Chair'".to_owned());
    let skip = Some("title == 'Intern'".to_owned());
    let source = Source { fields, key, protect, skip, directory_rule: true, handles: true, ..Source::default() };
    Mapping::compile(&source).unwrap_or_else(|faults| panic!("{faults:?}"))
}

fn veris(secret: &str, quota: Quota) -> Veris {
    veris_at("https://acme.example", secret, quota)
}

fn veris_at(url: &str, secret: &str, quota: Quota) -> Veris {
    Veris::new(veris::Settings {
        url: url.to_owned(),
        client_id: "acme".to_owned(),
        client_secret: secret.to_owned().into(),
        api_key: "key".to_owned().into(),
        quota,
        lifetime: veris::LIFETIME,
        batch: NonZeroUsize::new(4).unwrap(),
        quiet: veris::QUIET,
    })
}

/// Everything a run meets.
struct World {
    store: Store,
    now: Timestamp,
    directory: Directory,
    /// What the directory says changed.
    changed: Changed,
    target: Target,
    job: Job,
}

/// How far a run came.
struct Ran {
    /// Nothing when it crashed.
    outcome: Option<Outcome>,
    /// Effects performed.
    effects: usize,
}

impl World {
    /// Anna, one of these people, has another title, and no token is left but the reserve; with the run that found so.
    async fn at_the_limit(people: &[&'static str]) -> (Self, Tally) {
        let mut world = Self::of(people).await;
        world.job.destination = Arc::new(veris("secret", Quota { quota: 2, reserve: 1, ..QUOTA }));
        world.run().await;
        world.later(20);
        world.person("anna").set("title", "Manager");
        let tally = world.run().await;
        assert_eq!((tally.pending, tally.requests), (1, 0));
        assert!(text(tally.waits.as_ref()).contains("quota of 2 token requests"));
        (world, tally)
    }

    async fn of(people: &[&'static str]) -> Self {
        let mapping = Arc::new(mapping());
        let job = Job {
            sync: "staff".to_owned(),
            was: None,
            rules: mapping.version(),
            mapping,
            destination: Arc::new(veris("secret", QUOTA)),
            limits: Limits::default(),
            absence: Absence { grace: Some(Duration::ZERO), ..Absence::default() },
            first_seen_inactive: FirstSeenInactive::Skip,
            changes: Changes::Full,
            full_reading: Duration::from_hours(24),
            reach: Reach::Changes,
            purpose: Aim::Sync,
            patience: Duration::ZERO,
            seed: 7,
        };
        let directory = Directory::of(people);
        let (store, target) = (Store::memory().await.unwrap(), Target::default());
        let changed = Changed::Unknown("nobody asks".to_owned());
        Self { store, now: start(), directory, changed, target, job }
    }

    /// People who are active at the target by a first run.
    async fn synced(people: &[&'static str]) -> Self {
        let mut world = Self::of(people).await;
        let tally = world.run().await;
        assert_eq!((tally.failed, tally.confirmed), (None, people.len() as u64));
        world.target.calls.clear();
        world
    }

    fn later(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    async fn run(&mut self) -> Tally {
        match self.run_for(usize::MAX).await.outcome {
            Some(Outcome::Synced(tally)) => *tally,
            other => panic!("not synced but {other:?}"),
        }
    }

    /// The last run goes on.
    async fn resume(&mut self) -> Tally {
        self.job.purpose = Aim::Resume;
        let tally = self.run().await;
        self.job.purpose = Aim::Sync;
        tally
    }

    /// A run that crashes before its effect number `most`.
    async fn run_for(&mut self, most: usize) -> Ran {
        let mut books = Books::new(&mut self.store, self.job.clone());
        let mut reading = self.directory.read(&self.job.mapping, self.now);
        let changed = self.changed.clone();
        reading.answer = Box::new(move |_| changed.clone());
        let mut run = Run::new(self.job.clone());
        let moment = |wall: Timestamp| Now { wall, monotonic: Duration::ZERO, boot: None };
        let mut effects = VecDeque::from(run.handle(moment(self.now), Event::Start));
        for performed in 0.. {
            assert!(performed < 5_000, "a run without an end");
            if performed >= most {
                return Ran { outcome: None, effects: performed };
            }
            let event = match effects.pop_front().expect("a run ends with Finish") {
                Effect::Finish(outcome) => return Ran { outcome: Some(*outcome), effects: performed },
                Effect::Tell(_) => continue,
                Effect::Commit(transaction) => {
                    Event::Committed(books.commit(transaction, moment(self.now)).await.unwrap())
                }
                Effect::Open | Effect::ReadPage | Effect::LookUp(_) | Effect::AskChanges(_) | Effect::Fetch(_)
                    if self.job.purpose == Aim::Resume =>
                {
                    panic!("what goes on reads nobody")
                }
                Effect::Open => reading.open(),
                Effect::ReadPage => reading.page(),
                Effect::AskChanges(marks) => reading.changed(&marks),
                Effect::Fetch(whom) => reading.fetch(&whom),
                Effect::Date(_) => Event::Dated(Vec::new()),
                Effect::LookUp(keys) => reading.look_up(&keys),
                Effect::Call(request) => self.target.call(&request, self.now),
                Effect::Keep(secret) => self.target.keep(&secret),
                Effect::WakeAt(moment) => {
                    assert!(moment > self.now, "a wait that is over before it began");
                    self.now = moment;
                    Event::Woken
                }
            };
            effects.extend(run.handle(moment(self.now), event));
        }
        unreachable!("a run has an end")
    }

    /// Members as the target knows them: `E1 active Clerk`.
    fn members(&self) -> Vec<String> {
        self.target.members.iter().map(|(id, (status, title))| format!("{id} {status} {title}")).collect()
    }

    fn person(&mut self, key: &str) -> &mut Person {
        self.directory.person(key)
    }

    async fn left_over(&mut self) -> u64 {
        let realm = self.job.destination.realm();
        self.store.left_over(&realm).await.unwrap()
    }
}

/// Admitted changes: leaves, identities, returns, changes, joins.
fn kinds(tally: &Tally) -> [u64; 5] {
    tally.kinds
}

fn text(why: Option<&String>) -> &str {
    why.map_or("", String::as_str)
}
