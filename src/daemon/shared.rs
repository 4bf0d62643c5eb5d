//! What all parts of a running daemon share.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use tokio::sync::OwnedMutexGuard;

use super::agenda::Agenda;
use super::ask;
use super::clock::Steady;
use super::listen::private::Sessions;
use super::listen::{Attempts, Place};
use super::notify::Notices;
use super::round::Round;
use super::stop::{Stop, Stopping};
use crate::config::{Config, Sync};
use crate::report::metrics::Counted;
use crate::report::page::Overview;
use crate::report::text::{Glance, glance};
use crate::report::{self, ConfigStatus, RefusedConfig, Status, Summary};
use crate::store::{self, Store};

/// A running daemon.
pub struct Daemon {
    file: PathBuf,
    since: Timestamp,
    force: Mutex<Force>,
    agenda: Mutex<Agenda>,
    /// Which syncs run.
    running: Mutex<BTreeSet<String>>,
    /// Runs at one target wait for each other here.
    slots: Mutex<BTreeMap<String, Arc<tokio::sync::Mutex<()>>>>,
    clock: Arc<Steady>,
    stop: Stop,
    counted: Counted,
    /// How each sync's last run ended, as it was told: result and reason.
    said: Mutex<BTreeMap<String, (String, Option<String>)>>,
    /// The last run's store, for the next one: to open one takes longer than a run to which nothing comes.
    spare: Mutex<Option<Store>>,
    round: Mutex<Round>,
    /// Who is told when something is wrong.
    notices: Notices,
    /// When the loop last went round.
    pub(super) beat: Mutex<Instant>,
    /// Where it listens, from when it does.
    place: OnceLock<Place>,
    /// Who may see people there.
    sessions: Mutex<Sessions>,
    /// Who tried to log in there.
    attempts: Mutex<Attempts>,
    /// One asks the store how everything stands at a time, however many would like to.
    asking: tokio::sync::Mutex<()>,
}

/// The config in force.
struct Force {
    config: Arc<Config>,
    loaded_at: Timestamp,
    /// The file as it is now, when it is not used.
    refused: Option<RefusedConfig>,
}

/// A target's turn, and the config as it was when it came.
pub(super) struct Turn {
    pub config: Arc<Config>,
    _slot: OwnedMutexGuard<()>,
}

impl Turn {
    /// The sync.
    pub fn sync(&self, name: &str) -> Result<&Sync, NoTurn> {
        self.config.syncs.get(name).ok_or_else(|| NoTurn::NoSuchSync(name.to_owned()))
    }
}

/// Why a sync's turn does not come.
#[derive(Debug, thiserror::Error)]
pub enum NoTurn {
    /// The config names no such sync any more.
    #[error("no sync is named `{0}` any more: the config was changed meanwhile")]
    NoSuchSync(String),
    /// Nothing begins any more.
    #[error(transparent)]
    Stopping(#[from] Stopping),
}

impl Daemon {
    /// With the config to begin with, and nothing to do yet.
    pub fn new(file: &Path, config: Arc<Config>, stop: Stop, now: Timestamp) -> Self {
        Self {
            file: file.to_owned(),
            since: now,
            force: Mutex::new(Force { config, loaded_at: now, refused: None }),
            agenda: Mutex::default(),
            running: Mutex::default(),
            slots: Mutex::default(),
            clock: Arc::default(),
            stop,
            counted: Counted::default(),
            said: Mutex::default(),
            spare: Mutex::default(),
            round: Mutex::default(),
            notices: Notices::default(),
            beat: Mutex::new(Instant::now()),
            place: OnceLock::new(),
            sessions: Mutex::default(),
            attempts: Mutex::default(),
            asking: tokio::sync::Mutex::default(),
        }
    }

    /// Its config file.
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The config in force.
    pub fn config(&self) -> Arc<Config> {
        lock(&self.force).config.clone()
    }

    /// The config file as it is now, when it is not used.
    pub fn refused(&self) -> Option<RefusedConfig> {
        lock(&self.force).refused.clone()
    }

    /// A config comes in force.
    pub(super) fn follow(&self, config: Arc<Config>) {
        *lock(&self.force) = Force { config, loaded_at: Timestamp::now(), refused: None };
    }

    /// A config is not used, for these reasons.
    pub(super) fn refuse(&self, faults: Vec<String>) {
        lock(&self.force).refused = Some(RefusedConfig { at: Timestamp::now(), faults });
    }

    /// Whether a sync's run ended as the one before; from now on it is the one before.
    pub(super) fn said_before(&self, summary: &Summary) -> bool {
        let Summary { sync, result, error, .. } = summary;
        let said = (result.clone(), error.clone());
        lock(&self.said).insert(sync.clone(), said.clone()).is_some_and(|before| before == said)
    }

    /// The store, for a run.
    pub(super) async fn store(&self, folder: &Path) -> Result<Store, store::Error> {
        let spare = lock(&self.spare).take();
        match spare.filter(|spare| spare.is_of(folder)) {
            Some(spare) => Ok(spare),
            None => Store::open(folder).await,
        }
    }

    /// A run came to its end, and needs its store no more.
    pub(super) fn keep(&self, store: Store) {
        *lock(&self.spare) = Some(store);
    }

    /// What is to run when.
    pub(super) fn agenda(&self) -> MutexGuard<'_, Agenda> {
        lock(&self.agenda)
    }

    /// When the store is looked through for what is due to go.
    pub(super) fn round(&self) -> MutexGuard<'_, Round> {
        lock(&self.round)
    }

    /// Who is told when something is wrong.
    pub(super) fn notices(&self) -> &Notices {
        &self.notices
    }

    /// It listens from now on, and for as long as it runs.
    pub(super) fn listens(&self, at: Place) {
        // A second place there is not.
        let _ = self.place.set(at);
    }

    /// Where it listens, if it does.
    pub(super) fn place(&self) -> Option<&Place> {
        self.place.get()
    }

    /// Who may see people there.
    pub(super) fn sessions(&self) -> MutexGuard<'_, Sessions> {
        lock(&self.sessions)
    }

    /// Who tried to log in there.
    pub(super) fn attempts(&self) -> MutexGuard<'_, Attempts> {
        lock(&self.attempts)
    }

    /// Which syncs run.
    pub(super) fn running(&self) -> MutexGuard<'_, BTreeSet<String>> {
        lock(&self.running)
    }

    /// This moment, by the clock of all that goes on.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.enter().now().wall
    }

    /// The clock of all that goes on.
    pub fn clock(&self) -> &Arc<Steady> {
        &self.clock
    }

    /// Whether it is being stopped.
    pub fn stop(&self) -> &Stop {
        &self.stop
    }

    /// What is counted while it runs.
    pub fn counted(&self) -> &Counted {
        &self.counted
    }

    /// The loop has gone round.
    pub(super) fn beats(&self) {
        *lock(&self.beat) = Instant::now();
    }

    /// How long ago the loop last went round.
    pub fn silent_for(&self) -> Duration {
        lock(&self.beat).elapsed()
    }

    /// Whether a path is that of its config file.
    pub fn goes_by(&self, file: &Path) -> bool {
        let same = || file.canonicalize().ok().zip(self.file.canonicalize().ok());
        file == self.file || same().is_some_and(|(one, other)| one == other)
    }

    /// How everything stands.
    pub async fn status(&self) -> Result<Status, store::Error> {
        let _one = self.asking.lock().await;
        let config = self.config();
        let mut store = Store::look(&config.state).await?;
        let status = self.stands(&config, &mut store).await?;
        store.close().await?;
        Ok(status)
    }

    /// What the status page shows.
    pub(super) async fn overview(&self) -> Result<Overview, store::Error> {
        let _one = self.asking.lock().await;
        let config = self.config();
        let mut store = Store::look(&config.state).await?;
        let status = self.stands(&config, &mut store).await?;
        let overview = ask::overview(&config, &mut store, status).await?;
        store.close().await?;
        Ok(overview)
    }

    async fn stands(&self, config: &Config, store: &mut Store) -> Result<Status, store::Error> {
        let mut status = ask::status(config, store, Timestamp::now()).await?;
        let force = lock(&self.force);
        let config = ConfigStatus { loaded_at: force.loaded_at, path: self.file.clone() };
        status.daemon = Some(report::Daemon { since: self.since, config, refused: force.refused.clone() });
        let (agenda, running) = (self.agenda(), self.running());
        for sync in &mut status.syncs {
            sync.next = agenda.reading_at(&sync.sync);
            sync.running = running.contains(&sync.sync);
        }
        Ok(status)
    }

    /// Waits until nobody is at work at any target and what was told is noted, and closes the store.
    pub(super) async fn rest(&self) {
        self.notices.rest().await;
        let slots: Vec<_> = lock(&self.slots).values().cloned().collect();
        for slot in slots {
            drop(slot.lock().await);
        }
        let spare = lock(&self.spare).take();
        if let Some(store) = spare {
            // Whatever is in its log is in the file then, which somebody may copy.
            let _ = store.close().await;
        }
    }

    /// How everything stands at a glance, for `systemctl status`.
    pub fn glance(&self) -> String {
        let (config, refused) = (self.config(), self.refused());
        let running = self.running().clone();
        let running: Vec<&str> = running.iter().map(String::as_str).collect();
        let agenda = self.agenda();
        let next = config.syncs.keys().filter_map(|name| Some((name.as_str(), agenda.reading_at(name)?)));
        glance(&Glance {
            now: Timestamp::now(),
            syncs: config.syncs.len(),
            running: &running,
            next: next.min_by_key(|(_, at)| *at),
            refused: refused.as_ref(),
        })
    }

    /// Held by whoever is at work at a target; waits for it, unless the daemon is being stopped.
    pub async fn slot(&self, realm: &str) -> Result<OwnedMutexGuard<()>, Stopping> {
        let slot = lock(&self.slots).entry(realm.to_owned()).or_default().clone();
        tokio::select! {
            biased;
            () = self.stop.wait() => Err(Stopping),
            slot = slot.lock_owned() => Ok(slot),
        }
    }

    /// Held by whoever needs that nobody is at work at any target. Always in the same order, or two would wait for each other.
    pub async fn slots(&self, config: &Config) -> Result<Vec<OwnedMutexGuard<()>>, Stopping> {
        let mut realms: BTreeSet<_> = config.destinations.values().map(|target| target.destination.realm()).collect();
        realms.extend(lock(&self.slots).keys().cloned());
        let mut slots = Vec::new();
        for realm in realms {
            slots.push(self.slot(&realm).await?);
        }
        Ok(slots)
    }

    /// Waits for a sync's turn at its target, wherever the config says that this is by then.
    pub(super) async fn turn(&self, name: &str) -> Result<Turn, NoTurn> {
        let realm = |config: &Config| {
            let sync = config.syncs.get(name).ok_or_else(|| NoTurn::NoSuchSync(name.to_owned()))?;
            Ok::<_, NoTurn>(config.target(sync).destination.realm())
        };
        loop {
            let before = realm(&self.config())?;
            let slot = self.slot(&before).await?;
            let config = self.config();
            if realm(&config)? == before {
                return Ok(Turn { config, _slot: slot });
            }
        }
    }
}

/// What it guards is whole between two statements; a panic elsewhere does not change that.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
