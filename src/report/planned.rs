//! What a sync would do.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;

use crate::roster::hidden;

/// A plan: `rosterd plan --json` prints one a line.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Planned {
    /// Name of the sync.
    pub sync: String,
    /// Id of what would be held; `None` when nothing would.
    pub plan: Option<String>,
    /// Held or not.
    pub changes: Vec<PlannedChange>,
    /// Entries read.
    #[serde(skip)]
    pub entries: u64,
    /// People judged who are kept as they are.
    #[serde(skip)]
    pub invalid: u64,
    /// What an administrator should know.
    #[serde(skip)]
    pub notes: Vec<String>,
}

impl Planned {
    /// The same without what fields say, but which differ.
    #[must_use]
    pub fn without_values(mut self) -> Self {
        let pairs = self.changes.iter_mut().flat_map(|change| change.fields.values_mut());
        pairs.for_each(|pair| *pair = pair.each_ref().map(hidden));
        self
    }
}

/// One person's change.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PlannedChange {
    /// `join`, `change`, `leave`, `return`.
    pub kind: &'static str,
    /// Directory key.
    pub key: String,
    /// By which the target knows them.
    pub identity: String,
    /// Whether it would be held.
    pub held: bool,
    /// Why it would be held, or why they leave.
    pub why: Option<String>,
    /// Why the directory asks for it, whether held or not.
    #[serde(skip)]
    pub cause: Option<String>,
    /// Old and new values of the fields that differ, by their paths: `properties.email`.
    pub fields: BTreeMap<String, [Value; 2]>,
}
