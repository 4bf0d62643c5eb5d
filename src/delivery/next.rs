//! The next thing to do at a target.

use std::time::Duration;

use super::batch::{Batch, Stage};
use super::quota::{self, Purpose};
use crate::destination::{Limits, Remote};
use crate::roster::{Fingerprint, Timestamp};

/// Everything known about the work at a target.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Work {
    /// Nothing is sent before, and why.
    pub not_before: Option<(Timestamp, String)>,
    /// A token: received at, usable until.
    pub token: Option<(Timestamp, Timestamp)>,
    /// A credential that was refused.
    pub refused_credential: Option<Fingerprint>,
    /// Moments of token requests, in order.
    pub used: Vec<Timestamp>,
    /// A batch that is ready to be sent.
    pub prepared: Option<Batch>,
    /// The batch under way, unanswered or accepted, that is to be asked about first, and when.
    pub under_way: Option<(Batch, Timestamp)>,
    /// Whether a leave can be sent now.
    pub leaves: bool,
    /// Whether anything else can.
    pub others: bool,
    /// When the next account that waits may be sent, where nothing can be sent now.
    pub later: Option<Timestamp>,
    /// What a target that can be read calls those who are ours.
    pub ours: Vec<Remote>,
    /// Those of them who must be there.
    pub there: Vec<Remote>,
    /// Whether the target is to be asked whom it knows.
    pub unobserved: bool,
}

impl Work {
    /// The same, for whoever only looks whom the target knows.
    #[must_use]
    pub fn to_look(self) -> Self {
        let Self { not_before, token, refused_credential, used, ours, .. } = self;
        Self { not_before, token, refused_credential, used, ours, unobserved: true, ..Self::default() }
    }
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// Ask what became of a batch under way.
    Resume(Batch),
    /// Fetch a token.
    Authenticate,
    /// Send what is prepared.
    Send(Batch),
    /// Ask the target whom it knows.
    Observe,
    /// Make a batch of what is pending.
    Claim,
    /// Nothing can be done before this moment, and why; `None` when nothing is left to do.
    Rest(Option<(Timestamp, String)>),
    /// Nothing can be done until somebody acts.
    Blocked(String),
}

/// A token must live this long for a request to start under it; half its life, when that is less.
pub const TOKEN_MARGIN: Duration = Duration::from_secs(5);

/// A token that ran out younger than this is not replaced before: a target whose tokens hardly live would otherwise get
/// the whole quota of requests at once.
pub const TOKEN_PACE: Duration = Duration::from_mins(1);

/// Decides. `credential` is the configured one's fingerprint.
pub fn next(work: &Work, limits: &Limits, credential: Fingerprint, now: Timestamp) -> Next {
    let due = work.under_way.as_ref().filter(|(_, wake)| *wake <= now);
    let ready = due.is_some() || work.prepared.is_some() || work.leaves || work.others || work.unobserved;
    if !ready {
        let answer = work.under_way.as_ref().map(|(batch, wake)| (*wake, awaited(batch, work)));
        let later = work.later.map(|at| (at, "members wait for their next try".to_owned()));
        return Next::Rest([answer, later].into_iter().flatten().min());
    }
    if work.refused_credential == Some(credential) {
        return Next::Blocked(
            "the target's credentials were refused: nothing is tried until there are others: put them where the config refers to, and restart the service".to_owned(),
        );
    }
    if let Some((until, why)) = work.not_before.as_ref().filter(|(until, _)| *until > now) {
        return Next::Rest(Some((*until, why.clone())));
    }
    if let Some(quota) = &limits.token
        && work.token.is_none_or(|token| !usable(token, now))
    {
        if let Some((at, _)) = work.token.filter(|(at, _)| *at <= now && *at + TOKEN_PACE > now) {
            return Next::Rest(Some((at + TOKEN_PACE, "the target's tokens end within a minute".to_owned())));
        }
        let purpose = if work.leaves { Purpose::Leavers } else { Purpose::Others };
        return match quota::next_allowed(quota, &work.used, now, purpose) {
            Ok(()) => Next::Authenticate,
            Err(until) => Next::Rest(Some((until, format!("the quota of {} token requests is used up", quota.quota)))),
        };
    }
    match (due, &work.prepared) {
        (Some((batch, _)), _) => Next::Resume(batch.clone()),
        (None, Some(batch)) => Next::Send(batch.clone()),
        (None, None) if work.unobserved => Next::Observe,
        (None, None) => Next::Claim,
    }
}

fn usable((at, until): (Timestamp, Timestamp), now: Timestamp) -> bool {
    let life = Duration::try_from(until.duration_since(at)).unwrap_or_default();
    now + TOKEN_MARGIN.min(life / 2) < until
}

fn awaited(batch: &Batch, work: &Work) -> String {
    match (batch.stage, &work.not_before) {
        (Stage::Accepted, _) => "the target is at work on members that it has taken".to_owned(),
        (_, Some((_, why))) => format!("{why}; it may still take effect"),
        (_, None) => "an unanswered request may still take effect".to_owned(),
    }
}
