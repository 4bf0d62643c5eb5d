//! What happened since the daemon started.

use std::time::Duration;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use super::{Labels, labels};
use crate::report::Summary;

/// Bounds of the durations' buckets, in seconds: a hundredth of a second to an hour.
const BOUNDS: [f64; 14] = [0.01, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 600.0, 1800.0, 3600.0];

/// How runs end.
pub(super) const RESULTS: [&str; 5] = ["ok", "partial", "pending", "held", "failed"];

/// Admitted changes.
const KINDS: [&str; 4] = ["join", "change", "leave", "return"];

/// What became of a config file that was looked at again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reload {
    /// It is in force.
    Loaded,
    /// The one before stays in force.
    Refused,
    /// It says the same as the one before.
    Unchanged,
}

impl Reload {
    const ALL: [Self; 3] = [Self::Loaded, Self::Refused, Self::Unchanged];

    fn word(self) -> &'static str {
        match self {
            Self::Loaded => "loaded",
            Self::Refused => "refused",
            Self::Unchanged => "unchanged",
        }
    }
}

/// Counters of this process. They begin at zero with it, as monitoring expects.
#[derive(Debug)]
pub struct Counted {
    runs: Family<Labels, Counter>,
    durations: Family<Labels, Histogram, fn() -> Histogram>,
    changes: Family<Labels, Counter>,
    requests: Family<Labels, Counter>,
    token_requests: Family<Labels, Counter>,
    reloads: Family<Labels, Counter>,
    commands: Family<Labels, Counter>,
}

impl Default for Counted {
    fn default() -> Self {
        let counted = Self {
            runs: Family::default(),
            durations: Family::new_with_constructor(|| Histogram::new(BOUNDS)),
            changes: Family::default(),
            requests: Family::default(),
            token_requests: Family::default(),
            reloads: Family::default(),
            commands: Family::default(),
        };
        for outcome in Reload::ALL {
            drop(counted.reloads.get_or_create(&labels([("outcome", outcome.word())])));
        }
        counted
    }
}

impl Counted {
    /// Counts a run that came to its end; of one that went on what came since.
    pub fn ran(&self, before: &Summary, after: &Summary, took: Duration) {
        let Summary { sync, result, .. } = after;
        self.runs.get_or_create(&labels([("sync", sync), ("result", result)])).inc();
        let sync = [("sync", sync.as_str())];
        self.durations.get_or_create(&labels(sync)).observe(took.as_secs_f64());
        let since = |count: fn(&Summary) -> u64| count(after).saturating_sub(count(before));
        let changes = [
            since(|run| run.members.joined),
            since(|run| run.members.changed),
            since(|run| run.members.left),
            since(|run| run.members.returned),
        ];
        for (kind, n) in KINDS.into_iter().zip(changes) {
            self.changes.get_or_create(&labels([sync[0], ("kind", kind)])).inc_by(n);
        }
        self.requests.get_or_create(&labels(sync)).inc_by(since(|run| run.delivery.requests));
        self.token_requests.get_or_create(&labels(sync)).inc_by(since(|run| run.delivery.token_requests));
    }

    /// Counts a look at a config file that may have changed.
    pub fn reloaded(&self, outcome: Reload) {
        self.reloads.get_or_create(&labels([("outcome", outcome.word())])).inc();
    }

    /// Counts a command that somebody gave the daemon, by its name, such as `approve`.
    pub fn commanded(&self, command: &str) {
        self.commands.get_or_create(&labels([("command", command)])).inc();
    }

    /// Has every series of a sync begin at zero: what comes out of nothing is no increase to monitoring.
    pub(super) fn know(&self, sync: &str) {
        for result in RESULTS {
            drop(self.runs.get_or_create(&labels([("sync", sync), ("result", result)])));
        }
        for kind in KINDS {
            drop(self.changes.get_or_create(&labels([("sync", sync), ("kind", kind)])));
        }
        let sync = labels([("sync", sync)]);
        drop(self.durations.get_or_create(&sync));
        drop(self.requests.get_or_create(&sync));
        drop(self.token_requests.get_or_create(&sync));
    }

    pub(super) fn register(&self, registry: &mut Registry) {
        let Self { runs, durations, changes, requests, token_requests, reloads, commands } = self;
        registry.register("runs", "Runs that came to their end, by result", runs.clone());
        registry.register("run_duration_seconds", "How long runs took", durations.clone());
        registry.register(
            "member_changes",
            "Changes admitted by runs, by kind; identity changes are leaves",
            changes.clone(),
        );
        registry.register("requests", "Requests made to targets", requests.clone());
        registry.register("token_requests", "Requests for a token among them", token_requests.clone());
        registry.register("reloads", "Looks at a config file that changed, by outcome", reloads.clone());
        registry.register("commands", "Commands given to the daemon, by name", commands.clone());
    }
}
