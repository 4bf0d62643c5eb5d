//! How everything stands.

use std::path::PathBuf;
use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;

use super::{Ran, moment, span};

/// Why people are kept at their last state, where that is worth a look; others are as the config wants it.
pub const VERDICTS: [&str; 5] = ["invalid", "unreadable", "absent", "disputed", "imported"];

/// How everything stands: `rosterd status --json` prints this.
#[derive(Clone, Debug, Serialize)]
pub struct Status {
    /// When it was asked.
    #[serde(serialize_with = "moment::at")]
    pub now: Timestamp,
    /// The running daemon; `None`: none runs.
    pub daemon: Option<Daemon>,
    /// In the order of their names.
    pub syncs: Vec<SyncStatus>,
    /// In the order of their names.
    pub targets: Vec<TargetStatus>,
    /// Directories whose credentials were refused.
    pub directories: Vec<Refused>,
    /// What is unwise about the config, a line each.
    pub warnings: Vec<String>,
}

/// The running daemon and its config.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Daemon {
    /// When it started.
    #[serde(serialize_with = "moment::at")]
    pub since: Timestamp,
    /// The config in force.
    pub config: ConfigStatus,
    /// A newer one that was refused.
    pub refused: Option<RefusedConfig>,
}

/// The config in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ConfigStatus {
    /// When it was loaded.
    #[serde(serialize_with = "moment::at")]
    pub loaded_at: Timestamp,
    /// From where.
    pub path: PathBuf,
}

/// A config that was refused, so that the one before stays in force.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RefusedConfig {
    /// When.
    #[serde(serialize_with = "moment::at")]
    pub at: Timestamp,
    /// What is wrong with it, a line each; secrets are masked.
    pub faults: Vec<String>,
}

/// How a sync stands.
#[derive(Clone, Debug, Default, Serialize)]
pub struct SyncStatus {
    /// Its name.
    pub sync: String,
    /// Name of the destination.
    pub to: String,
    /// The last run; `None`: never ran.
    pub last: Option<Ran>,
    /// When its last run ended that did not fail; `None`: none did, or that is not known.
    #[serde(serialize_with = "moment::maybe")]
    pub last_success: Option<Timestamp>,
    /// Whether it has a schedule.
    pub scheduled: bool,
    /// When the daemon runs it next.
    #[serde(serialize_with = "moment::maybe")]
    pub next: Option<Timestamp>,
    /// Whether the daemon runs it now.
    pub running: bool,
    /// Whether nothing runs for now.
    pub paused: bool,
    /// Until when; `None` beside `paused`: until it is resumed.
    #[serde(serialize_with = "moment::maybe")]
    pub paused_until: Option<Timestamp>,
    /// The target its people are at, when the config names another one.
    pub elsewhere: Option<String>,
    /// Accounts confirmed active.
    pub active: u64,
    /// People kept at their last state.
    pub kept: Vec<Kept>,
    /// Accounts quarantined.
    pub quarantined: u64,
    /// Accounts the target refuses: those quarantined, and leaves, which are tried daily.
    pub refusals: u64,
    /// Why the first of them are refused.
    pub refused: Vec<Named>,
    /// What is held.
    pub held: Option<Held>,
    /// How long the leaves took that were confirmed in the last 30 days; `None`: there were none.
    pub latency: Option<Latency>,
    /// When the directory changed whose leave is the oldest that is not confirmed; where that is not known, when it became
    /// due.
    #[serde(serialize_with = "moment::maybe")]
    pub overdue_since: Option<Timestamp>,
}

/// How long leaves took, from the directory's change until the target confirmed them: waiting for approval, for an answer
/// or for a target that was down included. In seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Latency {
    /// How many leaves.
    pub leaves: u64,
    /// Half of them took no longer.
    #[serde(serialize_with = "span::seconds")]
    pub median: Duration,
    /// None of them took longer.
    #[serde(serialize_with = "span::seconds")]
    pub worst: Duration,
}

/// People kept for one reason.
#[derive(Clone, Debug, Serialize)]
pub struct Kept {
    /// `invalid`, `unreadable`, `absent`, `disputed`, `imported`.
    pub verdict: String,
    /// How many.
    pub people: u64,
    /// The first of them.
    pub some: Vec<Named>,
}

/// Somebody, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Named {
    /// Directory key.
    pub key: String,
    /// In words.
    pub why: String,
}

/// What is held of a sync.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Held {
    /// The plan's id.
    pub plan: String,
    /// Changes.
    pub changes: u64,
    /// Those of them that are approved and wait for the next run.
    pub approved: u64,
    /// Since when the oldest waits.
    #[serde(serialize_with = "moment::at")]
    pub since: Timestamp,
    /// Why, with how many.
    pub reasons: Vec<Reason>,
}

/// Why changes are held.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Reason {
    /// In words.
    pub why: String,
    /// How many.
    pub changes: u64,
}

/// How a target stands.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TargetStatus {
    /// Its name in the config.
    pub target: String,
    /// Whether anything was ever sent there.
    pub known: bool,
    /// Token requests in the window, and how many it allows; `None`: it wants no token.
    pub tokens: Option<[u64; 2]>,
    /// A token is good until then.
    #[serde(serialize_with = "moment::maybe")]
    pub token_until: Option<Timestamp>,
    /// Nothing is sent before.
    #[serde(serialize_with = "moment::maybe")]
    pub waiting_until: Option<Timestamp>,
    /// Why.
    pub why: Option<String>,
    /// The credentials in the config were refused.
    pub refused: bool,
    /// Accounts still to be sent.
    pub pending: u64,
    /// Leaves among them.
    pub leaves: u64,
    /// Batches without an answer.
    pub unanswered: u64,
    /// What it has taken and is at work on.
    pub at_work: Vec<AtWork>,
}

/// Batches that a target has taken and is at work on, as far along as each other.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AtWork {
    /// What it is doing, in words.
    pub status: String,
    /// Batches.
    pub batches: u64,
    /// Their members.
    pub members: u64,
    /// When the oldest was sent.
    #[serde(serialize_with = "moment::at")]
    pub since: Timestamp,
    /// When the first of them is asked about next.
    #[serde(serialize_with = "moment::at")]
    pub next: Timestamp,
}

/// A directory that refused its credentials.
#[derive(Clone, Debug, Serialize)]
pub struct Refused {
    /// Its name in the config.
    pub directory: String,
    /// When.
    #[serde(serialize_with = "moment::at")]
    pub at: Timestamp,
    /// In words.
    pub why: String,
}
