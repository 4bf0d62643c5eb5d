//! The contract of a target: a protocol without socket, clock, randomness or store, so that every method is a table
//! test. One executor ([`crate::transport`]) performs the steps for all targets.
//!
//! A target says what its members must look like, what leaving means, and which calls bring a batch there. It never
//! decides *when*: quota, retry and quiet periods are [`crate::delivery`]'s.

use std::fmt;
use std::num::NonZeroUsize;
use std::time::Duration;

use secrecy::SecretString;

use crate::roster::{Fingerprint, Identity, Payload, Timestamp};

pub mod mask;
pub mod refusal;
pub mod veris;

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
    /// The fields that a member may have.
    fn fields(&self) -> Vec<&'static str>;
    /// The member a mapped person becomes, or every rule of the target that it breaks.
    fn member(&self, mapped: &Payload) -> Result<Member, Vec<MemberFault>>;
    /// What is sent when somebody leaves, from their last good payload.
    fn leaving(&self, identity: &Identity, last: &Payload) -> Payload;
    /// The first step of a job.
    fn start(&self, job: Job<'_>, env: &Env<'_>) -> Step;
    /// The next step, once the call was answered.
    fn resume(&self, job: Job<'_>, input: Input<'_>, env: &Env<'_>) -> Step;
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
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// By which the target knows them.
    pub identity: Identity,
    /// What is sent while they are active.
    pub payload: Payload,
}

/// A rule of the target that somebody breaks. The message holds no values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberFault {
    /// The target's field.
    pub field: &'static str,
    /// What is wrong, in words.
    pub message: String,
}

/// What is to be done at the target.
#[derive(Clone, Copy, Debug)]
pub enum Job<'a> {
    /// Fetch a token.
    Authenticate,
    /// Bring these members there.
    Deliver(&'a [Item]),
}

/// One member of a batch, frozen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Item {
    /// The account in the store.
    pub account: i64,
    /// By which the target knows them.
    pub identity: Identity,
    /// Leaving, rather than joining or changing.
    pub leaving: bool,
    /// What is sent.
    pub payload: Payload,
}

/// What a step may look at.
#[derive(Clone, Copy, Debug)]
pub struct Env<'a> {
    /// Wall clock.
    pub now: Timestamp,
    /// A valid token, where the target wants one.
    pub token: Option<&'a SecretString>,
}

/// What to do next.
#[derive(Debug)]
pub enum Step {
    /// Make this call and come back with the answer.
    Call(Request),
    /// The job is over.
    Done(Done),
}

/// An HTTP request, as a value.
#[derive(Clone)]
pub struct Request {
    /// Verb.
    pub method: Method,
    /// Absolute URL without secrets.
    pub url: String,
    /// Name and value; values may be secrets.
    pub headers: Vec<(&'static str, SecretString)>,
    /// A JSON body.
    pub body: Option<String>,
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({:?} {}, {} bytes)", self.method, self.url, self.body.as_ref().map_or(0, String::len))
    }
}

/// HTTP verbs the targets use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// GET.
    Get,
    /// POST.
    Post,
}

/// An HTTP reply, as a value. The body is cut at the transport's limit.
#[derive(Clone, PartialEq, Eq)]
pub struct Reply {
    /// Status code.
    pub status: u16,
    /// The `Date` header.
    pub date: Option<Timestamp>,
    /// `Retry-After`, as a moment on our clock.
    pub retry_after: Option<Timestamp>,
    /// The host a redirect points to; redirects are never followed, for they would carry credentials elsewhere.
    pub redirect: Option<String>,
    /// Body, as text.
    pub body: String,
}

impl fmt::Debug for Reply {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reply({}, {} bytes)", self.status, self.body.len())
    }
}

/// What became of a call.
#[derive(Clone, Copy, Debug)]
pub enum Input<'a> {
    /// Answered.
    Reply(&'a Reply),
    /// It provably never left (DNS, connect, TLS). Says why.
    Unsent(&'a str),
    /// No whole answer: it may have taken effect. Says why.
    Unanswered(&'a str),
}

/// How a job ended.
#[derive(Debug)]
pub enum Done {
    /// A token and until when it may be used.
    Token(SecretString, Timestamp),
    /// All members confirmed.
    Accepted,
    /// Some were named as refused, the rest is confirmed.
    Partly(Vec<(i64, Refusal)>),
    /// Refused as a whole because of somebody among them whom the target does not name: halve until the culprit is alone.
    Split(Refusal),
    /// The batch is too large for the target; halve, and stay there for the rest of the run.
    TooLarge(Refusal),
    /// The credential or token was refused.
    Unauthorised(Refusal),
    /// Nothing was applied; try again, not before the moment given.
    Later(Option<Timestamp>, Refusal),
    /// It may have taken effect.
    Unknown(Refusal),
}

/// Why a target said no, in words fit for logs: status and the target's own words, cut short, without members' values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// In words.
    pub text: String,
}
