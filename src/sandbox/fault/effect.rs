//! All that can go wrong, at any stand-in. Which requests an effect makes sense for is each stand-in's own to say.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::sandbox::span;
use crate::sandbox::veris::ValidTill;

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
    /// Every batch with one of these identifiers in it is refused whole.
    Refuse(Vec<String>),
    /// Every batch is refused.
    RefuseAll,
    /// A refusal names the first bad member's place, field and broken rule.
    NameRefused,
    /// Members a batch may hold.
    BatchLimit(usize),
    /// Fields that are mandatory on top of the documented ones.
    Require(Vec<String>),
    /// The list lacks so many of its rows, from the end.
    ShortList(usize),
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
