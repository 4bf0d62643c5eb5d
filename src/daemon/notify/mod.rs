//! Looks at how everything stands, and tells the receivers of `notify` what is wrong. What they know is in the store; see
//! [`crate::notify`].

mod send;
mod trial;

use std::collections::BTreeMap;
use std::fs;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use futures_util::future::join_all;
use jiff::{SignedDuration, Timestamp};

use super::round::Round;
use super::shared::Daemon;
use super::told;
use crate::config::{Config, Receiver};
use crate::notify::{Seen, Told, conditions};
use crate::roster::Fingerprint;
use crate::store::{self, Store};

pub use trial::{Trial, try_out};

/// How long after a look the next one begins: where nobody is told quickly, and as fast as it may be.
const SLOW: SignedDuration = SignedDuration::from_mins(1);
const FAST: SignedDuration = SignedDuration::from_secs(1);

/// Where nobody is told at all, what former receivers knew goes.
const IDLE: SignedDuration = SignedDuration::from_hours(1);

type Known = BTreeMap<Fingerprint, Told>;

/// What is remembered from one look to the next.
#[derive(Debug, Default)]
pub struct Notices {
    round: Mutex<Round>,
    /// Held from telling to noting what was told.
    telling: tokio::sync::Mutex<()>,
    /// What could not be stored, in whose place it stands: a full disk has nobody told the same each minute.
    unsaved: Mutex<Option<Known>>,
    /// Why who could not be told, as it was logged.
    failing: Mutex<BTreeMap<Fingerprint, String>>,
    /// Why the last look came to nothing, as it was logged.
    blind: Mutex<Option<String>>,
}

impl Notices {
    /// Waits until what was told is noted.
    pub(super) async fn rest(&self) {
        drop(self.telling.lock().await);
    }
}

impl Daemon {
    /// Looks whether somebody is to be told something, unless it is not time yet.
    pub(super) fn notify(self: &Arc<Self>) {
        if lock(&self.notices().round).begin(apart(&self.config().notify), self.now()) {
            let daemon = self.clone();
            tokio::spawn(async move {
                let error = daemon.tell_all().await.err();
                let why = error.as_ref().map(ToString::to_string);
                let before = std::mem::replace(&mut *lock(&daemon.notices().blind), why.clone());
                if let Some(error) = error.filter(|_| before != why) {
                    told::unnoted(&error);
                }
                lock(&daemon.notices().round).end();
            });
        }
    }

    async fn tell_all(&self) -> Result<(), store::Error> {
        let _telling = self.notices().telling.lock().await;
        let config = self.config();
        let (stored, now) = self.stored(&config).await?;
        let known = lock(&self.notices().unsaved).clone().unwrap_or_else(|| stored.clone());
        let mut knows = Known::new();
        if !config.notify.is_empty() {
            let seen = conditions(&self.status().await?, &reads(&config));
            let host = host();
            let told = config
                .notify
                .iter()
                .map(|receiver| self.tell(receiver, known.get(&receiver.address.fingerprint()), &seen, now, &host));
            for (place, Told(standings)) in join_all(told).await {
                knows.entry(place).or_default().0.extend(standings);
            }
        }
        knows.retain(|_, Told(standings)| !standings.is_empty());
        if knows == stored { Ok(()) } else { self.save(knows).await }
    }

    /// What is stored of what receivers know, and the moment by the clock that it follows.
    async fn stored(&self, config: &Config) -> Result<(Known, Timestamp), store::Error> {
        let clock = self.clock().enter();
        let mut store = Store::open(&config.state).await?;
        store.follow_clock(clock.now()).await?;
        let stored = store.told().await?;
        store.close().await?;
        Ok((stored, clock.now().wall))
    }

    async fn save(&self, knows: Known) -> Result<(), store::Error> {
        let saved = async {
            let mut store = Store::open(&self.config().state).await?;
            store.keep_told(&knows).await?;
            store.close().await
        };
        let saved = saved.await;
        *lock(&self.notices().unsaved) = saved.is_err().then_some(knows);
        saved
    }

    /// Tells a receiver one thing after the other, until something can't be told; gives what it knows then.
    async fn tell(
        &self,
        Receiver { address, terms }: &Receiver,
        known: Option<&Told>,
        seen: &Seen,
        now: Timestamp,
        host: &str,
    ) -> (Fingerprint, Told) {
        let place = address.fingerprint();
        let mut knows = known.cloned().unwrap_or_default();
        for message in knows.look(seen, terms, now) {
            if self.stop().asked() {
                break;
            }
            match send::send(address, &message.json(host)).await {
                Ok(()) => {
                    knows.heard(&message);
                    if lock(&self.notices().failing).remove(&place).is_some() {
                        told::heard_again(address);
                    }
                }
                Err(why) => {
                    let before = lock(&self.notices().failing).insert(place, why.clone());
                    if before.as_ref() != Some(&why) {
                        told::untold(address, &why);
                    }
                    break;
                }
            }
        }
        (place, knows)
    }
}

/// As long as the least patient receiver waits.
fn apart(receivers: &[Receiver]) -> SignedDuration {
    let after = receivers.iter().map(|receiver| receiver.terms.after).min();
    after.map_or(IDLE, |after| SignedDuration::try_from(after).unwrap_or(SLOW).clamp(FAST, SLOW))
}

/// Each sync beside each directory that it reads.
fn reads(config: &Config) -> Vec<(&str, &str)> {
    let mut reads = Vec::new();
    for sync in config.syncs.values() {
        reads.extend(sync.from.iter().map(|origin| (sync.name.as_str(), origin.directory.as_str())));
    }
    reads
}

fn host() -> String {
    fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default().trim().to_owned()
}

/// What it guards is whole between two statements; a panic elsewhere does not change that.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
