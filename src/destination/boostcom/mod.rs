//! Boostcom members imports (seed 002): members in bulks, which the target takes and works on for seconds to hours. A bulk
//! is asked for until it is done, and names the members it could not take.
//!
//! The target matches members by mail address and msisdn, both of which it keeps unique, and changes only what it is sent.
//! [`member`] its rules, `import` what is sent, `delivery` a bulk's way, `report` what came of it, `wire` its JSON.

use std::num::NonZeroUsize;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::url::normalised;
use super::{Destination, Done, Env, Input, Job, Limits, Member, MemberFault, Refusal, Step, Ticket};
use crate::roster::{Fingerprint, Identity, Key, Payload, Unique};

mod delivery;
mod errors;
mod import;
pub mod member;
mod refusal;
mod report;
mod wire;

pub use member::{CHANNELS, Identifier};

/// Members a bulk (seed: "at most 1000 member records may be sent in one request").
pub const BATCH: NonZeroUsize = NonZeroUsize::new(1000).expect("1000 is not zero");
/// How long an unanswered request may still take effect. The seed is silent; gateways give up within a minute.
pub const QUIET: Duration = Duration::from_mins(1);

/// How a loyalty club is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Base URL: `https://bpc-api.boostcom.no`.
    pub url: String,
    /// The club's slug.
    pub loyalty_club: String,
    /// Header `X-Client-Authorization`.
    pub client_authorization: SecretString,
    /// Header `X-Product-Name`.
    pub product_name: String,
    /// Header `X-User-Agent`: who is calling, for the target's own logs.
    pub user_agent: String,
    /// By which of its two identifiers a member is known.
    pub identity: Identifier,
    /// Whether members that the club has already, and that are new to us, stay as they are.
    pub only_create: bool,
    /// What is sent of those who leave, beside their identity; [`member::channels_off`] unless overridden.
    pub on_leave: Payload,
    /// What is sent of those who return, over what the directory says of them.
    pub on_return: Payload,
    /// Members a bulk; [`BATCH`] at most.
    pub batch: NonZeroUsize,
    /// How long an unanswered request may still take effect; [`QUIET`] unless overridden.
    pub quiet: Duration,
}

/// A loyalty club as a target.
#[derive(Clone, Debug)]
pub struct Boostcom {
    settings: Settings,
}

impl Boostcom {
    /// A target from its settings.
    pub fn new(settings: Settings) -> Self {
        let batch = settings.batch.min(BATCH);
        Self { settings: Settings { url: normalised(&settings.url), batch, ..settings } }
    }
}

impl Destination for Boostcom {
    fn realm(&self) -> String {
        let Settings { url, loyalty_club, identity, .. } = &self.settings;
        // Under another identifier none of the accounts would be found again.
        format!("boostcom {url} {loyalty_club} by {}", identity.field())
    }

    fn credential(&self) -> Fingerprint {
        Fingerprint::of(self.settings.client_authorization.expose_secret().as_bytes())
    }

    fn limits(&self) -> Limits {
        let Settings { batch, quiet, only_create, .. } = self.settings;
        Limits { batch, token: None, quiet, readable: None, leaves_approved: false, joins_apart: only_create }
    }

    fn identity_field(&self) -> &'static str {
        self.settings.identity.field()
    }

    fn identity(&self, value: &str) -> Identity {
        Identity::new(self.settings.identity.compared(value))
    }

    fn columns(&self) -> Vec<&'static str> {
        Identifier::ALL.map(Identifier::field).to_vec()
    }

    fn listed(&self, columns: &[(&'static str, &str)]) -> Payload {
        let properties = columns.iter().map(|(name, value)| ((*name).to_owned(), (*value).into())).collect();
        Payload::default().with(member::PROPERTIES, serde_json::Value::Object(properties))
    }

    fn member(&self, _key: &Key, mapped: &Payload) -> Result<Member, Vec<MemberFault>> {
        member::member(self.settings.identity, mapped)
    }

    fn shown(&self, mapped: &Payload) -> Payload {
        member::without_password(mapped)
    }

    fn leaving(&self, identity: &Identity, last: &Payload, let_go: &[Unique]) -> Payload {
        member::leaving(&self.settings, identity, last, let_go)
    }

    fn without(&self, payload: &Payload, values: &[Unique]) -> Payload {
        member::without(payload, values)
    }

    fn start(&self, job: Job<'_>, env: &Env<'_>) -> Step {
        match job {
            Job::Deliver([]) => Step::Done(Done::Accepted(Vec::new())),
            Job::Deliver(items) => delivery::send(&self.settings, items, env),
            Job::Check => Step::Call(wire::ask_import(&self.settings, &wire::import_id(env.session)), Ticket::NONE),
            Job::Authenticate => Step::Done(no_such("Boostcom wants no token")),
            Job::Observe(_) => Step::Done(no_such("Boostcom has no list of its members")),
        }
    }

    fn resume(&self, job: Job<'_>, ticket: &Ticket, input: Input<'_>, env: &Env<'_>) -> Step {
        match job {
            Job::Deliver(items) => delivery::resume(&self.settings, items, ticket, input, env),
            Job::Check => Step::Done(delivery::checked(&self.settings, input)),
            Job::Authenticate => Step::Done(no_such("Boostcom wants no token")),
            Job::Observe(_) => Step::Done(no_such("Boostcom has no list of its members")),
        }
    }
}

fn no_such(why: &str) -> Done {
    Done::Later(None, Refusal::unsent(why))
}

#[cfg(test)]
mod tests;
