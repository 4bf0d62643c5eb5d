//! Whole mappings: from a source to a judgement.

use serde_json::{Value, json};

use super::{Fault, Judgement, Mapping, Rule, Source};
use crate::directory::{Entry, EntryBuilder, Kind, Slot};
use crate::roster::Timestamp;

mod attributes;
mod documentation;
mod faults;
mod judgement;
mod properties;
mod rules;

/// 2026-11-01, in the middle of everybody's day.
fn now() -> Timestamp {
    "2026-11-01T12:00:00Z".parse().unwrap()
}

fn text(rule: &str) -> Rule {
    Rule::Text(rule.to_owned())
}

/// A mapping with one field, and tables.
fn of_field(rule: Rule) -> Source {
    let countries = [("NO", "Norway"), ("IN", "India"), ("XX", " ")];
    let table = countries.map(|(code, name)| (code.to_owned(), name.to_owned()));
    let tables = [("countries".to_owned(), table.into())].into();
    Source { fields: vec![("field".to_owned(), rule)], tables, ..Source::default() }
}

fn compiled(source: &Source) -> Mapping {
    Mapping::compile(source).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

fn faults(source: &Source) -> Vec<Fault> {
    Mapping::compile(source).err().unwrap_or_default()
}

/// An entry of what a mapping asks for; `in_group` is what the directory found of the groups asked for.
fn entry(mapping: &Mapping, values: &[(&str, &[u8])]) -> Entry {
    let mut entry = EntryBuilder::new("CN=Anna Berg,OU=People,DC=example,DC=com");
    for (name, value) in values {
        let groups = (*name == "in_group").then_some(Slot::IN_GROUP);
        if let Some(slot) = groups.or_else(|| mapping.attributes().slot(name)) {
            entry.push(slot, value);
        }
    }
    entry.build()
}

fn judge(mapping: &Mapping, values: &[(&str, &[u8])]) -> Judgement {
    mapping.judge(&entry(mapping, values), Kind::ActiveDirectory, now())
}

/// What one rule makes of a person; null when the field is absent, the fault's message when it fails.
fn field_of(rule: Rule, values: &[(&str, &[u8])]) -> Value {
    match judge(&compiled(&of_field(rule)), values).fields {
        Ok(payload) => payload.fields().get("field").cloned().unwrap_or_default(),
        Err(faults) => json!({ "fault": format!("{}: {}", faults[0].field, faults[0].message) }),
    }
}

/// The same, with texts.
fn field(rule: &str, values: &[(&str, &str)]) -> Value {
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.as_bytes())).collect();
    field_of(text(rule), &values)
}
