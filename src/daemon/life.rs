//! A daemon's life: it starts, does what is due, follows its config, and stops.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval, timeout};

use super::control::{self, Handler};
use super::listen::{self, ListenError};
use super::log::{self, Volume};
use super::shared::Daemon;
use super::stop::Stopper;
use super::systemd::Notifier;
use super::told;
use super::watch::Watch;
use crate::config::{Changes, Config, Environment, Faults};
use crate::report::metrics::Reload;
use crate::store::{self, Lock, LockError, Store};

/// How often it looks whether something is to be done.
const BEAT: Duration = Duration::from_secs(1);

/// How long what goes on may take to end; systemd is told to wait a little longer.
const GRACE: Duration = Duration::from_secs(8);

/// Why it can't start, or not go on.
#[derive(Debug, thiserror::Error)]
pub enum LifeError {
    /// The config.
    #[error("{0}")]
    Config(Faults),
    /// Signals.
    #[error("can't wait for signals: {0}")]
    Signals(io::Error),
    /// Logging.
    #[error(transparent)]
    Log(#[from] log::Error),
    /// Another one runs.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// The store.
    #[error(transparent)]
    Store(#[from] store::Error),
    /// The control socket.
    #[error("can't listen at the control socket {}: {}", path.display(), unheard(source))]
    Control {
        /// Where.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Health and metrics.
    #[error(transparent)]
    Listen(#[from] ListenError),
}

/// Why there is no control socket, and what to do.
fn unheard(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::AddrInUse => error.to_string(),
        _ => format!("{error}: let this account write to its folder"),
    }
}

/// What ends it, and what has it load its config.
struct Signals {
    ends: [Signal; 2],
    reload: Signal,
}

/// The running daemon with what only its loop touches.
struct Life {
    daemon: Arc<Daemon>,
    watch: Watch,
    notifier: Notifier,
    volume: Volume,
}

/// Runs until it is told to stop. Commands that are given at the control socket go to the handler; `colours` says whether
/// standard error welcomes them.
pub async fn live(
    file: &Path,
    colours: bool,
    handler: impl FnOnce(Arc<Daemon>) -> Arc<Handler>,
) -> Result<(), LifeError> {
    // Before anybody can know that it runs: whoever ends it at once ends it cleanly.
    let mut signals = Signals::listen().map_err(LifeError::Signals)?;
    let (watch, config) = Watch::start(file, Environment::of_process());
    let config = Arc::new(config.map_err(LifeError::Config)?);
    let volume = log::set_up(&config.log, colours)?;
    let _lock = Lock::take(&config.state)?;
    let path = &config.control;
    let socket = control::listen(path).map_err(|source| LifeError::Control { path: path.clone(), source })?;
    let page = match &config.listen {
        Some(listen) => Some(listen::bind(listen).await?),
        None => None,
    };
    let (stopper, stop) = Stopper::new();
    let daemon = Arc::new(Daemon::new(file, config.clone(), stop, Timestamp::now()));
    if let Some((_, place)) = &page {
        daemon.listens(place.clone());
    }
    let mut life = Life { daemon: daemon.clone(), watch, notifier: Notifier::of_process(), volume };
    life.follow(config.clone(), &Changes::default()).await?;
    tokio::spawn(control::serve(socket, handler(daemon.clone())));
    let syncs: Vec<_> = config.syncs.keys().map(String::as_str).collect();
    told::started(env!("CARGO_PKG_VERSION"), file, &syncs);
    if let Some(page) = page {
        told::listening(&page.1);
        let (served, ending) = (daemon.clone(), daemon.stop().clone());
        tokio::spawn(listen::serve(page, served, async move { ending.wait().await }));
    }
    life.notifier.ready(&daemon.glance());
    let why = life.go_on(&mut signals).await;
    told::stopping(why);
    life.notifier.stopping();
    stopper.stop();
    // Whoever is at work has its target's slot. What has not ended by then is as after a crash: nothing is lost.
    let _ = timeout(GRACE, daemon.rest()).await;
    // The next one would take it away.
    let _ = fs::remove_file(path);
    told::stopped();
    Ok(())
}

impl Signals {
    fn listen() -> io::Result<Self> {
        let ends = [signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?];
        Ok(Self { ends, reload: signal(SignalKind::hangup())? })
    }
}

impl Life {
    /// Does what is due, again and again; gives why it is to end.
    async fn go_on(&mut self, signals: &mut Signals) -> &'static str {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let Signals { ends: [terminate, interrupt], reload } = signals;
        loop {
            tokio::select! {
                _ = terminate.recv() => return "SIGTERM",
                _ = interrupt.recv() => return "SIGINT",
                _ = reload.recv() => self.reload().await,
                _ = beat.tick() => self.beat().await,
            }
        }
    }

    async fn beat(&mut self) {
        self.daemon.beats();
        self.notifier.alive();
        if let Some(config) = self.watch.look() {
            self.take_up(config).await;
        }
        self.daemon.start_due();
        self.daemon.tidy();
        self.daemon.notify();
        let glance = self.daemon.glance();
        self.notifier.status(&glance);
    }

    /// Loads the config because somebody asked for it.
    async fn reload(&mut self) {
        self.notifier.reloading();
        let config = self.watch.reload();
        self.take_up(config).await;
        let glance = self.daemon.glance();
        self.notifier.ready(&glance);
    }

    /// A config that was loaded anew is followed, or refused as a whole.
    async fn take_up(&mut self, loaded: Result<Config, Faults>) {
        let done = self.attempt(loaded).await;
        let file = self.daemon.file();
        let outcome = match done {
            Ok(changes) => {
                told::loaded(file, &changes);
                if changes == Changes::default() { Reload::Unchanged } else { Reload::Loaded }
            }
            Err(faults) => {
                told::refused(file, &faults);
                self.daemon.refuse(faults);
                Reload::Refused
            }
        };
        self.daemon.counted().reloaded(outcome);
    }

    async fn attempt(&mut self, loaded: Result<Config, Faults>) -> Result<Changes, Vec<String>> {
        let config = loaded.map_err(|faults| faults.lines().collect::<Vec<_>>())?;
        let changes = self.daemon.config().changes_to(&config);
        if let Some(fault) = fixed(&changes) {
            return Err(vec![fault]);
        }
        self.follow(Arc::new(config), &changes).await.map_err(|error| vec![error.to_string()])?;
        Ok(changes)
    }

    /// From now on this config is in force, the first one as well as any other; this is what it changes.
    async fn follow(&mut self, config: Arc<Config>, changes: &Changes) -> Result<(), LifeError> {
        let mut store = Store::open(&config.state).await?;
        let clock = self.daemon.clock().enter();
        store.follow_clock(clock.now()).await?;
        let mut past = BTreeMap::new();
        for sync in config.syncs.values() {
            if let Some(known) = store.past(&sync.name, sync.was.as_deref()).await? {
                past.insert(sync.name.clone(), known);
            }
        }
        store.close().await?;
        self.volume.set(config.log.level);
        self.daemon.follow(config.clone());
        let mut agenda = self.daemon.agenda();
        agenda.arrange(&config.syncs, &past, clock.now().wall);
        // What could not be delivered may have waited for just this change.
        let undelivered = |sync: &&String| past.get(*sync).is_some_and(|past| past.pending);
        changes.changed.iter().filter(undelivered).for_each(|sync| agenda.wake(sync, clock.now().wall));
        drop(agenda);
        config.warnings.lines().for_each(|warning| told::unwise(&warning));
        Ok(())
    }
}

/// What can't change while it runs, as a fault.
fn fixed(changes: &Changes) -> Option<String> {
    let names: Vec<_> = changes.fixed.iter().map(|key| format!("`{key}`")).collect();
    let names = names.join(", ");
    (!names.is_empty()).then(|| format!("{names} can't change while rosterd runs: restart it to use this config"))
}
