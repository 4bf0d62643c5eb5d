//! The stage: a directory, a target, a state folder, and a sync between them that is run as `rosterd sync` runs it.

use std::ffi::OsString;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tempfile::TempDir;

use super::Stop;
use super::prospect::{self, Prospect};
use crate::cli::context;
use crate::cli::output::Failure;
use crate::config::{Config, Environment, Sync};
use crate::daemon::clock::Steady;
use crate::daemon::{self, Order};
use crate::engine::{Aim, Outcome, Planned, Reach, Tally};
use crate::sandbox::directory::{DEMO, Directory, Options as DirectoryOptions};
use crate::sandbox::{Options, Sandbox};
use crate::store::{HeldRow, Lock, Store, Who};

/// The config that is run, with references where ports and secrets stand.
pub const CONFIG: &str = include_str!("../../../examples/demo.yaml");
/// Its one sync.
pub const SYNC: &str = "people";

const SERVICE: &str = "CN=svc-rosterd,OU=Service,DC=corp,DC=example,DC=com";
const PASSWORD: &str = "not-a-secret";

/// A free port that nobody else can reach.
const ANYWHERE: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

/// Everything a step touches. All of it is gone when this is, the folder included.
pub struct Stage {
    /// The people.
    pub directory: Directory,
    /// Where they are members.
    pub target: Sandbox,
    config: Config,
    store: Store,
    _lock: Lock,
    folder: TempDir,
}

/// What `plan` says.
pub struct Forecast {
    /// The plan with its reasons.
    pub planned: Planned,
    /// The same, by name.
    pub prospects: Vec<Prospect>,
}

impl Stage {
    /// Starts both servers and opens the store.
    pub async fn set() -> Result<Self, Failure> {
        let cannot = |what: &str, error: std::io::Error| Failure::new(format!("can't {what}: {error}"));
        let folder = tempfile::Builder::new()
            .prefix("rosterd-demo-")
            .tempdir()
            .map_err(|error| cannot("make a temporary folder", error))?;
        let mut options = DirectoryOptions::active_directory().account(SERVICE, PASSWORD);
        options.sees_deleted = true;
        let directory =
            Directory::start(ANYWHERE, options).await.map_err(|error| cannot("start the directory", error))?;
        directory.load(DEMO)?;
        let options = Options::default();
        let secrets = [options.veris.client_secret.clone(), options.veris.api_key.clone()];
        let target = Sandbox::start(ANYWHERE, options).await.map_err(|error| cannot("start the target", error))?;
        let config = config(folder.path(), &directory, &target, secrets)?;
        let lock = context::take(&config.state)?;
        let store = Store::open(&config.state).await?;
        Ok(Self { directory, target, config, store, _lock: lock, folder })
    }

    /// Ends it, and says when something could not be taken away.
    pub async fn strike(self) -> Result<(), Failure> {
        let Self { directory, target, config: _, store, _lock: lock, folder } = self;
        let closed = store.close().await;
        let stopped = target.stop().await;
        directory.stop().await;
        drop(lock);
        let path = folder.path().display().to_string();
        folder.close().map_err(|error| Failure::new(format!("can't remove {path}: {error}")))?;
        closed?;
        stopped.map_err(|error| Failure::new(error.to_string()))
    }

    /// The state folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What the config is warned of.
    pub fn warnings(&self) -> String {
        self.config.warnings.to_string()
    }

    /// Runs the sync.
    pub async fn sync(&mut self) -> Result<Tally, Stop> {
        match self.perform(Aim::Sync).await? {
            Outcome::Synced(tally) => Ok(*tally),
            Outcome::Planned(_) => Err(Failure::new("a sync ended as a plan").into()),
        }
    }

    /// Asks what a sync would do.
    pub async fn plan(&mut self) -> Result<Forecast, Stop> {
        let planned = match self.perform(Aim::Plan).await? {
            Outcome::Planned(planned) => *planned,
            Outcome::Synced(tally) => {
                let why = tally.failed.or(tally.waits).unwrap_or_default();
                return Err(Failure::new(format!("no plan: {why}")).into());
            }
        };
        let sync = context::sync(&self.config, SYNC)?;
        let realm = self.config.target(sync).destination.realm();
        let prospects = prospect::named(&planned, &mut self.store, &realm).await?;
        Ok(Forecast { planned, prospects })
    }

    /// Why the target refused somebody.
    pub async fn refusal(&mut self, who: &str) -> Result<Option<String>, Stop> {
        let account = self.store.people(who).await?.into_iter().find_map(|person| person.account);
        let Some(account) = account else { return Ok(None) };
        Ok(self.store.account(account).await?.and_then(|account| account.refusal))
    }

    /// What the guard holds.
    pub async fn held(&mut self) -> Result<Vec<HeldRow>, Stop> {
        let feed = self.feed().await?;
        Ok(self.store.held(feed, Timestamp::now()).await?)
    }

    /// Lets everything go that is held. Says how many changes that is.
    pub async fn approve(&mut self, reason: &str) -> Result<u64, Stop> {
        let feed = self.feed().await?;
        Ok(self.store.approve(feed, &Who::All, "demo", Some(reason), Timestamp::now()).await?)
    }

    /// Lets somebody out of quarantine. Says how many that is.
    pub async fn retry(&mut self, who: &str) -> Result<u64, Stop> {
        let feed = self.feed().await?;
        Ok(self.store.retry(feed, &Who::Named(vec![who.to_owned()])).await?)
    }

    async fn feed(&mut self) -> Result<i64, Stop> {
        let feed = self.store.feed(SYNC, None).await?;
        feed.map(|(feed, _)| feed.id).ok_or_else(|| Failure::new("the sync never ran").into())
    }

    async fn perform(&mut self, aim: Aim) -> Result<Outcome, Failure> {
        let sync: &Sync = context::sync(&self.config, SYNC)?;
        let clock = Arc::new(Steady::default()).enter();
        let order =
            Order { aim, reach: Reach::Changes, patience: Duration::ZERO, clock: &clock, stop: daemon::Stop::never() };
        Ok(daemon::perform(&self.config, sync, &mut self.store, order, &mut |_| {}).await?)
    }
}

fn config(
    folder: &Path,
    directory: &Directory,
    target: &Sandbox,
    [secret, key]: [String; 2],
) -> Result<Config, Failure> {
    let environment = Environment::new([
        ("ROSTERD_DEMO_STATE", folder.join("state").into_os_string()),
        ("ROSTERD_DEMO_DIRECTORY", OsString::from(directory.url())),
        ("ROSTERD_DEMO_TARGET", OsString::from(target.url())),
        ("ROSTERD_DEMO_PASSWORD", OsString::from(PASSWORD)),
        ("ROSTERD_DEMO_SECRET", OsString::from(secret)),
        ("ROSTERD_DEMO_KEY", OsString::from(key)),
    ]);
    Config::parse(CONFIG, "examples/demo.yaml", &environment).map_err(|faults| Failure::new(faults.to_string()))
}
