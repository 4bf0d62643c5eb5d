//! Whom the guard holds of a sync.

use jiff::Timestamp;
use minijinja::context;
use minijinja::value::{Serde, Value};
use serde::Serialize;

use super::{bar, page};
use crate::report::{Sight, moment};

const HELD: &str = include_str!("held.html");

/// Whom the guard holds of a sync.
#[derive(Debug, Serialize)]
pub struct Held {
    /// Of which sync.
    pub sync: String,
    /// The plan they are part of.
    pub plan: Option<String>,
    /// How many changes there are.
    pub all: u64,
    /// The first of them.
    pub some: Vec<Waiting>,
}

/// Somebody who is held.
#[derive(Debug, Serialize)]
pub struct Waiting {
    /// Directory key.
    pub key: String,
    /// How.
    pub kind: String,
    /// The account.
    pub identity: String,
    /// Why.
    pub why: String,
    /// Since when.
    #[serde(serialize_with = "moment::at")]
    pub since: Timestamp,
    /// Whether it was approved and waits for the next run.
    pub approved: bool,
    /// First absent at.
    #[serde(serialize_with = "moment::maybe")]
    pub absent_since: Option<Timestamp>,
}

/// Who is held, why each, and what approves it. None of it is what fields say.
pub fn held(held: &Held, sight: Sight) -> String {
    let more = held.all.saturating_sub(held.some.len() as u64);
    page("Held for approval", HELD, context!(more, ..Value::from(Serde(held))), &bar("", sight))
}
