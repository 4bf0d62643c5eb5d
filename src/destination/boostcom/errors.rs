//! What is wrong with a member, from the target's words. The vendor calls their format "not yet stable": whatever looks
//! like one of them is understood, anything else is kept as it was given.

use serde_json::{Map, Value};

use crate::destination::mask::Mask;
use crate::destination::{Refusal, Said};

/// One rule that is broken: `{"error": "value_not_match", "value": "pl", "values": "en, no", "property": "language"}`.
#[derive(Debug, PartialEq, Eq)]
struct Broken<'a> {
    property: &'a str,
    error: &'a str,
    value: Option<String>,
    allowed: Option<String>,
}

/// Why a member was refused.
pub(super) fn refusal(given: &Value, mask: &Mask) -> Refusal {
    let mut broken = Vec::new();
    find(given, "", &mut broken);
    let line = |one: &dyn Fn(&Broken<'_>) -> String| broken.iter().map(one).collect::<Vec<_>>().join("; ");
    let given = given.to_string();
    let text = match broken.as_slice() {
        [] => mask.quote(&given),
        _ => mask.quote(&line(&|broken| broken.to_text(None))),
    };
    let shown = if broken.is_empty() { given.clone() } else { line(&|broken| broken.to_text(broken.value.as_deref())) };
    Refusal {
        text: text.unwrap_or_else(|| "the target named an error that can't be shown".to_owned()),
        said: Some(Said { line: shown, given }),
    }
}

impl Broken<'_> {
    fn to_text(&self, value: Option<&str>) -> String {
        let Self { property, error, allowed, .. } = self;
        let value = value.map(|value| format!(" '{value}'")).unwrap_or_default();
        let allowed = allowed.as_ref().map(|allowed| format!(", allowed: {allowed}")).unwrap_or_default();
        format!("{property}: {error}{value}{allowed}")
    }
}

fn find<'a>(value: &'a Value, under: &'a str, broken: &mut Vec<Broken<'a>>) {
    match value {
        Value::Array(list) => list.iter().for_each(|value| find(value, under, broken)),
        Value::Object(fields) => match fields.get("error").and_then(Value::as_str) {
            Some(error) => broken.push(one(fields, error, under)),
            None => fields.iter().for_each(|(name, value)| {
                let name = if matches!(name.as_str(), "error" | "errors" | "properties") { under } else { name };
                find(value, name, broken);
            }),
        },
        _ => {}
    }
}

fn one<'a>(fields: &'a Map<String, Value>, error: &'a str, under: &'a str) -> Broken<'a> {
    let text = |name: &str| {
        fields.get(name).filter(|value| !value.is_null()).map(|value| match value {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        })
    };
    let property = fields.get("property").and_then(Value::as_str).unwrap_or(under);
    Broken { property, error, value: text("value"), allowed: text("values") }
}
