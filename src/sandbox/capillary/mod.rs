//! The Integrations API of Capillary, as the documentation has it: API clients with keys, secrets and scopes, and tokens
//! that may do what their client's scopes permit. What the documentation leaves open is in `docs/sandbox.md`.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;

use crate::sandbox::answer::Answer;
use crate::sandbox::fault::{self, Faults};

mod admit;
mod books;
mod call;
mod change;
mod client;
mod date;
mod handle;
mod letters;
mod options;
mod reply;
mod scope;
mod state;
mod target;
mod tell;
#[cfg(test)]
mod tests;
mod token;
mod wanted;

pub use crate::sandbox::fault::{Effect, Late, Malformed, Redirect, Then, When};
pub use books::{Counts, Outcome, RECEIPTS, Receipt};
pub(crate) use call::Request;
pub use client::{Actor, Kind, Record};
pub use handle::Handle;
pub use options::{Habits, Options};
pub use scope::{Entity, Permission, Scope};
pub use state::Edit;
pub use target::Target;

use books::{About, Books, Refusal, Verdict};
use call::Ask;
use change::Deed;
use token::Tokens;

/// Something that goes wrong, where, and how often.
pub type Fault = fault::Fault<Target>;

/// Everything the stand-in knows. Plain state: every method that needs the time is told it.
pub(crate) struct Capillary {
    options: Options,
    /// The scopes of the organization.
    entities: Vec<Entity>,
    habits: Habits,
    /// All clients by their ids, deleted ones included.
    clients: BTreeMap<u64, Record>,
    /// How many ids were given away, the ones of late clients included.
    ids: u64,
    tokens: Tokens,
    late: Vec<Postponed>,
    faults: Faults<Target>,
    books: Books,
}

/// A deed that takes effect later.
struct Postponed {
    due: Timestamp,
    deed: Deed,
}

impl Capillary {
    pub(crate) fn new(options: Options) -> Self {
        let admin = options.admin();
        Self {
            entities: options.entities.clone(),
            habits: options.habits,
            faults: Faults::new(options.faults.clone()),
            options,
            ids: admin.id,
            clients: BTreeMap::from([(admin.id, admin)]),
            tokens: Tokens::default(),
            late: Vec::new(),
            books: Books::default(),
        }
    }

    /// Back to how it started.
    pub(crate) fn reset(&mut self) {
        *self = Self::new(self.options.clone());
    }

    /// The kind of a request.
    pub(crate) fn target(method: &str, path: &str) -> Target {
        Ask::read(method, path).target()
    }

    /// How long a request is held before it is looked at.
    pub(crate) fn latency(&mut self, target: Target) -> Duration {
        self.faults.latency(target)
    }

    /// Any request, from its arrival to its answer.
    pub(crate) fn handle(&mut self, request: &Request<'_>, now: Timestamp) -> Answer {
        self.settle(now);
        let ask = Ask::read(request.method, request.path);
        let target = ask.target();
        let verdict = match self.faults.before(target) {
            Some(answer) => {
                let reason = Some("sandbox fault".into());
                Verdict { outcome: Outcome::Fault, answer: reply::spoiled(answer), about: About::default(), reason }
            }
            None => self.judge(request, &ask, now).unwrap_or_else(|refusal| refusal.verdict(self.habits)),
        };
        self.books.enter(target, verdict, now)
    }

    /// Who it is and what they may do first, then whether there is such a thing.
    fn judge(&mut self, request: &Request<'_>, ask: &Ask<'_>, now: Timestamp) -> Result<Verdict, Refusal> {
        if matches!(ask, Ask::Token) {
            return self.token(&request.fields()?, now);
        }
        let by = self.admit(request, now)?;
        match *ask {
            Ask::Token | Ask::NoPath => Err(Refusal::new(Outcome::NotFound, 404, "no such path")),
            Ask::NoMethod(_) => Err(Refusal::new(Outcome::NoMethod, 405, "no such method")),
            Ask::Resource => Ok(self.resource()),
            Ask::Scopes => Ok(self.scopes()),
            Ask::List => Ok(self.list()),
            Ask::Details(key) => self.details(key),
            Ask::Create => self.create(&request.fields()?, by, now),
            Ask::Update(key) => self.update(key, &request.fields()?, by, now),
            Ask::Delete(key) => self.delete(key, by, now),
        }
    }
}
