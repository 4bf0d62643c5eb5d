//! The store as a run uses it: wishes are staged, weighed and admitted, batches claimed, sent and settled.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use super::deliver::{READY, prepare};
use super::{Admission, Frozen, Pace, Portion, Store, realm};
use crate::delivery::batch::{Batch, Settlement};
use crate::delivery::drift::Drift;
use crate::destination::Refusal;
use crate::directory::changes::Handle;
use crate::engine::{Extent, Newcomers, Standpoint};
use crate::plan::guard::Grounds;
use crate::plan::{FirstSeenInactive, Plan, Question, Staged, Verdict, Wish, weigh};
use crate::roster::{Fingerprint, Identity, Key, Payload, Unique};

mod admission;
mod claims;
mod clock;
mod course;
mod failed;
mod file;
mod forget;
mod guard;
mod holding;
mod import;
mod known;
mod latency;
mod moved;
mod newcomers;
mod once;
mod opening;
mod pages;
mod past;
mod pending;
mod quarantine;
mod record;
mod released;
mod retention;
mod said;
mod settlement;
mod steer;
mod tickets;
mod tokens;
mod told;

const REALM: &str = "veris https://acme.example acme";
const QUIET: Duration = Duration::from_mins(1);

pub(super) fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
}

pub(super) fn no() -> Refusal {
    Refusal::new("no")
}

fn payload(identity: &str, version: u8) -> Payload {
    Payload::default().with("id", identity).with("v", version)
}

/// `A+7` is the identity A and a value, 7, that the target keeps unique; `A!` is sent something once.
fn parts(text: &str) -> (&str, Option<Unique>) {
    let text = text.trim_end_matches('!');
    text.split_once('+').map_or((text, None), |(identity, value)| (identity, Some(Unique::new("msisdn", value))))
}

/// What somebody wishes: `Be` with a version of the payload.
#[derive(Clone, Copy, Debug)]
pub(super) enum Say {
    Be(&'static str, u8),
    Inactive(&'static str, u8),
    Leave,
    Protected,
    Invalid,
}

/// A store with a sync, a run and a clock.
pub(super) struct Desk {
    pub store: Store,
    pub feed: i64,
    pub run: i64,
    pub now: Timestamp,
    pub rules: Fingerprint,
    pub grounds: Grounds,
    pub first_seen_inactive: FirstSeenInactive,
    pub plan: Plan,
    pub changed_at: Option<Timestamp>,
    /// What the directory calls whoever is staged, where it tells.
    pub handle: Option<Handle>,
    /// What the target shows otherwise than it confirmed, at the next admission.
    pub drifts: Vec<Drift>,
    /// Who is not found any more, at every admission.
    pub unseen: Vec<i64>,
    pub newcomers: Newcomers,
    /// How many newcomers were set apart the last time.
    pub apart: u64,
}

impl Desk {
    pub async fn new() -> Self {
        Self::on(Store::memory().await.unwrap()).await
    }

    pub async fn on(mut store: Store) -> Self {
        store.enrol("staff", None, REALM).await.unwrap();
        let feed = store.feed("staff", None).await.unwrap().unwrap().0.id;
        let run = store.begin_run(feed, at(0)).await.unwrap();
        Self {
            store,
            feed,
            run,
            now: at(0),
            rules: Fingerprint::of(b"rules"),
            grounds: Grounds { active: 10_000, onboarded: true, ..Grounds::default() },
            first_seen_inactive: FirstSeenInactive::Skip,
            plan: Plan::default(),
            changed_at: None,
            handle: None,
            drifts: Vec::new(),
            unseen: Vec::new(),
            newcomers: Newcomers::Weighed,
            apart: 0,
        }
    }

    /// People who are active and confirmed with version 1: `anna` is A, ….
    pub async fn with(people: &[(&'static str, &'static str)]) -> Self {
        let mut desk = Self::new().await;
        let says: Vec<_> = people.iter().map(|(key, identity)| (*key, Say::Be(identity, 1))).collect();
        desk.admit(&says).await;
        desk.deliver().await;
        desk
    }

    pub async fn next_run(&mut self, minutes: i64) {
        self.now += jiff::SignedDuration::from_mins(minutes);
        self.run = self.store.begin_run(self.feed, self.now).await.unwrap();
        self.store.recover(REALM, QUIET, self.now).await.unwrap();
        self.store.forget_once(REALM).await.unwrap();
    }

    async fn staged(&mut self, says: &[(&str, Say)]) -> Vec<Staged> {
        let known = self.store.known(self.feed).await.unwrap();
        let stage = |(key, say): &(&str, Say)| {
            let known = known.find(&Key::new(*key));
            let member = |identity: &str, version| (Identity::new(identity), payload(identity, version).fingerprint());
            let (mut unique, mut once) = (None, false);
            let (wish, body) = match *say {
                Say::Be(text, version) => {
                    let (identity, value) = parts(text);
                    (unique, once) = (value, text.ends_with('!'));
                    let (identity_, print) = member(identity, version);
                    (Wish::Be(identity_, print), Some(payload(identity, version).to_json()))
                }
                Say::Inactive(identity, version) => {
                    (Wish::Leave(Some(member(identity, version))), Some(payload(identity, version).to_json()))
                }
                Say::Leave | Say::Protected => (Wish::Leave(None), None),
                Say::Invalid => (Wish::Keep(Verdict::Invalid), None),
            };
            let protected = matches!(say, Say::Protected);
            Staged {
                handle: self.handle,
                key: Key::new(*key),
                person: known.map(|known| known.id),
                wish,
                body,
                unique: unique.into_iter().collect(),
                once,
                seen: Some(Fingerprint::of(format!("{say:?}").as_bytes())),
                recheck_at: None,
                protected,
                why: None,
                needs_approval: protected.then(|| "protected".to_owned()),
                absent_since: None,
                imported: None,
                changed_at: self.changed_at,
            }
        };
        says.iter().map(stage).collect()
    }

    pub async fn question(&mut self, says: &[(&str, Say)]) -> Question {
        let staged = self.staged(says).await;
        self.store.clear_stage().await.unwrap();
        self.store.stage_drift(self.feed, &std::mem::take(&mut self.drifts)).await.unwrap();
        self.store.stage(&staged).await.unwrap();
        self.store.replace_staged().await.unwrap();
        if self.newcomers == Newcomers::Apart {
            self.apart = self.store.set_apart(self.feed, REALM).await.unwrap();
        }
        let window = jiff::SignedDuration::from_hours(24);
        let known = self.store.grounds(self.feed, self.now, window).await.unwrap();
        let Grounds { window, held, granted, .. } = known;
        Question {
            observed: self.store.observed().await.unwrap(),
            accounts: self.store.touched(REALM).await.unwrap(),
            holders: self.store.holders(REALM).await.unwrap(),
            guard: Grounds { window, held, granted, ..self.grounds.clone() },
            first_seen_inactive: self.first_seen_inactive,
        }
    }

    /// Weighs and admits; gives how many are newly invalid.
    pub async fn admit(&mut self, says: &[(&str, Say)]) -> u64 {
        let question = self.question(says).await;
        self.plan = weigh(&question);
        let admission = Admission {
            feed: self.feed,
            realm: REALM,
            run: self.run,
            observed: &question.observed,
            plan: &self.plan,
            granted: &question.guard.granted,
            rules: self.rules,
            forgotten: &[],
            unseen: &self.unseen,
            extent: &Extent::Everybody { bases: vec![1], keyless: 0 },
            standpoint: &Standpoint { server: "dc1".to_owned(), since: None, marked: None },
            now: self.now,
        };
        self.store.admit(&admission).await.unwrap()
    }

    /// Makes a batch of what is ready, of which nothing leaves yet.
    pub async fn claim(&mut self, limit: usize) -> Option<Batch> {
        let portion = Portion { most: limit, joins_apart: false };
        let mut tx = self.store.write().await.unwrap();
        let realm = realm::named(&mut tx, REALM).await.unwrap();
        let batch = prepare(&mut tx, READY, (realm, self.run), portion, self.now).await.unwrap();
        if batch.is_some() {
            tx.commit().await.unwrap();
        }
        batch
    }

    /// Claims and sends everything that is ready; who, and whether they leave.
    pub async fn send(&mut self) -> (Batch, Vec<Frozen>) {
        let portion = Portion { most: 500, joins_apart: false };
        let sent = self.store.claim(REALM, self.run, portion, self.now).await.unwrap();
        sent.expect("something is ready")
    }

    pub async fn settle(&mut self, batch: &Batch, settlement: Settlement) {
        let waits = matches!(settlement, Settlement::NotApplied(..) | Settlement::Unknown(_));
        let not_before = waits.then(|| self.now + Duration::from_secs(5));
        let pace = Pace { not_before, quiet: QUIET };
        self.store.settle(batch, self.run, &settlement, pace, self.now).await.unwrap();
    }

    pub async fn refuse(&mut self, batch: &Batch) {
        self.settle(batch, Settlement::Refused(no())).await;
    }

    /// Delivers whatever is ready, until nothing is.
    pub async fn deliver(&mut self) {
        while let Some(batch) = self.claim(500).await {
            self.store.mark_sent(batch.id, self.now).await.unwrap();
            self.settle(&batch, Settlement::Confirmed(vec![])).await;
        }
    }

    /// Who would go out now, in order: `-A` leaves.
    pub async fn ready(&mut self) -> Vec<String> {
        let Some(batch) = self.claim(500).await else { return Vec::new() };
        let rows = sqlx::query(
            "SELECT a.identity, i.gone FROM item i JOIN account a ON a.id = i.account WHERE i.batch = ?
             ORDER BY a.pending, a.id",
        )
        .bind(batch.id)
        .fetch_all(&mut self.store.connection)
        .await
        .unwrap();
        self.store.recover(REALM, QUIET, self.now).await.unwrap();
        rows.iter()
            .map(|row| format!("{}{}", if row.get::<bool, _>(1) { "-" } else { "" }, row.get::<&str, _>(0)))
            .collect()
    }

    /// An account in a line: what is due, what was confirmed, and what is to do.
    pub async fn account(&mut self, identity: &str) -> String {
        let row = sqlx::query("SELECT * FROM account WHERE identity = ?")
            .bind(identity)
            .fetch_one(&mut self.store.connection)
            .await
            .unwrap();
        let version = |column: &str| {
            let print = row.get::<Option<Vec<u8>>, _>(column)?;
            (1..9).find(|version| payload(identity, *version).fingerprint().as_bytes()[..] == print[..])
        };
        let state = |gone: Option<bool>, column: &str| match (gone, version(column)) {
            (None, _) => "nothing".to_owned(),
            (Some(true), _) => "gone".to_owned(),
            (Some(false), version) => format!("v{}", version.unwrap_or_default()),
        };
        let mut line = format!(
            "due {}, confirmed {}",
            state(Some(row.get("gone")), "fp"),
            state(row.get("confirmed_gone"), "confirmed_fp")
        );
        let mut add = |yes: bool, word: &str| {
            if yes {
                line.push_str(word);
            }
        };
        add(!row.get::<bool, _>("certain"), ", uncertain");
        add(row.get::<Option<i64>, _>("batch").is_some(), ", in a batch");
        add(row.get::<Option<i64>, _>("pending").is_some(), ", pending");
        add(row.get::<Option<Vec<u8>>, _>("refused").is_some(), ", refused");
        add(row.get::<Option<Vec<u8>>, _>("suspect").is_some(), ", suspect");
        add(row.get::<Option<i64>, _>("not_before").is_some(), ", waits");
        line
    }

    pub async fn number(&mut self, sql: &'static str) -> i64 {
        sqlx::query_scalar(sql).fetch_one(&mut self.store.connection).await.unwrap()
    }
}
