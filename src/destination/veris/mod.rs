//! Veris Memberbook Ingest API. (A stand-in while the real one is being written elsewhere.)

use std::num::NonZeroUsize;
use std::time::Duration;

use secrecy::SecretString;

use super::{Destination, Done, Env, Input, Item, Job, Limits, Member, MemberFault, Quota, Refusal, Step};
use crate::roster::{Fingerprint, Identity, Payload};

/// How to reach Veris.
#[derive(Debug)]
#[expect(missing_docs, reason = "a stand-in")]
pub struct Settings {
    pub url: String,
    pub client_id: String,
    pub client_secret: SecretString,
    pub api_key: SecretString,
    pub quota: Quota,
    pub lifetime: Duration,
    pub batch: NonZeroUsize,
    pub quiet: Duration,
}

/// A field of a member.
#[derive(Debug)]
#[expect(missing_docs, reason = "a stand-in")]
pub struct Field {
    pub name: &'static str,
    pub need: Need,
}

/// How much Veris wants a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "a stand-in")]
pub enum Need {
    Mandatory,
    Expected,
    Optional,
}

const fn field(name: &'static str, need: Need) -> Field {
    Field { name, need }
}

/// The fields of a member.
pub const FIELDS: &[Field] = &[
    field("first_name", Need::Mandatory),
    field("last_name", Need::Mandatory),
    field("designation", Need::Mandatory),
    field("email", Need::Mandatory),
    field("phone", Need::Optional),
    field("city", Need::Optional),
    field("country", Need::Mandatory),
    field("unique_id", Need::Mandatory),
    field("group", Need::Expected),
    field("department", Need::Expected),
];

/// The destination.
#[derive(Debug)]
pub struct Veris(Settings);

impl Veris {
    /// A destination.
    pub fn new(settings: Settings) -> Self {
        Self(settings)
    }
}

impl Destination for Veris {
    fn realm(&self) -> String {
        format!("veris {} {}", self.0.url, self.0.client_id)
    }

    fn credential(&self) -> Fingerprint {
        Fingerprint::of(b"")
    }

    fn limits(&self) -> Limits {
        Limits { batch: self.0.batch, token: Some(self.0.quota), quiet: self.0.quiet }
    }

    fn member(&self, _: &Payload) -> Result<Member, Vec<MemberFault>> {
        Err(Vec::new())
    }

    fn leaving(&self, _: &Identity, last: &Payload) -> Payload {
        last.clone()
    }

    fn start(&self, _: Job<'_>, _: &Env<'_>) -> Step {
        Step::Done(Done::Unknown(Refusal { text: String::new() }))
    }

    fn resume(&self, _: Job<'_>, _: Input<'_>, _: &Env<'_>) -> Step {
        let _: Option<Item> = None;
        Step::Done(Done::Accepted)
    }
}
