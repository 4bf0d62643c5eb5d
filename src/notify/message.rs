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
        line([kind.name(), about, state, text, host], [*since, *at])
    }
}

/// A message to see whether it arrives: nothing is wrong. As one line of JSON like any other's, from a host.
pub fn trial(at: Timestamp, host: &str) -> String {
    line(
        ["test", "notify", "test", "notify: a test, asked for by rosterd notify --test; nothing is wrong", host],
        [at; 2],
    )
}

fn line([kind, about, state, text, host]: [&str; 5], moments: [Timestamp; 2]) -> String {
    let [since, at] = moments.map(|moment| format!("{moment:.0}"));
    json!({ "kind": kind, "about": about, "state": state, "since": since, "at": at, "text": text, "host": host })
        .to_string()
}
