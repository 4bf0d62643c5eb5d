//! A sync's last runs, as a sentence and a table.

use serde::Serialize;

use super::Step;
use super::chart::{Chart, Slot};
use super::view::{Moment, Tone, grouped};
use crate::report::text::words::{count, span};
use crate::report::{Ran, Status, SyncStatus};

/// What is shown of them.
#[derive(Debug, Serialize)]
pub(super) struct CourseView<'a> {
    sync: &'a str,
    chart: Chart,
    /// What the chart shows.
    sentence: String,
    /// The same as a table, newest first.
    runs: Vec<RunView>,
}

/// A run.
#[derive(Debug, Serialize)]
struct RunView {
    run: i64,
    began: Moment,
    took: String,
    result: String,
    tone: Tone,
    read: u64,
    /// That only those were read who may have changed.
    by_changes: bool,
    come: u64,
    changed: u64,
    left: u64,
    sent: u64,
    held: u64,
    members: u64,
}

impl<'a> CourseView<'a> {
    /// `None` for a sync that never ran.
    pub(super) fn of(status: &Status, sync: &'a SyncStatus, steps: &[Step]) -> Option<Self> {
        let mut members = sync.active;
        let mut runs = Vec::new();
        for Step { ran, moved } in steps {
            let run = RunView::of(status, sync, ran, members);
            members = (members + (run.left - (*moved).min(run.left))).saturating_sub(run.come);
            runs.push(run);
        }
        let slots: Vec<Slot> = runs.iter().rev().map(RunView::slot).collect();
        (!runs.is_empty()).then(|| Self {
            sync: &sync.sync,
            chart: Chart::of(&slots),
            sentence: sentence(&runs, sync.active),
            runs,
        })
    }
}

impl RunView {
    /// With how many members there were after it.
    fn of(status: &Status, sync: &SyncStatus, ran: &Ran, members: u64) -> Self {
        let Ran { run, sync: _, began, ended, summary } = ran;
        let goes_on = sync.running && ended.is_none();
        let result = if goes_on { "running" } else { ran.result() };
        let took = ended.map_or_else(|| "–".to_owned(), |ended| span(ended.duration_since(*began).unsigned_abs()));
        let summary = summary.clone().unwrap_or_default();
        Self {
            run: *run,
            began: Moment::of(*began, status.now),
            took,
            result: result.to_owned(),
            tone: Tone::of(result),
            read: summary.read.entries,
            by_changes: summary.read.mode == "delta",
            come: summary.members.joined + summary.members.returned,
            changed: summary.members.changed,
            left: summary.members.left,
            sent: summary.delivery.confirmed,
            held: summary.delivery.held,
            members,
        }
    }

    fn slot(&self) -> Slot {
        let Self { run, result, come, changed, left, members, .. } = self;
        Slot {
            members: *members,
            come: *come,
            changed: *changed,
            left: *left,
            failed: self.tone == Tone::Bad,
            told: format!("run {run}, {result}: {come} joined or returned, {changed} changed, {left} left"),
        }
    }
}

/// What whoever does not see the chart hears of it.
fn sentence(runs: &[RunView], active: u64) -> String {
    let sum = |of: fn(&RunView) -> u64| grouped(runs.iter().map(of).sum());
    let range = runs.iter().map(|run| run.members).fold((active, active), |(low, high), n| (low.min(n), high.max(n)));
    let between = match range {
        (low, high) if low == high => String::new(),
        (low, high) => format!(", between {} and {}", grouped(low), grouped(high)),
    };
    let failed = runs.iter().filter(|run| run.tone == Tone::Bad).count() as u64;
    let failed = if failed == 0 { String::new() } else { format!("; {} failed or had no end", count(failed, "run")) };
    let (come, changed, left) = (sum(|run| run.come), sum(|run| run.changed), sum(|run| run.left));
    let runs = count(runs.len() as u64, "run");
    format!(
        "{} members confirmed now{between}. In {runs} {come} joined or returned, {changed} changed, {left} left{failed}.",
        grouped(active)
    )
}
