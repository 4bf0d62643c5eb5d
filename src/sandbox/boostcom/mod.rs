//! The Members Imports of Boostcom, as the documentation has them: up to 1000 members a bulk, worked on some time later
//! and asked after until then. What the documentation leaves open is in `docs/sandbox.md`.

use std::collections::BTreeSet;
use std::time::Duration;

use jiff::Timestamp;

use crate::sandbox::answer::Answer;
use crate::sandbox::fault::{self, Faults};

mod books;
mod bulk;
mod call;
mod errors;
mod handle;
mod member;
mod options;
mod people;
mod schema;
mod send;
mod settle;
mod state;
mod status;
mod target;
#[cfg(test)]
mod tests;
mod workers;

pub use crate::sandbox::fault::{Effect, Late, Malformed, Redirect, Then, When};
pub use books::{Counts, Outcome, RECEIPTS, Receipt};
pub use bulk::{Bulk, Status};
pub(crate) use call::Request;
pub use handle::Handle;
pub use member::Record;
pub use options::{Options, Permits, Spelling};
pub use target::Target;
pub use workers::{Order, RETRIES, Workers};

use books::{About, Books, Refusal, Verdict};
use call::{Ask, Call};
use people::People;
use settle::Arrival;

/// Something that goes wrong, where, and how often.
pub type Fault = fault::Fault<Target>;

/// Everything the stand-in knows. Plain state: every method that needs the time is told it.
pub(crate) struct Boostcom {
    options: Options,
    workers: Workers,
    permits: Permits,
    people: People,
    /// All bulks by their ids, counted from 1.
    bulks: Vec<Bulk>,
    /// Those that a job will pick or has picked.
    unfinished: BTreeSet<u64>,
    /// How many bulks, from the first on, have lost what is personal.
    removed: usize,
    arrivals: Vec<Arrival>,
    /// The time up to which everything has happened.
    settled: Timestamp,
    faults: Faults<Target>,
    books: Books,
}

impl Boostcom {
    pub(crate) fn new(options: Options) -> Self {
        Self {
            workers: options.workers.clone(),
            permits: options.permits,
            faults: Faults::new(options.faults.clone()),
            options,
            people: People::default(),
            bulks: Vec::new(),
            unfinished: BTreeSet::new(),
            removed: 0,
            arrivals: Vec::new(),
            settled: Timestamp::MIN,
            books: Books::default(),
        }
    }

    /// Back to how it started.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(self.options.clone());
    }

    /// The kind of a request, where it is one.
    pub(crate) fn target(method: &str, path: &str) -> Option<Target> {
        Call::read(method, path).ok().map(|call| call.target())
    }

    /// How long a request is held before it is looked at.
    pub(crate) fn latency(&mut self, target: Target) -> Duration {
        self.faults.latency(target)
    }

    /// Any request, from its arrival to its answer.
    pub(crate) fn handle(&mut self, request: &Request<'_>, now: Timestamp) -> Answer {
        self.settle(now);
        let call = match Call::read(request.method, request.path) {
            Ok(call) => call,
            Err(answer) => return answer,
        };
        let target = call.target();
        let verdict = match self.faults.before(target) {
            Some(answer) => {
                let reason = Some("sandbox fault".into());
                Verdict { outcome: Outcome::Fault, answer, about: About::default(), reason }
            }
            None => self.judge(request, &call, now).unwrap_or_else(Refusal::verdict),
        };
        self.books.enter(target, verdict, now)
    }

    fn judge(&mut self, request: &Request<'_>, call: &Call, now: Timestamp) -> Result<Verdict, Refusal> {
        self.admit(request, call)?;
        match &call.ask {
            Ask::Send => self.send(request.body, now),
            Ask::Import(import_id) => self.import_status(import_id),
            Ask::Bulk(import_id, bulk_id) => self.bulk_status(import_id, bulk_id),
        }
    }

    /// Headers first, then who it is, then what it may do.
    fn admit(&self, request: &Request<'_>, call: &Call) -> Result<(), Refusal> {
        let headers = [
            ("X-Client-Authorization", request.authorization),
            ("X-Product-Name", request.product),
            ("X-User-Agent", request.user_agent),
            ("Content-Type", request.content_type),
        ];
        if let Some((name, _)) = headers.iter().find(|(_, value)| value.is_none_or(|value| value.trim().is_empty())) {
            return Err(Refusal::new(Outcome::HeaderMissing, 470, &format!("{name} is missing")));
        }
        if request.product != Some(self.options.product_name.as_str()) {
            return Err(Refusal::new(Outcome::HeaderWrong, 471, "X-Product-Name is wrong"));
        }
        if request.authorization != Some(self.options.client_authorization.as_str()) {
            return Err(Refusal::new(Outcome::Unauthorized, 401, "X-Client-Authorization is wrong"));
        }
        if call.club != self.options.loyalty_club {
            return Err(Refusal::new(Outcome::Unauthorized, 401, "not a loyalty club of this client"));
        }
        if !request.content_type.is_some_and(|kind| kind.trim_start().starts_with("application/json")) {
            return Err(Refusal::new(Outcome::Unreadable, 406, "Content-Type is not application/json"));
        }
        let (permitted, permit) = match call.ask {
            Ask::Send => (self.permits.create, "BL:Api:Members:Imports:Create"),
            Ask::Import(_) | Ask::Bulk(..) => (self.permits.get, "BL:Api:Members:Imports:Get"),
        };
        let missing = || Refusal::new(Outcome::Forbidden, 403, &format!("requires {permit} permit"));
        permitted.then_some(()).ok_or_else(missing)
    }
}
