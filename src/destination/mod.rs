//! The contract of a target: a protocol without socket, clock, randomness or store, so that every method is a table
//! test. One executor ([`crate::transport`]) performs the steps for all targets.
//!
//! A target says what its members must look like, what leaving means, and which steps bring a batch there: a single
//! call; a call that is taken and followed until it is done; a secret that must be kept before a call counts. It never
//! decides *when* to begin or to try again: quota, retry and quiet periods are [`crate::delivery`]'s.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;

use crate::roster::{Fingerprint, Identity, Key, Payload, Timestamp, Unique};

pub mod boostcom;
pub mod capillary;
mod http;
mod mail;
pub mod mask;
pub mod refusal;
mod step;
mod url;
pub mod veris;

pub use http::{Method, Reply, Request};
pub use step::{Chore, Done, Input, Refusal, Said, Scope, Secret, Seen, Step, Ticket};

/// A target system, as the engine sees it.
pub trait Destination: Send + Sync + fmt::Debug {
    /// Type, URL and account: what state, ledger and pacing are keyed by. Survives renames in the config.
    fn realm(&self) -> String;
    /// Changes when the credentials do; a refused credential latches until then.
    fn credential(&self) -> Fingerprint;
    /// The target's limits.
    fn limits(&self) -> Limits;
    /// The field by which the target knows a member.
    fn identity_field(&self) -> &'static str;
    /// An identity as the target compares it.
    fn identity(&self, value: &str) -> Identity {
        Identity::new(value)
    }
    /// The columns of a list of members that say something of them.
    fn columns(&self) -> Vec<&'static str>;
    /// What such a list says of a member, as it would be mapped.
    fn listed(&self, columns: &[(&'static str, &str)]) -> Payload {
        columns.iter().fold(Payload::default(), |payload, (name, value)| payload.with(name, *value))
    }
    /// The member that whoever has a key becomes, or every rule of the target that it breaks.
    fn member(&self, key: &Key, mapped: &Payload) -> Result<Member, Vec<MemberFault>>;
    /// What may be shown of a mapped person who breaks a rule: not what is never stored.
    fn shown(&self, mapped: &Payload) -> Payload {
        mapped.clone()
    }
    /// What is sent when somebody leaves, from their last good payload. What others are to have of what the target takes
    /// once only must be let go of.
    fn leaving(&self, identity: &Identity, last: &Payload, let_go: &[Unique]) -> Payload;
    /// What is sent of somebody as long as others may still have some of what the target takes only once.
    fn without(&self, payload: &Payload, _values: &[Unique]) -> Payload {
        payload.clone()
    }
    /// The first step of a job.
    fn start(&self, job: Job<'_>, env: &Env<'_>) -> Step;
    /// The next step of a job that stands where its ticket says, now that this became of the last one.
    fn resume(&self, job: Job<'_>, ticket: &Ticket, input: Input<'_>, env: &Env<'_>) -> Step;
    /// What the target holds of a member, in the terms of what it confirmed: what it never shows is taken as it was.
    fn held(&self, _confirmed: &Payload, seen: &Payload) -> Payload {
        seen.clone()
    }
    /// The same target, now that it told what its members can be given; `None` where that makes no difference.
    fn informed(&self, _scopes: &[Scope]) -> Option<Arc<dyn Destination>> {
        None
    }
}

/// What a target bears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Members a request.
    pub batch: NonZeroUsize,
    /// Token requests; `None`: no token needed.
    pub token: Option<Quota>,
    /// How long an unanswered request may still take effect at the target.
    pub quiet: Duration,
    /// Set where the target can be asked for everybody it knows ([`Job::Observe`]).
    pub readable: Option<Mending>,
    /// Whether somebody has to approve of every leave, whatever the count.
    pub leaves_approved: bool,
    /// Whether members who join must not share a request with others.
    pub joins_apart: bool,
}

/// What is done about members who are not at the target as it confirmed them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mending {
    /// They are sent again, as far as the guard lets them.
    Repair,
    /// It is said. Whoever is not there at all any more is sent again all the same.
    Report,
}

/// How many token requests a target allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quota {
    /// Requests…
    pub quota: u32,
    /// …in any window of this length.
    pub per: Duration,
    /// Kept back for leavers.
    pub reserve: u32,
}

/// A person as the target is to know them.
#[derive(Clone, Debug)]
pub struct Member {
    /// By which the target knows them.
    pub identity: Identity,
    /// What is sent while they are active.
    pub payload: Payload,
    /// What the target keeps unique besides the identity; no two of its members have one of these in common.
    pub unique: Vec<Unique>,
    /// What is sent when they join, never later, and never stored: a password.
    pub once: Option<SecretString>,
}

impl Member {
    /// A member about whom nothing but this is known.
    pub fn new(identity: Identity, payload: Payload) -> Self {
        Self { identity, payload, unique: Vec::new(), once: None }
    }
}

/// A rule of the target that somebody breaks. The message holds no values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberFault {
    /// The target's field.
    pub field: String,
    /// What is wrong, in words.
    pub message: String,
}

/// A look at everybody a target knows, as far as it has come.
#[derive(Clone, Debug, Default)]
pub struct Look {
    /// What the target calls those who are ours.
    pub ours: Vec<Remote>,
    /// What it answered so far.
    pub replies: Vec<Reply>,
}

/// What is to be done at the target.
#[derive(Clone, Copy, Debug)]
pub enum Job<'a> {
    /// Fetch a token.
    Authenticate,
    /// Bring these members there.
    Deliver(&'a [Item]),
    /// Look at everybody there. Begins and ends within a run, so that its ticket need not be stored.
    Observe(&'a Look),
    /// Find out whether the credentials are good, where that costs and changes nothing; and what members can be given there.
    Check,
}

/// One member of a batch, frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The account in the store.
    pub account: i64,
    /// By which the target knows them.
    pub identity: Identity,
    /// What the target calls them, where it gives names of its own and knows them.
    pub remote: Option<Remote>,
    /// What becomes of them.
    pub op: Op,
    /// What is sent: the payload that is due, or [`Destination::leaving`]'s.
    pub payload: Payload,
    /// What the target confirmed last, with what may have arrived since; `None`: nothing yet.
    pub before: Option<Payload>,
    /// Whether the target can't have anything else by now.
    pub certain: bool,
}

/// What becomes of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Op {
    /// The target never confirmed them.
    Join,
    /// They are there, and have other fields.
    Change,
    /// They may have left.
    Return,
    /// They leave.
    Leave,
}

/// What a target calls a member: an id of its own making.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remote(String);

impl Remote {
    /// A target's id.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Its text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a step may look at.
#[derive(Clone, Copy, Debug)]
pub struct Env<'a> {
    /// Wall clock.
    pub now: Timestamp,
    /// When the job's first step was taken.
    pub since: Timestamp,
    /// Unlike that of any other delivery by anybody: for the ids of requests.
    pub session: Fingerprint,
    /// Unlike that of any other batch of this store.
    pub number: i64,
    /// What those who join are sent once, by identity.
    pub once: &'a BTreeMap<Identity, SecretString>,
    /// What a target that can be read calls those who are ours.
    pub ours: &'a [Remote],
    /// Those of them who must be there: confirmed, and nothing is under way to them.
    pub there: &'a [Remote],
    /// A valid token, where the target wants one.
    pub token: Option<&'a SecretString>,
}
