//! How the stand-in starts.

use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Fault, Workers};

/// How the stand-in starts, and what it goes back to on a reset.
#[derive(Clone)]
pub struct Options {
    /// The loyalty club's slug in every path; `infinity-mall`.
    pub loyalty_club: String,
    /// Header `X-Client-Authorization`; `sandbox-token`.
    pub client_authorization: String,
    /// Header `X-Product-Name`; `default`.
    pub product_name: String,
    /// Members a bulk may hold; 1000.
    pub bulk_limit: usize,
    /// How long payloads and errors are kept; 24 hours.
    pub retention: Duration,
    /// How bulks are worked on.
    pub workers: Workers,
    /// What the client may do; everything.
    pub permits: Permits,
    /// What properties have to be like, in JSON Schema; see `docs/sandbox.md` for the keywords it understands.
    pub schema: Value,
    /// Whether an update that says nothing of a channel switches it on again. The documentation leaves that open; no.
    pub resubscribe: bool,
    /// How an import's status spells the number of its members.
    pub spelling: Spelling,
    /// Faults that are on from the start; none.
    pub faults: Vec<Fault>,
}

/// The permits of the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permits {
    /// `BL:Api:Members:Imports:Create`
    pub create: bool,
    /// `BL:Api:Members:Imports:Get`
    pub get: bool,
}

/// The documentation's sample and its table spell one field differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Spelling {
    /// `members_in_payloads_number`
    #[default]
    Sample,
    /// `members_in_payload_number`
    Table,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            loyalty_club: "infinity-mall".into(),
            client_authorization: "sandbox-token".into(),
            product_name: "default".into(),
            bulk_limit: 1000,
            retention: Duration::from_hours(24),
            workers: Workers::default(),
            permits: Permits { create: true, get: true },
            schema: schema(),
            resubscribe: false,
            spelling: Spelling::default(),
            faults: Vec::new(),
        }
    }
}

/// Of a club such as the documentation's examples show.
fn schema() -> Value {
    json!({
        "type": "object",
        "required": [],
        "additionalProperties": true,
        "properties": {
            "email": {"type": "string", "format": "email"},
            "msisdn": {"type": "string", "pattern": "^[0-9]{8,15}$"},
            "first_name": {"type": "string", "minLength": 1, "maxLength": 255},
            "last_name": {"type": "string", "minLength": 1, "maxLength": 255},
            "birthday": {"type": "string", "format": "date"},
            "language": {"type": "string", "enum": ["en", "no"]},
            "interests": {"type": "array", "items": {"type": "string", "enum": ["bikes_and_cars", "sportwear"]}},
        },
    })
}

/// Without the secret: somebody may have put a real one in.
impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { loyalty_club, product_name, workers, permits, faults, .. } = self;
        formatter
            .debug_struct("Options")
            .field("loyalty_club", loyalty_club)
            .field("product_name", product_name)
            .field("workers", workers)
            .field("permits", permits)
            .field("faults", faults)
            .finish_non_exhaustive()
    }
}
