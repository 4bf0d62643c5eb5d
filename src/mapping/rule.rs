//! Compiled rules: an entry's values → a member's fields.

use minijinja::value::ValueKind;
use serde_json::{Map, Value};

use super::expression::{Expressions, Program};
use super::mishap::reason;
use super::scope::View;
use super::several::Several;
use super::{FieldFault, value};
use crate::directory::Slot;

/// A compiled rule.
#[derive(Debug)]
pub(super) enum Compiled {
    /// The first value of an attribute.
    Attribute { name: String, slot: Slot },
    /// A template.
    Program(Program),
    /// A fixed value, as written.
    Const(Value),
    /// The first one present.
    First(Vec<Compiled>),
    /// Nested fields.
    Nested(Vec<(String, Compiled)>),
    /// All of them that are present, as a list.
    Each(Vec<Compiled>),
}

/// The fields of a person, absent ones left out.
pub(super) fn fields(
    rules: &[(String, Compiled)],
    expressions: &Expressions,
    person: &View<'_>,
) -> Result<Map<String, Value>, Vec<FieldFault>> {
    let mut fields = Map::new();
    let mut faults = Vec::new();
    for (name, rule) in rules {
        match rule.apply(expressions, person) {
            Ok(Some(value)) => drop(fields.insert(name.clone(), value)),
            Ok(None) => {}
            Err(inner) => faults.extend(inner.into_iter().map(|fault| fault.within(name))),
        }
    }
    if faults.is_empty() { Ok(fields) } else { Err(faults) }
}

/// The fields that have a rule of their own, by their paths.
pub(super) fn paths(rules: &[(String, Compiled)]) -> Vec<String> {
    let below = |(name, rule): &(String, Compiled)| match rule {
        Compiled::Nested(rules) => paths(rules).iter().map(|path| format!("{name}.{path}")).collect(),
        _ => vec![name.clone()],
    };
    rules.iter().flat_map(below).collect()
}

impl Compiled {
    fn apply(&self, expressions: &Expressions, person: &View<'_>) -> Result<Option<Value>, Vec<FieldFault>> {
        match self {
            Self::Attribute { name, slot } => attribute(name, *slot, person).map_err(FieldFault::lone),
            Self::Program(program) => {
                let value = expressions.evaluate(program, person.scope());
                value.and_then(to_json).map_err(|error| FieldFault::lone(reason(&error)))
            }
            Self::Const(value) => Ok(Some(value.clone())),
            Self::First(rules) => {
                for rule in rules {
                    if let Some(value) = rule.apply(expressions, person)? {
                        return Ok(Some(value));
                    }
                }
                Ok(None)
            }
            Self::Nested(rules) => {
                let fields = fields(rules, expressions, person)?;
                Ok(Some(fields).filter(|fields| !fields.is_empty()).map(Value::Object))
            }
            Self::Each(rules) => each(rules, expressions, person),
        }
    }
}

fn each(rules: &[Compiled], expressions: &Expressions, person: &View<'_>) -> Result<Option<Value>, Vec<FieldFault>> {
    let (mut values, mut faults) = (Vec::new(), Vec::new());
    for (n, rule) in rules.iter().enumerate() {
        match rule.apply(expressions, person) {
            Ok(value) => values.extend(value),
            Err(inner) => faults.extend(inner.into_iter().map(|fault| fault.within(&n.to_string()))),
        }
    }
    if faults.is_empty() { Ok(Some(values).filter(|values| !values.is_empty()).map(Value::Array)) } else { Err(faults) }
}

fn attribute(name: &str, slot: Slot, person: &View<'_>) -> Result<Option<Value>, String> {
    for value in person.entry.values(slot) {
        match value::present(name, value) {
            Ok(Some(text)) => return Ok(Some(Value::String(text.into_owned()))),
            Ok(None) => {}
            Err(why) => return Err(value::not_text(name, why)),
        }
    }
    Ok(None)
}

fn to_json(value: minijinja::Value) -> Result<Option<Value>, minijinja::Error> {
    let value = Several::first(value);
    if let ValueKind::Undefined | ValueKind::None = value.kind() {
        return Ok(None);
    }
    let json = serde_json::to_value(&value);
    json.map(present).map_err(|_| super::mishap::Mishap::data("the result can't be written as JSON"))
}

/// A value without what is absent in it; `None` when nothing is left.
fn present(value: Value) -> Option<Value> {
    match value {
        Value::Null => None,
        Value::String(text) => {
            let trimmed = text.trim();
            let kept = if trimmed.len() == text.len() { text } else { trimmed.to_owned() };
            Some(kept).filter(|text| !text.is_empty()).map(Value::String)
        }
        Value::Array(values) => {
            let values: Vec<Value> = values.into_iter().filter_map(present).collect();
            Some(values).filter(|values| !values.is_empty()).map(Value::Array)
        }
        Value::Object(fields) => {
            let fields: Map<String, Value> =
                fields.into_iter().filter_map(|(name, value)| Some((name, present(value)?))).collect();
            Some(fields).filter(|fields| !fields.is_empty()).map(Value::Object)
        }
        other => Some(other),
    }
}

impl FieldFault {
    /// A fault whose field is named by whoever holds the rule.
    fn lone(message: String) -> Vec<Self> {
        vec![Self { field: String::new(), message }]
    }

    fn within(mut self, name: &str) -> Self {
        self.field = if self.field.is_empty() { name.to_owned() } else { format!("{name}.{}", self.field) };
        self
    }
}
