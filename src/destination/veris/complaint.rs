//! Complaints in the body of a success. The seed shows none, so nothing but the obvious is understood: a value under a
//! name like `errors`, and members named there by their `unique_id`.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::member::{IDENTITY, STATUS};
use crate::destination::Item;

/// What a body complains about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Complaints {
    /// Nothing.
    None,
    /// These accounts, each with the target's words (unmasked).
    About(BTreeMap<i64, String>),
    /// Something, without naming anybody of the batch.
    AboutSomebody,
}

/// Reads the complaints out of a body; what is no JSON complains about nothing.
pub(super) fn complaints(body: &str, items: &[Item]) -> Complaints {
    let Ok(body) = serde_json::from_str::<Value>(body) else { return Complaints::None };
    let accounts = items.iter().map(|item| (item.identity.as_str(), item.account)).collect();
    let mut reader = Reader { accounts, named: BTreeMap::new(), unnamed: false };
    reader.read(&body, Tone::Neutral);
    match reader {
        Reader { named, .. } if !named.is_empty() => Complaints::About(named),
        Reader { unnamed: true, .. } => Complaints::AboutSomebody,
        Reader { .. } => Complaints::None,
    }
}

/// Whether what is being read stands under a name like `errors`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tone {
    Neutral,
    Complaining,
}

struct Reader<'a> {
    accounts: BTreeMap<&'a str, i64>,
    named: BTreeMap<i64, String>,
    unnamed: bool,
}

impl Reader<'_> {
    fn read(&mut self, value: &Value, tone: Tone) {
        match value {
            Value::Array(list) => list.iter().for_each(|value| self.read(value, tone)),
            Value::Object(fields) => self.read_object(fields, value, tone),
            leaf if tone == Tone::Complaining && !blank(leaf) => self.blame(leaf.as_str(), value),
            _ => {}
        }
    }

    fn read_object(&mut self, fields: &Map<String, Value>, whole: &Value, tone: Tone) {
        let complaining = tone == Tone::Complaining || says_failed(fields);
        if let Some(&account) = self.who(fields, tone) {
            // One row of a report: it complains, or it is an echo.
            if complaining || fields.iter().any(|(name, value)| complains(name) && !blank(value)) {
                self.named.insert(account, whole.to_string());
            }
            return;
        }
        self.unnamed |= says_failed(fields);
        for (name, value) in fields {
            if tone == Tone::Complaining && self.accounts.contains_key(name.as_str()) {
                if !blank(value) {
                    self.blame(Some(name), value);
                }
            } else if complains(name) && !blank(value) {
                self.read(value, Tone::Complaining);
            } else {
                self.read(value, tone);
            }
        }
    }

    /// Whom an object is about: under `errors` any of its texts may be the name.
    fn who(&self, fields: &Map<String, Value>, tone: Tone) -> Option<&i64> {
        let account = |value: &Value| value.as_str().and_then(|text| self.accounts.get(text));
        let named = fields.get(IDENTITY).and_then(account);
        if tone == Tone::Neutral { named } else { named.or_else(|| fields.values().find_map(account)) }
    }

    fn blame(&mut self, name: Option<&str>, words: &Value) {
        match name.and_then(|name| self.accounts.get(name)) {
            Some(&account) => {
                self.named.insert(account, words.to_string());
            }
            None => self.unnamed = true,
        }
    }
}

fn complains(name: &str) -> bool {
    let name = name.to_lowercase();
    matches!(name.as_str(), "error" | "errors" | "failed" | "failures" | "rejected" | "invalid")
}

fn says_failed(fields: &Map<String, Value>) -> bool {
    fields.iter().any(|(name, value)| match name.to_lowercase().as_str() {
        "success" => *value == Value::Bool(false),
        STATUS => value.as_str().is_some_and(|word| {
            matches!(word.to_lowercase().as_str(), "error" | "failed" | "failure" | "rejected" | "invalid")
        }),
        _ => false,
    })
}

/// `"errors": null`, `[]`, `0`, `false`: a name like that with nothing to say.
fn blank(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Bool(truth) => !truth,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.trim().is_empty(),
        Value::Array(list) => list.iter().all(blank),
        Value::Object(fields) => fields.values().all(blank),
    }
}
