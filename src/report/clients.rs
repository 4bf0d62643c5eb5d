//! Whom a target knows that can be asked.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::roster::{HIDDEN, hidden};

/// A member there: `rosterd clients --json` prints one a line.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Client {
    /// What the target calls it.
    pub key: String,
    /// Its name.
    pub name: String,
    /// `confirmed`, `drifted`, `on the way`, `gone` or `foreign`.
    pub state: &'static str,
    /// Whose it is in the directory; `None`: it is not ours.
    #[serde(rename = "for")]
    pub of: Option<String>,
    /// The syncs whose people have it.
    pub syncs: Vec<String>,
    /// What it can do, where the target tells that.
    pub scopes: Option<Value>,
    /// Since when it is there, in the target's words.
    pub since: Option<String>,
    /// What is there otherwise than was confirmed: confirmed, and there.
    pub drift: BTreeMap<String, [Value; 2]>,
}

impl Client {
    /// The same without what its fields say.
    #[must_use]
    pub fn without_values(mut self) -> Self {
        HIDDEN.clone_into(&mut self.name);
        self.scopes = self.scopes.as_ref().map(hidden);
        self.drift.values_mut().for_each(|pair| *pair = pair.each_ref().map(hidden));
        self
    }
}
