//! The config file: text → tree (`raw`, `syntax`) → references resolved (`secret`) → [`Config`] (`check`, with
//! `section` and `setting` giving the tree its types), or every fault at once ([`Faults`], with secrets masked). What it
//! was read from (`source`) is remembered, and two configs tell what differs between them (`change`).

mod certificate;
mod change;
mod check;
mod fault;
mod listen;
mod load;
mod mask;
mod name;
mod raw;
mod receiver;
mod report;
mod schema;
mod secret;
mod section;
mod setting;
mod shown;
mod source;
mod sync;
mod syntax;

pub use certificate::Certificate;
pub use change::Changes;
pub use check::servers::judge as judge_server_url;
pub use check::url::judge_api as judge_api_url;
pub use fault::{Fault, Faults, Look, Weight};
pub use listen::{Listen, Login, Secured};
pub use load::Loaded;
pub use receiver::{Address, Receiver};
pub use schema::SCHEMA;
pub use secret::{CREDENTIALS, Environment};
pub use source::Sources;
pub use sync::{Origin, Schedule, Sync};

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use crate::destination::Destination;
use crate::directory;

/// The control socket of a config that names none.
pub const CONTROL: &str = "/run/rosterd/control.sock";

/// A checked config: whatever is in here can be run.
#[derive(Debug)]
pub struct Config {
    /// Folder of the store and its lock.
    pub state: PathBuf,
    /// Health, metrics, pages.
    pub listen: Option<Listen>,
    /// The control socket.
    pub control: PathBuf,
    /// Who, beside root, may approve and steer through it.
    pub approvers: BTreeSet<Approver>,
    /// Logging.
    pub log: Log,
    /// What is kept for how long.
    pub retention: Retention,
    /// Who is told when something is wrong.
    pub notify: Vec<Receiver>,
    /// By name.
    pub directories: BTreeMap<String, directory::Settings>,
    /// By name.
    pub destinations: BTreeMap<String, Target>,
    /// In the order of their names.
    pub syncs: BTreeMap<String, Sync>,
    /// What is allowed but unwise: secrets in the clear, `danger_*`; rendered like faults.
    pub warnings: Faults,
    prints: change::Prints,
}

impl Config {
    /// Where a sync's people are sent.
    pub fn target(&self, sync: &Sync) -> &Target {
        self.destinations.get(&sync.to).expect("a checked sync names a destination")
    }

    /// One of the directories where a sync's people come from.
    pub fn directory(&self, origin: &Origin) -> &directory::Settings {
        self.directories.get(&origin.directory).expect("a checked sync names directories")
    }
}

/// Who may approve and steer.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Approver {
    /// A user, by name.
    User(String),
    /// Everybody in a group, by its name.
    Group(String),
}

/// Logging.
#[derive(Clone, Debug)]
pub struct Log {
    /// How a line looks.
    pub format: LogFormat,
    /// How much is said.
    pub level: LogLevel,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// The journal under systemd, text on a terminal.
    Auto,
    /// Text.
    Text,
    /// JSON lines.
    Json,
}

/// How much is logged: everything up to this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LogLevel {
    /// What went wrong.
    Error,
    /// What may go wrong.
    Warn,
    /// What happened.
    Info,
    /// How.
    Debug,
    /// In every detail.
    Trace,
}

/// What is kept for how long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// Field values of history.
    pub values: Duration,
    /// The audit, which holds no values.
    pub audit: Duration,
}

/// A destination and how it is reached.
#[derive(Clone, Debug)]
pub struct Target {
    /// The protocol.
    pub destination: Arc<dyn Destination>,
    /// The wire.
    pub http: Http,
}

/// How a target or a webhook is reached over HTTP.
#[derive(Clone, PartialEq, Eq)]
pub struct Http {
    /// `http://…`, perhaps with a user and a password; left out: the environment's.
    pub proxy: Option<String>,
    /// A PEM file with the only authorities to trust; left out: the system's.
    pub ca: Option<PathBuf>,
    /// For a whole request.
    pub timeout: Duration,
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { proxy, ca, timeout } = self;
        let proxy = proxy.as_ref().map(|_| "…");
        f.debug_struct("Http").field("proxy", &proxy).field("ca", ca).field("timeout", timeout).finish()
    }
}
