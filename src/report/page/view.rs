//! Values as the template shows them.

use jiff::Timestamp;
use serde::Serialize;

use super::Overview;
use super::course::CourseView;
use super::matter::MatterView;
use super::target::TargetView;
use crate::report::text::attention::matters;
use crate::report::text::printable;
use crate::report::text::words::{ago, ahead, moment, span};
use crate::report::{Daemon, Latency, Status, SyncStatus};

/// The page.
#[derive(Debug, Serialize)]
pub(super) struct View<'a> {
    version: &'static str,
    now: Moment,
    headline: String,
    tone: Tone,
    refused: Option<RefusedView>,
    matters: Vec<MatterView<'a>>,
    warnings: Vec<String>,
    syncs: Vec<SyncView<'a>>,
    courses: Vec<CourseView<'a>>,
    leavers: Vec<LeaversView<'a>>,
    targets: Vec<TargetView<'a>>,
    daemon: Option<DaemonView>,
}

/// A moment, in UTC.
#[derive(Debug, Serialize)]
pub(super) struct Moment {
    /// For programs.
    iso: String,
    text: String,
    /// `14 min ago`, `in 12m`.
    relative: String,
}

/// How something stands, so that what is bad is seen first. Whatever has one says it in words, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Tone {
    Good,
    Warn,
    Bad,
    Rest,
}

#[derive(Debug, Serialize)]
struct RefusedView {
    at: Moment,
    faults: Vec<String>,
}

#[derive(Debug, Serialize)]
struct SyncView<'a> {
    name: &'a str,
    to: &'a str,
    state: String,
    tone: Tone,
    last: Option<Moment>,
    run: Option<i64>,
    next: Option<Moment>,
    scheduled: bool,
    active: u64,
    kept: u64,
    refused: u64,
    held: u64,
}

#[derive(Debug, Serialize)]
struct LeaversView<'a> {
    name: &'a str,
    leaves: u64,
    median: String,
    worst: String,
    overdue: Option<Moment>,
}

#[derive(Debug, Serialize)]
struct DaemonView {
    since: Moment,
    loaded: Moment,
    path: String,
    outcome: &'static str,
}

impl<'a> View<'a> {
    pub(super) fn of(overview: &'a Overview) -> Self {
        let Overview { status, courses, paces: _ } = overview;
        let Status { now, daemon, syncs, targets, directories: _, warnings } = status;
        let at = |at: Timestamp| Moment::of(at, *now);
        let matters: Vec<_> = matters(status).iter().map(MatterView::of).collect();
        let refused = daemon.as_ref().and_then(|daemon| daemon.refused.as_ref()).map(|refused| RefusedView {
            at: at(refused.at),
            faults: refused.faults.iter().map(|fault| printable(fault)).collect(),
        });
        let bad = refused.is_some() || matters.iter().any(|matter| matter.tone == Tone::Bad);
        let wrong = matters.len() + warnings.len() + usize::from(refused.is_some());
        let tone = match wrong {
            0 => Tone::Good,
            _ if bad => Tone::Bad,
            _ => Tone::Warn,
        };
        let steps = |sync: &SyncStatus| courses.get(&sync.sync).map(Vec::as_slice).unwrap_or_default();
        Self {
            version: env!("CARGO_PKG_VERSION"),
            now: at(*now),
            headline: headline(wrong as u64),
            tone,
            refused,
            matters,
            warnings: warnings.iter().map(|warning| printable(warning)).collect(),
            syncs: syncs.iter().map(|sync| SyncView::of(sync, *now)).collect(),
            courses: syncs.iter().filter_map(|sync| CourseView::of(status, sync, steps(sync))).collect(),
            leavers: syncs.iter().filter_map(|sync| LeaversView::of(sync, *now)).collect(),
            targets: targets.iter().map(|target| TargetView::of(target, overview)).collect(),
            daemon: daemon.as_ref().map(|daemon| DaemonView::of(daemon, *now)),
        }
    }
}

fn headline(wrong: u64) -> String {
    match wrong {
        0 => "Nothing needs attention".to_owned(),
        1 => "1 thing needs attention".to_owned(),
        n => format!("{n} things need attention"),
    }
}

impl Moment {
    pub(super) fn of(at: Timestamp, now: Timestamp) -> Self {
        let relative = if at > now { ahead(now, at) } else { format!("{} ago", ago(now, at)) };
        Self { iso: format!("{at:.0}"), text: moment(at), relative }
    }
}

impl Tone {
    /// Of a run's result, or what is told instead.
    pub(super) fn of(result: &str) -> Self {
        match result {
            "ok" | "running" => Self::Good,
            "partial" | "pending" | "held" => Self::Warn,
            "never ran" | "paused" => Self::Rest,
            _ => Self::Bad,
        }
    }
}

impl<'a> SyncView<'a> {
    fn of(sync: &'a SyncStatus, now: Timestamp) -> Self {
        let state = match &sync.last {
            _ if sync.running => "running",
            _ if sync.paused => "paused",
            Some(run) => run.result(),
            None => "never ran",
        };
        Self {
            name: &sync.sync,
            to: &sync.to,
            state: state.to_owned(),
            tone: Tone::of(state),
            last: sync.last.as_ref().map(|run| Moment::of(run.began, now)),
            run: sync.last.as_ref().map(|run| run.run),
            next: sync.next.filter(|_| !sync.paused).map(|next| Moment::of(next, now)),
            scheduled: sync.scheduled,
            active: sync.active,
            kept: sync.kept.iter().map(|kept| kept.people).sum(),
            refused: sync.refusals,
            held: sync.held.as_ref().map_or(0, |held| held.changes),
        }
    }
}

impl<'a> LeaversView<'a> {
    /// `None` where nobody left lately.
    fn of(sync: &'a SyncStatus, now: Timestamp) -> Option<Self> {
        let SyncStatus { sync: name, latency, overdue_since, .. } = sync;
        let took = |of: fn(&Latency) -> String| latency.as_ref().map_or_else(|| "–".to_owned(), of);
        (latency.is_some() || overdue_since.is_some()).then(|| Self {
            name,
            leaves: latency.map_or(0, |latency| latency.leaves),
            median: took(|latency| span(latency.median)),
            worst: took(|latency| span(latency.worst)),
            overdue: overdue_since.map(|since| Moment::of(since, now)),
        })
    }
}

impl DaemonView {
    fn of(daemon: &Daemon, now: Timestamp) -> Self {
        let Daemon { since, config, refused } = daemon;
        Self {
            since: Moment::of(*since, now),
            loaded: Moment::of(config.loaded_at, now),
            path: printable(&config.path.display().to_string()),
            outcome: if refused.is_some() { "a newer one was refused" } else { "in force as it is in the file" },
        }
    }
}

/// `1,048,576`.
pub(super) fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut grouped = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}
