//! What the loop lets others see: the control socket, health, metrics.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use jiff::Timestamp;

use super::ask;
use crate::config::Config;
use crate::report::metrics::Counted;
use crate::report::{ConfigStatus, Daemon, RefusedConfig, Status};
use crate::store::{self, Store};

/// How the daemon is, at one moment.
#[derive(Clone, Debug)]
pub struct View {
    /// When it started.
    pub since: Timestamp,
    /// The config in force.
    pub config: Arc<Config>,
    /// Its file.
    pub path: PathBuf,
    /// When it was loaded.
    pub loaded_at: Timestamp,
    /// A newer one that was refused.
    pub refused: Option<RefusedConfig>,
    /// When syncs run next.
    pub next: BTreeMap<String, Timestamp>,
    /// Which run now.
    pub running: BTreeSet<String>,
    /// How long after one run of a schedule the next one comes.
    pub periods: BTreeMap<String, Duration>,
}

/// The loop writes it, others read it.
#[derive(Debug)]
pub struct Shared {
    /// What happened since the daemon started.
    pub counted: Counted,
    view: Mutex<Arc<View>>,
    pub(super) beat: Mutex<Instant>,
    /// One asks the store at a time, however many would like to.
    asking: tokio::sync::Mutex<()>,
}

impl Shared {
    /// Of a daemon that just started.
    pub fn new(view: View) -> Self {
        Self {
            counted: Counted::default(),
            view: Mutex::new(Arc::new(view)),
            beat: Mutex::new(Instant::now()),
            asking: tokio::sync::Mutex::default(),
        }
    }

    /// The newest view.
    pub fn view(&self) -> Arc<View> {
        self.view.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Changes what is seen. Whoever looks already still sees what was.
    pub fn update(&self, change: impl FnOnce(&mut View)) {
        change(Arc::make_mut(&mut self.view.lock().unwrap_or_else(PoisonError::into_inner)));
    }

    /// The loop has gone round.
    pub fn beat(&self) {
        *self.beat.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    /// How long ago the loop last went round.
    pub fn silent_for(&self) -> Duration {
        self.beat.lock().unwrap_or_else(PoisonError::into_inner).elapsed()
    }

    /// How everything stands, with what only the daemon knows.
    pub async fn status(&self, now: Timestamp) -> Result<Status, store::Error> {
        let _one = self.asking.lock().await;
        let view = self.view();
        let mut store = Store::look(&view.config.state).await?;
        let mut status = ask::status(&view.config, &mut store, now).await?;
        store.close().await?;
        view.add_to(&mut status);
        Ok(status)
    }
}

impl View {
    fn add_to(&self, status: &mut Status) {
        let config = ConfigStatus { loaded_at: self.loaded_at, path: self.path.clone() };
        status.daemon = Some(Daemon { since: self.since, config, refused: self.refused.clone() });
        for sync in &mut status.syncs {
            sync.next = self.next.get(&sync.sync).copied();
            sync.running = self.running.contains(&sync.sync);
        }
    }
}
