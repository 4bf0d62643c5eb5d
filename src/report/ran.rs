//! A run that was.

use jiff::Timestamp;
use serde::Serialize;

use super::{Summary, moment};

/// A run: `rosterd runs --json` prints one a line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ran {
    /// Which.
    pub run: i64,
    /// Of which sync.
    pub sync: String,
    /// When it began.
    #[serde(serialize_with = "moment::at")]
    pub began: Timestamp,
    /// When it ended; `None`: it is going on, or was killed.
    #[serde(serialize_with = "moment::maybe")]
    pub ended: Option<Timestamp>,
    /// What it did.
    pub summary: Option<Summary>,
}

impl Ran {
    /// How it ended, in a word.
    pub fn result(&self) -> &str {
        self.summary.as_ref().map_or("no end", |summary| &summary.result)
    }
}
