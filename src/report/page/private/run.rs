//! A run, and who changed in it.

use std::collections::BTreeMap;

use minijinja::context;
use minijinja::value::{Serde, Value};
use serde_json::Value as Json;

use super::{bar, page};
use crate::report::{Ran, Sight};
use crate::roster::hidden;

const RUN: &str = include_str!("run.html");

/// A run, and who changed in it.
#[derive(Debug)]
pub struct Changes {
    /// The run.
    pub ran: Ran,
    /// How many changes and verdicts there are.
    pub all: u64,
    /// The first of them.
    pub some: Vec<Changed>,
}

/// Somebody who changed, or of whom something new was decided.
#[derive(Debug)]
pub struct Changed {
    /// Directory key; `None`: they are forgotten.
    pub key: Option<String>,
    /// The account.
    pub identity: Option<String>,
    /// What.
    pub kind: String,
    /// In words.
    pub why: Option<String>,
    /// What became of it at the target in this run.
    pub outcome: Option<String>,
    /// Where something is still to be sent: by field what was confirmed last, and what is due.
    pub fields: BTreeMap<String, [Json; 2]>,
}

/// What a run did, and who changed.
pub fn run(changes: Changes, sight: Sight) -> String {
    let Changes { ran, all, some } = changes;
    let more = all.saturating_sub(some.len() as u64);
    let people: Vec<Value> = some.into_iter().map(|changed| one(changed, sight)).collect();
    let result = ran.result().to_owned();
    page("One run", RUN, context!(ran => Serde(ran), result, all, more, people), &bar("", sight))
}

fn one(changed: Changed, sight: Sight) -> Value {
    let Changed { key, identity, kind, why, outcome, fields } = changed;
    let shown = |value: &Json| match (value, sight) {
        (Json::Null, _) => "nothing".to_owned(),
        (value, Sight::Values) => value.to_string(),
        (value, Sight::NoValues) => hidden(value).to_string(),
    };
    let fields: Vec<_> = fields.iter().map(|(path, [old, new])| [path.clone(), shown(old), shown(new)]).collect();
    context!(key, identity, kind, why, outcome, fields)
}
