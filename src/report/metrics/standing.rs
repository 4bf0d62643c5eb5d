//! How everything stands, as gauges. What is not known has no sample.

use std::sync::atomic::AtomicU64;

use jiff::Timestamp;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::registry::Registry;

use super::counted::RESULTS;
use super::{Labels, labels};
use crate::report::{Status, SyncStatus, TargetStatus, VERDICTS};

/// All gauges.
pub(super) fn register(registry: &mut Registry, status: &Status) {
    let mut gauges = Gauges(registry);
    of_daemon(&mut gauges, status);
    of_syncs(&mut gauges, &status.syncs);
    of_runs(&mut gauges, &status.syncs);
    of_targets(&mut gauges, &status.targets);
}

struct Gauges<'a>(&'a mut Registry);

impl Gauges<'_> {
    fn add(&mut self, name: &str, help: &str, samples: impl IntoIterator<Item = (Labels, f64)>) {
        let family = Family::<Labels, Gauge<f64, AtomicU64>>::default();
        for (labels, value) in samples {
            family.get_or_create(&labels).set(value);
        }
        self.0.register(name, help, family);
    }

    /// One sample without labels.
    fn one(&mut self, name: &str, help: &str, value: f64) {
        let gauge = Gauge::<f64, AtomicU64>::default();
        gauge.set(value);
        self.0.register(name, help, gauge);
    }

    /// One sample a sync.
    fn syncs(&mut self, name: &str, help: &str, syncs: &[SyncStatus], of: impl Fn(&SyncStatus) -> Option<f64>) {
        let samples = syncs.iter().filter_map(|sync| Some((labels([("sync", &sync.sync)]), of(sync)?)));
        self.add(name, help, samples);
    }

    /// One sample a target.
    fn targets(&mut self, name: &str, help: &str, all: &[TargetStatus], of: impl Fn(&TargetStatus) -> Option<f64>) {
        let samples = all.iter().filter_map(|target| Some((labels([("destination", &target.target)]), of(target)?)));
        self.add(name, help, samples);
    }
}

fn of_daemon(gauges: &mut Gauges<'_>, status: &Status) {
    let Some(daemon) = &status.daemon else { return };
    gauges.one("start_timestamp_seconds", "When the daemon started", seconds(daemon.since));
    let loaded = seconds(daemon.config.loaded_at);
    gauges.one("config_loaded_timestamp_seconds", "When the config in force was loaded", loaded);
    let help = "Whether the config file was refused, so that the one before stays in force";
    gauges.one("config_refused", help, truth(daemon.refused.is_some()));
}

fn of_syncs(gauges: &mut Gauges<'_>, syncs: &[SyncStatus]) {
    gauges.syncs("members_active", "Members the target confirmed as active", syncs, |sync| Some(float(sync.active)));
    let kept = syncs.iter().flat_map(|sync| {
        VERDICTS.map(|verdict| {
            let people = sync.kept.iter().find(|kept| kept.verdict == verdict).map_or(0, |kept| kept.people);
            (labels([("sync", &sync.sync), ("verdict", verdict)]), float(people))
        })
    });
    gauges.add("members_kept", "People kept at their last state, by why", kept);
    let held = |sync: &SyncStatus| Some(float(sync.held.as_ref().map_or(0, |held| held.changes)));
    gauges.syncs("changes_held", "Changes held until somebody approves them", syncs, held);
    let help = "Members the target refuses: those in quarantine, and leaves";
    gauges.syncs("members_refused", help, syncs, |sync| Some(float(sync.refusals)));
    let help = "Members in quarantine: not sent again before they change, or somebody says retry";
    gauges.syncs("members_quarantined", help, syncs, |sync| Some(float(sync.quarantined)));
    let help = "When the directory changed whose leave is the oldest that the target has not confirmed";
    let name = "oldest_undelivered_leave_timestamp_seconds";
    gauges.syncs(name, help, syncs, |sync| sync.overdue_since.map(seconds));
    let help = "Leaves that the target confirmed in the last 30 days";
    let leaves = |sync: &SyncStatus| float(sync.latency.map_or(0, |latency| latency.leaves));
    gauges.syncs("leaves_delivered", help, syncs, |sync| Some(leaves(sync)));
    let help = "How long those leaves took in the median, from the directory's change to the target's confirmation";
    let median = |sync: &SyncStatus| sync.latency.map(|latency| latency.median.as_secs_f64());
    gauges.syncs("leave_latency_median_seconds", help, syncs, median);
    let help = "How long the slowest of those leaves took";
    let worst = |sync: &SyncStatus| sync.latency.map(|latency| latency.worst.as_secs_f64());
    gauges.syncs("leave_latency_worst_seconds", help, syncs, worst);
    gauges.syncs("sync_paused", "Whether the sync is paused", syncs, |sync| Some(truth(sync.paused)));
}

fn of_runs(gauges: &mut Gauges<'_>, syncs: &[SyncStatus]) {
    gauges.syncs("sync_running", "Whether the sync runs now", syncs, |sync| Some(truth(sync.running)));
    let last = |sync: &SyncStatus| sync.last.as_ref().map(|run| seconds(run.began));
    gauges.syncs("last_run_timestamp_seconds", "When the last run began", syncs, last);
    let results = syncs.iter().flat_map(|sync| {
        let last = sync.last.as_ref().and_then(|run| run.summary.as_ref());
        let of = |result| (labels([("sync", &sync.sync), ("result", result)]), result);
        let results = last.map(|last| RESULTS.map(of).map(|(labels, result)| (labels, truth(last.result == result))));
        results.into_iter().flatten()
    });
    gauges.add(
        "last_run_result",
        "How the last run ended: 1 for its result, 0 for the others; nothing while it goes on",
        results,
    );
    let success = |sync: &SyncStatus| sync.last_success.map(seconds);
    gauges.syncs("last_success_timestamp_seconds", "When the last run ended that did not fail", syncs, success);
    let next = |sync: &SyncStatus| sync.next.map(seconds);
    gauges.syncs("next_run_timestamp_seconds", "When the sync runs next", syncs, next);
}

fn of_targets(gauges: &mut Gauges<'_>, targets: &[TargetStatus]) {
    let help = "Members still to be sent";
    gauges.targets("destination_pending", help, targets, |target| Some(float(target.pending)));
    let help = "Leaves among the members still to be sent, and those refused";
    gauges.targets("destination_pending_leaves", help, targets, |target| Some(float(target.leaves)));
    let help = "Batches without an answer, which may still take effect";
    gauges.targets("destination_unanswered", help, targets, |target| Some(float(target.unanswered)));
    let help = "Whether the credentials in the config were refused";
    gauges.targets("destination_credentials_refused", help, targets, |target| Some(truth(target.refused)));
    let until = |target: &TargetStatus| target.waiting_until.map(seconds);
    gauges.targets("destination_waiting_until_timestamp_seconds", "Nothing is sent before", targets, until);
    let used = |target: &TargetStatus| target.tokens.map(|[used, _]| float(used));
    gauges.targets("tokens_used", "Token requests that count against the quota now", targets, used);
    let left = |target: &TargetStatus| target.tokens.map(|[used, quota]| float(quota.saturating_sub(used)));
    gauges.targets("tokens_left", "Token requests left of the quota", targets, left);
    let quota = |target: &TargetStatus| target.tokens.map(|[_, quota]| float(quota));
    gauges.targets("tokens_quota", "Token requests the target allows", targets, quota);
    let until = |target: &TargetStatus| target.token_until.map(seconds);
    gauges.targets("token_good_until_timestamp_seconds", "Until when the token at hand is good", targets, until);
}

fn seconds(at: Timestamp) -> f64 {
    at.as_duration().as_secs_f64()
}

fn truth(it: bool) -> f64 {
    f64::from(u8::from(it))
}

#[expect(clippy::cast_precision_loss, reason = "no target has 2^53 members")]
fn float(n: u64) -> f64 {
    n as f64
}
