//! The next thing to do at a target.

use std::time::Duration;

use super::batch::Batch;
use super::quota::{self, Purpose};
use crate::destination::Limits;
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
    /// The unanswered batch whose quiet period ends first.
    pub unknown: Option<(i64, Timestamp)>,
    /// Whether a leave can be sent now.
    pub leaves: bool,
    /// Whether anything else can.
    pub others: bool,
    /// When the next account that waits may be sent.
    pub later: Option<Timestamp>,
}

/// What to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The quiet period of an unanswered batch is over: release its members.
    Lose(i64),
    /// Fetch a token.
    Authenticate,
    /// Send what is prepared.
    Send(Batch),
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
    if let Some((batch, wake)) = work.unknown
        && wake <= now
    {
        return Next::Lose(batch);
    }
    let ready = work.prepared.is_some() || work.leaves || work.others;
    if !ready {
        let unanswered = work.unknown.map(|(_, wake)| (wake, unanswered(work)));
        let later = work.later.map(|at| (at, "members wait for their next try".to_owned()));
        return Next::Rest([unanswered, later].into_iter().flatten().min());
    }
    if work.refused_credential == Some(credential) {
        return Next::Blocked(
            "the target's credentials were refused: nothing is tried until they change in the config".to_owned(),
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
    match &work.prepared {
        Some(batch) => Next::Send(batch.clone()),
        None => Next::Claim,
    }
}

fn usable((at, until): (Timestamp, Timestamp), now: Timestamp) -> bool {
    let life = Duration::try_from(until.duration_since(at)).unwrap_or_default();
    now + TOKEN_MARGIN.min(life / 2) < until
}

fn unanswered(work: &Work) -> String {
    match &work.not_before {
        Some((_, why)) => format!("{why}; it may still take effect"),
        None => "an unanswered request may still take effect".to_owned(),
    }
}
