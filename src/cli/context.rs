//! Where a command runs, and to whom it speaks: in a process of its own, or in the daemon for whoever asked at its
//! control socket. The commands themselves do not know the difference.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::json;
use tokio::sync::OwnedMutexGuard;

use super::init::is_example;
use super::output::{self, Failure};
use super::voice::{Line, Voice};
use crate::config::{Config, Environment, Sync, Target};
use crate::daemon::clock::{Going, Steady};
use crate::daemon::inquiry::Untold;
use crate::daemon::retention;
use crate::daemon::{self, Daemon, DaemonError, Order, PerformError, Stop, Stopping};
use crate::engine::{Aim, Outcome, Reach, Tally};
use crate::plan::Feed;
use crate::report::{Exit, Findings, Level, Sight, text};
use crate::store::{Lock, LockError, Store};

/// Where a command runs, and to whom it speaks.
pub struct Context {
    /// Output is for programs.
    pub json: bool,
    /// Who gives the command, for the audit.
    pub by: String,
    /// Whether field values are for whoever gives it.
    pub sight: Sight,
    /// Where what is said goes.
    pub voice: Voice,
    place: Place,
}

enum Place {
    /// In a process of its own.
    Here {
        config: PathBuf,
        clock: Arc<Steady>,
        /// From the first thing that is changed to the end of the command.
        lock: Mutex<Option<Lock>>,
    },
    /// In the daemon, with the file that came along.
    Daemon(Arc<Daemon>, Vec<u8>),
}

/// The store, for whoever changes it: nobody else does in the meantime.
pub struct Hold {
    /// The store.
    pub store: Store,
    clock: Going,
    _slots: Vec<OwnedMutexGuard<()>>,
}

impl Hold {
    /// This moment, by the clock that the store goes by.
    pub fn now(&self) -> Timestamp {
        self.clock.now().wall
    }

    /// Ends it in good order.
    pub async fn close(self) -> Result<(), Failure> {
        Ok(self.store.close().await?)
    }
}

impl Context {
    /// For a command in a process of its own.
    pub fn here(config: PathBuf, json: bool) -> Self {
        let place = Place::Here { config, clock: Arc::default(), lock: Mutex::default() };
        // Whoever can't read the store gets no answer.
        Self { json, by: super::who::commander(), sight: Sight::Values, voice: Voice::Own, place }
    }

    /// Says what was found; the command failed where one of these did.
    pub fn found(&self, findings: &Findings) -> Result<Exit, Failure> {
        self.voice.say(&if self.json {
            output::json_line(&json!({ "findings": findings }))?
        } else {
            text::check(findings)
        });
        Ok(if findings.count(Level::Failed) > 0 { Exit::Failed } else { Exit::Done })
    }

    /// For a command that somebody asks of the daemon.
    pub fn in_daemon(
        daemon: Arc<Daemon>,
        file: Vec<u8>,
        json: bool,
        (by, sight): (String, Sight),
        voice: Voice,
    ) -> Self {
        Self { json, by, sight, voice, place: Place::Daemon(daemon, file) }
    }

    /// Something of people, without its values where those are for others; and that they are left out.
    pub fn shown<T>(&self, thing: T, without_values: impl FnOnce(T) -> T) -> T {
        match self.sight {
            Sight::Values => thing,
            Sight::NoValues => without_values(thing),
        }
    }

    /// Says that values are left out, if they are.
    pub fn say_what_is_left_out(&self) {
        if self.sight == Sight::NoValues {
            self.voice.aside("values are left out (…): they are for those who may read the state folder\n");
        }
    }

    /// A checked config; its warnings are printed.
    pub fn config(&self) -> Result<Arc<Config>, Failure> {
        let config = self.silent_config()?;
        config.warnings.lines().for_each(|line| self.voice.aside(&format!("warning: {line}\n")));
        if let Place::Daemon(daemon, _) = &self.place
            && let Some(refused) = daemon.refused()
        {
            let at = refused.at;
            self.voice.aside(&format!(
                "warning: the config file was refused at {at:.0}, the one before is in force: rosterd check\n"
            ));
        }
        Ok(config)
    }

    /// A checked config, for whoever shows its warnings among other things.
    pub fn silent_config(&self) -> Result<Arc<Config>, Failure> {
        match &self.place {
            Place::Here { config, .. } => Config::load(config, &Environment::of_process())
                .map(Arc::new)
                .map_err(|faults| Failure::usage(output::faults(&faults, self.json) + self.hint(config))),
            Place::Daemon(daemon, _) => Ok(daemon.config()),
        }
    }

    /// What whoever begins should know before they mend an example.
    fn hint(&self, config: &Path) -> &'static str {
        if !self.json && is_example(config) {
            "This is the example that came with the package: `rosterd init` puts one in its place that fits your directory.\n"
        } else {
            ""
        }
    }

    /// The daemon in which the command runs.
    pub fn daemon(&self) -> Option<&Arc<Daemon>> {
        match &self.place {
            Place::Here { .. } => None,
            Place::Daemon(daemon, _) => Some(daemon),
        }
    }

    /// The config file.
    pub fn config_file(&self) -> PathBuf {
        match &self.place {
            Place::Here { config, .. } => config.clone(),
            Place::Daemon(daemon, _) => daemon.file().to_owned(),
        }
    }

    /// A file that the command names.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, Failure> {
        match &self.place {
            Place::Here { .. } => read(path),
            Place::Daemon(_, file) => Ok(file.clone()),
        }
    }

    /// The store, for whoever changes what concerns a sync: no run is going on at its target meanwhile.
    pub async fn hold(&self, config: &Config, sync: &Sync) -> Result<Hold, Failure> {
        match &self.place {
            Place::Here { .. } => self.hold_all(config).await,
            Place::Daemon(daemon, _) => {
                let slot = daemon.slot(&config.target(sync).destination.realm()).await?;
                self.open(config, daemon.clock(), vec![slot]).await
            }
        }
    }

    /// The store, for whoever changes what may concern every sync: no run is going on meanwhile.
    pub async fn hold_all(&self, config: &Config) -> Result<Hold, Failure> {
        match &self.place {
            Place::Here { clock, lock, .. } => {
                {
                    let mut lock = lock.lock().unwrap_or_else(PoisonError::into_inner);
                    if lock.is_none() {
                        *lock = Some(take(&config.state)?);
                    }
                }
                self.open(config, clock, Vec::new()).await
            }
            Place::Daemon(daemon, _) => self.open(config, daemon.clock(), daemon.slots(config).await?).await,
        }
    }

    /// The store, for whoever changes what a run that is going on looks at only when it begins.
    pub async fn touch(&self, config: &Config, sync: &Sync) -> Result<Hold, Failure> {
        match &self.place {
            Place::Here { .. } => self.hold(config, sync).await,
            Place::Daemon(daemon, _) => self.open(config, daemon.clock(), Vec::new()).await,
        }
    }

    async fn open(
        &self,
        config: &Config,
        clock: &Arc<Steady>,
        slots: Vec<OwnedMutexGuard<()>>,
    ) -> Result<Hold, Failure> {
        let clock = clock.enter();
        let mut store = Store::open(&config.state).await?;
        store.follow_clock(clock.now()).await?;
        Ok(Hold { store, clock, _slots: slots })
    }

    /// One run of a sync, now.
    pub async fn sync(&self, config: &Config, sync: &Sync, reach: Reach, patience: Duration) -> Result<Tally, Failure> {
        let line = self.voice.line(&sync.name);
        if let Place::Daemon(daemon, _) = &self.place {
            return Ok(daemon.sync(&sync.name, reach, patience, &mut |progress| line.show(progress)).await?);
        }
        let mut hold = self.hold(config, sync).await?;
        let outcome = self.perform(config, sync, &mut hold.store, (Aim::Sync, reach), patience, &line).await?;
        hold.close().await?;
        Ok(outcome.into_tally())
    }

    /// Removes what was kept for long enough, after whatever else a command did; a daemon does so by itself.
    pub async fn tidy(&self, config: &Config) -> Result<(), Failure> {
        let Place::Here { lock, .. } = &self.place else { return Ok(()) };
        if lock.lock().unwrap_or_else(PoisonError::into_inner).is_none() {
            return Ok(());
        }
        let mut hold = self.hold_all(config).await?;
        let cutoff = retention::cutoff(&config.retention, hold.now());
        retention::remove(&mut hold.store, cutoff).await?;
        hold.close().await
    }

    /// What a run of a sync would do.
    pub async fn plan(&self, config: &Config, sync: &Sync, store: &mut Store) -> Result<Outcome, Failure> {
        let line = self.voice.line(&sync.name);
        self.perform(config, sync, store, (Aim::Plan, Reach::Changes), Duration::ZERO, &line).await
    }

    async fn perform(
        &self,
        config: &Config,
        sync: &Sync,
        store: &mut Store,
        (aim, reach): (Aim, Reach),
        patience: Duration,
        line: &Line,
    ) -> Result<Outcome, Failure> {
        let (clock, stop) = match &self.place {
            Place::Here { clock, .. } => (clock, Stop::never()),
            Place::Daemon(daemon, _) => (daemon.clock(), daemon.stop().clone()),
        };
        let order = Order { aim, reach, patience, clock: &clock.enter(), stop };
        Ok(daemon::perform(config, sync, store, order, &mut |progress| line.show(progress)).await?)
    }
}

impl From<DaemonError> for Failure {
    fn from(error: DaemonError) -> Self {
        Self::new(error.to_string())
    }
}

impl From<Stopping> for Failure {
    fn from(error: Stopping) -> Self {
        Self::new(error.to_string())
    }
}

impl From<Untold> for Failure {
    fn from(error: Untold) -> Self {
        Self::new(error.to_string())
    }
}

impl From<PerformError> for Failure {
    fn from(error: PerformError) -> Self {
        Self::new(error.to_string())
    }
}

/// Takes the lock of a state folder.
pub fn take(folder: &Path) -> Result<Lock, Failure> {
    Lock::take(folder).map_err(|error| match error {
        LockError::Busy(_) | LockError::Folder { .. } => Failure::new(error.to_string()),
    })
}

/// A file that a command names.
pub fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    fs::read(path).map_err(|error| Failure::usage(format!("{} can't be read: {error}", path.display())))
}

/// The syncs that were named, or all.
pub fn syncs<'a>(config: &'a Config, names: &[String]) -> Result<Vec<&'a Sync>, Failure> {
    if names.is_empty() {
        return Ok(config.syncs.values().collect());
    }
    // Whoever is named twice runs once.
    let named = |(at, name): &(usize, &String)| !names[..*at].contains(name);
    names.iter().enumerate().filter(named).map(|(_, name)| sync(config, name)).collect()
}

/// One sync by its name.
pub fn sync<'a>(config: &'a Config, name: &str) -> Result<&'a Sync, Failure> {
    config.syncs.get(name).ok_or_else(|| {
        let known: Vec<_> = config.syncs.keys().map(String::as_str).collect();
        Failure::usage(format!("no sync is named `{name}`; there is: {}", known.join(", ")))
    })
}

/// A destination that can be asked whom it knows, by its name.
pub fn readable<'a>(config: &'a Config, name: &str) -> Result<&'a Target, Failure> {
    let known: Vec<_> = config.destinations.keys().map(String::as_str).collect();
    let missing = || Failure::usage(format!("no destination is named `{name}`; there is: {}", known.join(", ")));
    let target = config.destinations.get(name).ok_or_else(missing)?;
    let able = target.destination.limits().readable.is_some();
    able.then_some(target).ok_or_else(|| {
        Failure::usage(format!("`{name}` can't be asked whom it knows: only a destination of type capillary can"))
    })
}

/// A sync that ran before, as the store knows it, with the target its people are at.
pub async fn feed(store: &mut Store, sync: &Sync) -> Result<(Feed, String), Failure> {
    let feed = store.feed(&sync.name, sync.was.as_deref()).await?;
    feed.ok_or_else(|| Failure::new(format!("{0} never ran: `rosterd sync {0}` comes first", sync.name)))
}
