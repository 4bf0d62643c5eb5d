//! What a receiver is told.

use jiff::Timestamp;
use serde_json::json;

use super::Kind;

/// Which way it went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// It is wrong.
    Raised,
    /// It is over.
    Recovered,
}

/// What a receiver is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// What is or was wrong.
    pub kind: Kind,
    /// With what: a name of the config, or `config`.
    pub about: String,
    /// Which way it went.
    pub state: Stage,
    /// Since when it lasts or lasted, as far as that is known.
    pub since: Timestamp,
    /// Now.
    pub at: Timestamp,
    /// In a line for people.
    pub text: String,
}

impl Message {
    /// As one line of JSON, from a host.
    pub fn json(&self, host: &str) -> String {
        let Self { kind, about, state, since, at, text } = self;
        let state = match state {
            Stage::Raised => "raised",
            Stage::Recovered => "recovered",
        };
        let (since, at) = (format!("{since:.0}"), format!("{at:.0}"));
        json!({
            "kind": kind.name(), "about": about, "state": state, "since": since, "at": at, "text": text, "host": host,
        })
        .to_string()
    }
}
