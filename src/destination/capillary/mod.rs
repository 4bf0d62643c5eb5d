//! Capillary Integrations (seed 001): API client accounts, created, updated and deleted one by one. The target names them
//! itself, tells a client's secret once, in the answer to its creation, and can be read.
//!
//! [`member`] the rules of a client, `scope` what clients can be given, `token` and `refusal` what the target's answers
//! mean, `observe` a look at everybody there, `delivery` a client's way, `wire` the target's JSON, `secrets` what nobody
//! may see.

use std::fmt;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

use super::url::normalised;
use super::{
    Destination, Done, Env, Input, Job, Limits, Member, MemberFault, Mending, Quota, Refusal, Scope, Step, Ticket,
};
use crate::roster::{Fingerprint, Identity, Key, Payload, Unique};

mod delivery;
pub mod member;
mod observe;
mod refusal;
mod scope;
mod secrets;
mod token;
mod wire;

use scope::Entities;

/// No limit is documented. Tokens live up to an hour; this many requests are far more than is ever needed, and keep a
/// mistake from becoming a flood. A few are kept back for leavers.
pub const QUOTA: Quota = Quota { quota: 60, per: Duration::from_hours(1), reserve: 5 };
/// How long an unanswered request may still take effect. The seed is silent; gateways give up within a minute.
pub const QUIET: Duration = Duration::from_mins(1);

/// How an organisation's clients are reached, and what is done with them.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Base URL, without credentials in it: `https://eu.api.capillarytech.com`.
    pub url: String,
    /// What state is kept by beside the URL, which all organisations share: a name of the user's choice, or else whom the
    /// credentials name.
    pub organisation: Option<String>,
    /// Who we are there.
    pub auth: Auth,
    /// Where clients' secrets are kept.
    pub vault: Vault,
    /// What is done about clients whom somebody else changed.
    pub drift: Mending,
    /// Whether a client that is there already is taken over.
    pub adopt: Adopt,
    /// Whether somebody has to approve of every deletion.
    pub leaves_approved: bool,
    /// How long an unanswered request may still take effect; [`QUIET`] unless overridden.
    pub quiet: Duration,
}

/// Who we are at the target.
#[derive(Clone, Debug)]
pub enum Auth {
    /// A client of the organisation, for whom a token is fetched (public docs).
    Token {
        /// Its key.
        key: String,
        /// Its secret.
        secret: SecretString,
    },
    /// A user (public docs); no token is needed.
    Basic {
        /// Their name.
        username: String,
        /// Their password, which is sent as its MD5.
        password: SecretString,
    },
}

/// Where secrets are kept: in a folder, with a command, or both.
#[derive(Clone, Debug, Default)]
pub struct Vault {
    /// A file a client, named by its key.
    pub folder: Option<PathBuf>,
    /// A command and its arguments, which is handed the secret on its standard input.
    pub command: Vec<String>,
}

/// Whether clients that are there already are taken over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Adopt {
    /// Never: whatever is there is somebody else's.
    Never,
    /// Whoever joins gets the only client of their name, if there is one. Its secret stays with whoever has it.
    ByName,
}

/// An organisation's clients as a target.
#[derive(Clone)]
pub struct Capillary {
    settings: Settings,
    /// What clients can be given, once the target told.
    scopes: Option<Vec<Scope>>,
}

impl Capillary {
    /// A target from its settings.
    pub fn new(settings: Settings) -> Self {
        Self { settings: Settings { url: normalised(&settings.url), ..settings }, scopes: None }
    }

    fn entities(&self) -> Option<Entities<'_>> {
        self.scopes.as_deref().map(Entities)
    }
}

impl fmt::Debug for Capillary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Capillary").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Auth {
    /// Whom the credentials name.
    fn name(&self) -> &str {
        match self {
            Self::Token { key, .. } => key,
            Self::Basic { username, .. } => username,
        }
    }

    /// What nobody may see.
    fn secret(&self) -> &SecretString {
        match self {
            Self::Token { secret, .. } => secret,
            Self::Basic { password, .. } => password,
        }
    }
}

impl Destination for Capillary {
    fn realm(&self) -> String {
        let Settings { url, organisation, auth, .. } = &self.settings;
        format!("capillary {url} {}", organisation.as_deref().unwrap_or(auth.name()))
    }

    fn credential(&self) -> Fingerprint {
        let (name, secret) = (self.settings.auth.name(), self.settings.auth.secret().expose_secret());
        // A length before each part: moving a character from one to the next is another credential.
        Fingerprint::of(format!("{}:{name}{}:{secret}", name.len(), secret.len()).as_bytes())
    }

    fn limits(&self) -> Limits {
        let Settings { auth, drift, leaves_approved, quiet, .. } = &self.settings;
        let token = matches!(auth, Auth::Token { .. }).then_some(QUOTA);
        Limits {
            batch: NonZeroUsize::MIN,
            token,
            quiet: *quiet,
            readable: Some(*drift),
            leaves_approved: *leaves_approved,
            joins_apart: false,
        }
    }

    fn identity_field(&self) -> &'static str {
        member::IDENTITY
    }

    fn columns(&self) -> Vec<&'static str> {
        Vec::new()
    }

    fn member(&self, key: &Key, mapped: &Payload) -> Result<Member, Vec<MemberFault>> {
        member::member(key, mapped, self.entities())
    }

    fn leaving(&self, _identity: &Identity, last: &Payload, _let_go: &[Unique]) -> Payload {
        last.clone()
    }

    fn start(&self, job: Job<'_>, env: &Env<'_>) -> Step {
        match job {
            Job::Authenticate => token::start(&self.settings, Ticket::NONE),
            Job::Check => token::check(&self.settings, env),
            Job::Observe(_) => observe::start(&self.settings, env),
            Job::Deliver([item]) => delivery::start(self, item, env),
            Job::Deliver(_) => Step::Done(Done::TooLarge(Refusal::new("clients go one by one"))),
        }
    }

    fn resume(&self, job: Job<'_>, ticket: &Ticket, input: Input<'_>, env: &Env<'_>) -> Step {
        match job {
            Job::Authenticate => Step::Done(token::outcome(&self.settings, input, env.now)),
            Job::Check => token::checked(&self.settings, ticket, input, env),
            Job::Observe(look) => observe::resume(&self.settings, look, ticket, input, env),
            Job::Deliver([item]) => delivery::resume(&self.settings, item, ticket, input, env),
            Job::Deliver(_) => Step::Done(Done::Lost(Refusal::new("clients go one by one"))),
        }
    }

    fn held(&self, confirmed: &Payload, seen: &Payload) -> Payload {
        member::held(confirmed, seen)
    }

    fn informed(&self, scopes: &[Scope]) -> Option<Arc<dyn Destination>> {
        Some(Arc::new(Self { settings: self.settings.clone(), scopes: Some(scopes.to_vec()) }))
    }
}

#[cfg(test)]
mod tests;
