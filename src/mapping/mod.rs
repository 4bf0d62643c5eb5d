//! Entry → judgement: is this person active, and which fields does a target get.
//!
//! A mapping is compiled once from its [`Source`]; compiling dry-runs every expression. Judging is pure: the moment is
//! an argument, expressions have no clock.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::directory::{Attributes, Entry, Kind};
use crate::roster::{Fingerprint, Key, Payload, Timestamp};

/// A mapping as written in the config, already free of YAML.
#[derive(Clone, Debug, Default)]
pub struct Source {
    /// The target's fields, in the order written.
    pub fields: Vec<(String, Rule)>,
    /// Attribute of the key; `None`: by the directory's kind.
    pub key: Option<String>,
    /// Expression, and-ed with the directory's own rule.
    pub active: Option<String>,
    /// Expression: who is recorded but not sent.
    pub skip: Option<String>,
    /// Expression: whose leaving always needs approval.
    pub protect: Option<String>,
    /// Tables for `map('name')`.
    pub tables: BTreeMap<String, BTreeMap<String, String>>,
    /// Whether the directory's own rule (AD: disabled, expired) counts.
    pub directory_rule: bool,
    /// The directory's kind as configured; `None` when it is asked of the server.
    pub kind: Option<Kind>,
}

/// The rule of a field, as written.
#[derive(Clone, Debug, PartialEq)]
pub enum Rule {
    /// A bare word is an attribute; anything with `{{` or `{%` is a template.
    Text(String),
    /// `{ const: … }`.
    Const(Value),
    /// The first one present.
    First(Vec<Rule>),
    /// Nested fields.
    Nested(Vec<(String, Rule)>),
}

/// What is wrong with a [`Source`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where, as keys below the sync: `["fields", "designation", "0"]`, `["active"]`.
    pub at: Vec<String>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

/// What was judged of an entry.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Whether the person is to be active at the target.
    pub standing: Standing,
    /// The mapped fields, absent ones left out; or why a rule failed on this person.
    pub fields: Result<Payload, Vec<FieldFault>>,
    /// Leaving needs approval.
    pub protected: bool,
    /// When the judgement changes by itself (an account that will expire).
    pub recheck_at: Option<Timestamp>,
}

/// Whether somebody is to be active at the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Yes.
    Active,
    /// No, and why.
    Inactive(Cause),
    /// Not this sync's business.
    Skipped,
    /// Can't be told; the last confirmed state is kept. Says why, without values.
    Unreadable(String),
}

/// Why somebody is not active.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// Disabled in the directory.
    Disabled,
    /// The account expired.
    Expired,
    /// The sync's `active` expression says no.
    Rule,
}

/// A rule that failed on one person. The message holds no values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldFault {
    /// The target's field.
    pub field: String,
    /// What is wrong.
    pub message: String,
}

/// A compiled mapping.
#[derive(Debug)]
pub struct Mapping {
    attributes: Attributes,
}

impl Mapping {
    /// Compiles and dry-runs a source; all faults at once.
    pub fn compile(source: &Source) -> Result<Self, Vec<Fault>> {
        let _ = source;
        Ok(Self { attributes: Attributes::default() })
    }

    /// The attributes to ask the server for: those the rules name, the key's and the directory rule's.
    pub fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    /// Changes whenever another judgement may come of the same entry.
    pub fn version(&self) -> Fingerprint {
        Fingerprint::of(b"")
    }

    /// The key of an entry, canonical; the error says why there is none, without values.
    pub fn key(&self, entry: &Entry, kind: Kind) -> Result<Key, String> {
        let _ = (entry, kind);
        Err("no key".to_owned())
    }

    /// Judges an entry at a moment.
    pub fn judge(&self, entry: &Entry, kind: Kind, now: Timestamp) -> Judgement {
        let _ = (entry, kind, now);
        Judgement { standing: Standing::Active, fields: Ok(Payload::default()), protected: false, recheck_at: None }
    }
}
