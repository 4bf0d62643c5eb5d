//! Veris Memberbook Ingest API (seed 000): a token, then members in JSON arrays. The target answers for a batch as a
//! whole and cannot be asked what it knows; sending a member again replaces it.
//!
//! [`member`] its rules, `token` and `delivery` what its answers mean, `wire` its JSON, [`valid_till`] the token's end.

use std::num::NonZeroUsize;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::url::normalised;
use super::{Destination, Done, Env, Input, Job, Limits, Member, MemberFault, Quota, Refusal, Step, Ticket};
use crate::roster::{Fingerprint, Identity, Key, Payload, Unique};

mod complaint;
mod delivery;
pub mod member;
mod token;
pub mod valid_till;
mod wire;

pub use member::{FIELDS, Field, Need};

/// 150 token requests a day (seed); which day is not said, so any 24 hours. Ten are kept back for leavers.
pub const QUOTA: Quota = Quota { quota: 150, per: Duration::from_hours(24), reserve: 10 };
/// "The Access token is valid for 15 mins only" (seed).
pub const LIFETIME: Duration = Duration::from_mins(15);
/// Members a request. The seed names no limit; a target that finds it too much answers 413.
pub const BATCH: NonZeroUsize = NonZeroUsize::new(500).expect("500 is not zero");
/// How long an unanswered request may still take effect. The seed is silent; gateways give up within a minute.
pub const QUIET: Duration = Duration::from_mins(1);

/// How a Veris account is reached.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Base URL, without credentials in it: `https://acme.veris.in`.
    pub url: String,
    /// Header `client_id`.
    pub client_id: String,
    /// Header `client_secret`.
    pub client_secret: SecretString,
    /// Header `x-api-key`.
    pub api_key: SecretString,
    /// Token requests; [`QUOTA`] unless overridden.
    pub quota: Quota,
    /// How long a token is used at most; [`LIFETIME`] unless overridden.
    pub lifetime: Duration,
    /// Members a request; [`BATCH`] unless overridden.
    pub batch: NonZeroUsize,
    /// How long an unanswered request may still take effect; [`QUIET`] unless overridden.
    pub quiet: Duration,
}

/// A Veris account as a target.
#[derive(Clone, Debug)]
pub struct Veris {
    settings: Settings,
}

impl Veris {
    /// A target from its settings.
    pub fn new(settings: Settings) -> Self {
        Self { settings: Settings { url: normalised(&settings.url), ..settings } }
    }
}

impl Destination for Veris {
    fn realm(&self) -> String {
        format!("veris {} {}", self.settings.url, self.settings.client_id)
    }

    fn credential(&self) -> Fingerprint {
        let Settings { client_id, client_secret, api_key, .. } = &self.settings;
        let parts = [client_id.as_str(), client_secret.expose_secret(), api_key.expose_secret()];
        // A length before each part: moving a character from one to the next is another credential.
        Fingerprint::of(parts.map(|part| format!("{}:{part}", part.len())).concat().as_bytes())
    }

    fn limits(&self) -> Limits {
        let Settings { quota, batch, quiet, .. } = self.settings;
        Limits { batch, token: Some(quota), quiet, readable: None, leaves_approved: false, joins_apart: false }
    }

    fn identity_field(&self) -> &'static str {
        member::IDENTITY
    }

    fn columns(&self) -> Vec<&'static str> {
        FIELDS.iter().map(|field| field.name).collect()
    }

    fn member(&self, _key: &Key, mapped: &Payload) -> Result<Member, Vec<MemberFault>> {
        member::member(mapped)
    }

    fn leaving(&self, identity: &Identity, last: &Payload, _let_go: &[Unique]) -> Payload {
        // The identity again: somebody imported as known to exist has no payload yet.
        last.clone().with(member::IDENTITY, identity.as_str()).with(member::STATUS, member::LEFT)
    }

    fn start(&self, job: Job<'_>, env: &Env<'_>) -> Step {
        match (job, env.token) {
            (Job::Authenticate, _) => Step::Call(wire::token_request(&self.settings), Ticket::NONE),
            (Job::Deliver([]), _) => Step::Done(Done::Accepted(Vec::new())),
            (Job::Deliver(items), Some(token)) => {
                Step::Call(wire::members_request(&self.settings, token, items), Ticket::NONE)
            }
            // Not `Unauthorised`, which would latch a credential that nobody refused.
            (Job::Deliver(_), None) => Step::Done(Done::Later(None, Refusal::unsent("no token is at hand"))),
            (Job::Observe(_), _) => Step::Done(unreadable()),
            (Job::Check, _) => Step::Done(Done::Later(None, Refusal::unsent("each token request costs quota"))),
        }
    }

    fn resume(&self, job: Job<'_>, _ticket: &Ticket, input: Input<'_>, env: &Env<'_>) -> Step {
        Step::Done(match job {
            Job::Authenticate => token::outcome(&self.settings, input, env.now),
            Job::Deliver(items) => delivery::outcome(&self.settings, items, input, env.token),
            Job::Observe(_) | Job::Check => unreadable(),
        })
    }
}

fn unreadable() -> Done {
    Done::Later(None, Refusal::unsent("Veris has no list of its members"))
}

#[cfg(test)]
mod tests;
