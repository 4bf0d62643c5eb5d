//! Faults that are switched on while the stand-in runs. Nothing is random: a fault fires on every request it fits, or
//! on a counted number of them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::valid_till::ValidTill;
use crate::sandbox::span;

/// Something that goes wrong, where, and how often.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Map<String, Value>", into = "Map<String, Value>")]
pub struct Fault {
    pub(super) effect: Effect,
    pub(super) target: Target,
    pub(super) times: Option<u64>,
    pub(super) skip: u64,
}

/// The requests a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// `GET /access-token`
    Token,
    /// `POST /members`
    Members,
    /// Either.
    Both,
}

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Effect {
    /// The request is held this long before it is looked at. A client that gives up meanwhile has changed nothing.
    Latency(#[serde(with = "span")] Duration),
    /// The request takes effect at once, and is answered this much later.
    AnswerLatency(#[serde(with = "span")] Duration),
    /// The request takes effect and is answered; the body trickles over this time.
    SlowBody(#[serde(with = "span")] Duration),
    /// This status, and nothing takes effect.
    Status(u16),
    /// 429 with this many seconds in Retry-After, and nothing takes effect.
    RetryAfter(u64),
    /// Sent elsewhere, and nothing takes effect.
    Redirect(Redirect),
    /// The connection ends without an answer.
    Cut(When),
    /// No answer ever comes.
    Hang(When),
    /// The batch takes effect later than its answer says.
    Late(Late),
    /// 200, and takes effect, with a body that is not what was promised.
    Body(Malformed),
    /// Every batch with one of these unique_ids in it is refused whole.
    Refuse(Vec<String>),
    /// Every batch is refused.
    RefuseAll,
    /// A refusal names the first bad member's place, field and broken rule.
    NameRefused,
    /// Members a batch may hold.
    BatchLimit(usize),
    /// Fields that are mandatory on top of the documented ones.
    Require(Vec<String>),
    /// How `ValidTill` is written.
    ValidTill(ValidTill),
}

/// On which side of taking effect something happens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// Nothing has taken effect.
    Before,
    /// Everything has.
    After,
}

/// A redirection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Redirect {
    /// `Location`.
    pub to: String,
    /// 302 when left out.
    #[serde(default = "found")]
    pub status: u16,
}

fn found() -> u16 {
    302
}

/// Taking effect late.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Late {
    /// How much later, on the sandbox's clock.
    #[serde(with = "span")]
    pub after: Duration,
    /// What the client is told meanwhile.
    #[serde(default)]
    pub then: Then,
}

/// What the client is told of a batch that takes effect late.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Then {
    /// The connection ends.
    #[default]
    Cut,
    /// Nothing.
    Hang,
    /// 504
    GatewayTimeout,
    /// That all is well.
    Ok,
}

/// A body that is not what was promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Malformed {
    /// No byte of it.
    Empty,
    /// A page of a proxy.
    NotJson,
    /// Half of it, then the connection ends.
    Truncated,
    /// 64 MiB of it.
    Huge,
    /// This instead.
    Text(String),
}

impl Effect {
    fn fits(&self, target: Target) -> bool {
        match self {
            Self::ValidTill(_) => target == Target::Token,
            Self::Late(_)
            | Self::Refuse(_)
            | Self::RefuseAll
            | Self::NameRefused
            | Self::BatchLimit(_)
            | Self::Require(_) => target == Target::Members,
            _ => true,
        }
    }
}

impl Fault {
    /// A fault of pushes (of token requests, where it makes sense nowhere else) that stays until it is taken away.
    pub fn new(effect: Effect) -> Self {
        let target = if effect.fits(Target::Members) { Target::Members } else { Target::Token };
        Self { effect, target, times: None, skip: 0 }
    }

    /// The same, of other requests. Where the effect makes no sense there, it never fires.
    #[must_use]
    pub fn on(mut self, target: Target) -> Self {
        self.target = target;
        self
    }

    /// The same, gone after it fired so often.
    #[must_use]
    pub fn times(mut self, times: u64) -> Self {
        self.times = Some(times);
        self
    }

    /// The same, sparing so many requests first.
    #[must_use]
    pub fn skip(mut self, skip: u64) -> Self {
        self.skip = skip;
        self
    }

    pub(super) fn concerns(&self, target: Target) -> bool {
        (self.target == target || self.target == Target::Both) && self.effect.fits(target)
    }

    /// Whether any request can set it off.
    pub(super) fn fires(&self) -> bool {
        [Target::Token, Target::Members].into_iter().any(|target| self.concerns(target))
    }
}
