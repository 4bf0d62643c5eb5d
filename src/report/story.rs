//! One person's story.

use std::collections::BTreeMap;
use std::fmt;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::Value;

use super::moment;
use crate::roster::{HIDDEN, Payload};

/// One person in one sync: `rosterd explain --json` prints one a line.
#[derive(Clone, Debug, Serialize)]
pub struct Story {
    /// Of which sync.
    pub sync: String,
    /// Who, in the directory.
    pub key: String,
    /// What is recorded of them.
    pub verdict: String,
    /// In words.
    pub why: Option<String>,
    /// First absent at.
    #[serde(serialize_with = "moment::maybe")]
    pub absent_since: Option<Timestamp>,
    /// When the judgement changes by itself.
    #[serde(serialize_with = "moment::maybe")]
    pub recheck_at: Option<Timestamp>,
    /// What the directory shows now.
    pub directory: Look,
    /// At the target.
    pub account: Option<Account>,
    /// What waits for approval.
    pub held: Vec<HeldChange>,
    /// What happened, oldest first.
    pub events: Vec<Event>,
}

impl Story {
    /// The same without what their fields say, but which there are.
    #[must_use]
    pub fn without_values(mut self) -> Self {
        if let Look::Found(found) = &mut self.directory {
            found.values.values_mut().flatten().for_each(|value| HIDDEN.clone_into(value));
            found.fields = found.fields.hidden();
        }
        if let Some(account) = &mut self.account {
            account.payload = account.payload.hidden();
            account.said = None;
        }
        self
    }
}

/// What the directory shows of somebody now.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Look {
    /// Nobody looked.
    Skipped,
    /// It could not be asked; why.
    Failed(String),
    /// The sync does not find them; why.
    Missing(String),
    /// They are there.
    Found(Found),
}

/// Somebody as the directory and the sync's rules show them.
#[derive(Clone, Debug, Serialize)]
pub struct Found {
    /// Values by attribute, as text; what is not text is only told to be there.
    pub values: BTreeMap<String, Vec<String>>,
    /// What the rules make of them: `active`, or why not.
    pub standing: String,
    /// The fields the target would get.
    pub fields: Payload,
    /// The rules of mapping and target that they break.
    pub faults: Vec<String>,
}

/// An account at a target.
#[derive(Clone, Debug, Serialize)]
pub struct Account {
    /// By which the target knows them.
    pub identity: String,
    /// What the target calls them, where it gives names of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub remote: Option<String>,
    /// Due to be gone.
    pub leaving: bool,
    /// `active` or `left`; `None`: never confirmed.
    pub confirmed: Option<&'static str>,
    /// Whether what was confirmed is certain.
    pub certain: bool,
    /// Whether something is still to be sent.
    pub pending: bool,
    /// Why nothing is sent although something is due.
    pub waits: Option<String>,
    /// Why the target refused.
    pub refusal: Option<String>,
    /// What it said of this very member, lately.
    pub said: Option<Said>,
    /// Not tried before.
    #[serde(serialize_with = "moment::maybe")]
    pub not_before: Option<Timestamp>,
    /// The last good payload.
    pub payload: Payload,
    /// Since they left longer ago than that is kept.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub forgotten: bool,
}

/// A target's words about a member, which may repeat their values.
#[derive(Clone, Serialize)]
pub struct Said {
    /// In one line.
    pub line: String,
    /// As given.
    pub given: Value,
}

impl fmt::Debug for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Said(…)")
    }
}

/// A held change.
#[derive(Clone, Debug, Serialize)]
pub struct HeldChange {
    /// How.
    pub kind: String,
    /// The account.
    pub identity: String,
    /// Why.
    pub why: String,
    /// Since when.
    #[serde(serialize_with = "moment::at")]
    pub since: Timestamp,
    /// The plan it is part of.
    pub plan: String,
    /// Whether it was approved and waits for the next run.
    pub approved: bool,
}

/// A line of somebody's story.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    /// When.
    #[serde(serialize_with = "moment::at")]
    pub at: Timestamp,
    /// In which run.
    pub run: Option<i64>,
    /// In which batch.
    pub batch: Option<i64>,
    /// What.
    pub kind: String,
    /// In words.
    pub detail: Option<String>,
}
