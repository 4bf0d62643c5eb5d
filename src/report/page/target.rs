//! How a target stands.

use jiff::Timestamp;
use serde::Serialize;

use super::Overview;
use super::budget::Budget;
use super::view::{Moment, Tone};
use crate::report::text::printable;
use crate::report::text::words::count;
use crate::report::{AtWork, TargetStatus};

/// Whether it takes what it is sent, its tokens, and what is under way.
#[derive(Debug, Serialize)]
pub(super) struct TargetView<'a> {
    name: &'a str,
    state: &'static str,
    tone: Tone,
    waits: Option<Moment>,
    token_until: Option<Moment>,
    budget: Option<Budget>,
    pending: u64,
    leaves: u64,
    unanswered: u64,
    at_work: Vec<AtWorkView>,
}

/// What it has taken and is not done with.
#[derive(Debug, Serialize)]
struct AtWorkView {
    what: String,
    status: String,
    since: Moment,
    next: Moment,
}

impl<'a> TargetView<'a> {
    pub(super) fn of(target: &'a TargetStatus, overview: &Overview) -> Self {
        let now = overview.status.now;
        let at = |at: Timestamp| Moment::of(at, now);
        let (state, tone) = match target {
            TargetStatus { refused: true, .. } => ("credentials refused", Tone::Bad),
            TargetStatus { waiting_until: Some(_), .. } => ("waits", Tone::Warn),
            TargetStatus { unanswered: 1.., .. } => ("unanswered", Tone::Warn),
            TargetStatus { pending: 1.., .. } => ("pending", Tone::Warn),
            TargetStatus { known: false, .. } => ("nothing sent yet", Tone::Rest),
            _ => ("ok", Tone::Good),
        };
        let pace = overview.paces.get(&target.target);
        Self {
            name: &target.target,
            state,
            tone,
            waits: target.waiting_until.map(at),
            token_until: target.token_until.map(at),
            budget: target.tokens.zip(pace).map(|(tokens, pace)| Budget::of(tokens, pace)),
            pending: target.pending,
            leaves: target.leaves,
            unanswered: target.unanswered,
            at_work: target.at_work.iter().map(|work| AtWorkView::of(work, now)).collect(),
        }
    }
}

impl AtWorkView {
    fn of(work: &AtWork, now: Timestamp) -> Self {
        let AtWork { status, batches, members, since, next } = work;
        Self {
            what: format!("{} in {}", count(*members, "member"), count(*batches, "batch")),
            status: printable(status),
            since: Moment::of(*since, now),
            next: Moment::of(*next, now),
        }
    }
}
