//! Properties held against a JSON Schema (draft 4), as far as a club needs it: `type`, `enum`, `format` (`date`, `email`),
//! `minLength`, `maxLength`, `pattern` (only `^[0-9]{8,15}$` with any two numbers), `items`, `required`. Everything else
//! is passed over.

use jiff::civil::Date;
use serde_json::{Map, Value, json};

use super::errors::flaw;

/// What is wrong, by property: with a value that is given, or because one is missing in the end. `null` takes a value
/// away, and is never wrong by itself.
pub(super) fn check(schema: &Value, given: &Map<String, Value>, whole: &Map<String, Value>) -> Map<String, Value> {
    let mut wrong = Map::new();
    for (name, value) in given.iter().filter(|(_, value)| !value.is_null()) {
        let flaws = flaws(&schema["properties"][name], value, name);
        if !flaws.is_empty() {
            wrong.insert(name.clone(), flaws.into());
        }
    }
    for name in list(&schema["required"]).filter_map(Value::as_str).filter(|name| !whole.contains_key(*name)) {
        wrong.insert(name.into(), json!([{"error": "not_contain_required_property", "property": name}]));
    }
    wrong
}

fn flaws(rules: &Value, value: &Value, name: &str) -> Vec<Value> {
    if let Some(error) = mistyped(&rules["type"], value) {
        // Nothing else that is said of it would help anybody.
        return vec![flaw(error, value, name)];
    }
    let mut flaws = Vec::new();
    if let Value::Array(values) = &rules["enum"]
        && !values.contains(value)
    {
        let values: Vec<String> = values.iter().map(spelt).collect();
        let mut flaw = flaw("value_not_match", value, name);
        flaw["values"] = values.join(", ").into();
        flaws.push(flaw);
    }
    if let Value::String(text) = value {
        flaws.extend(misspelt(rules, text).map(|error| flaw(error, value, name)));
    }
    if let (Value::Array(items), Some(rules)) = (value, rules.get("items")) {
        flaws.extend(items.iter().flat_map(|item| self::flaws(rules, item, name)));
    }
    flaws
}

fn mistyped(kind: &Value, value: &Value) -> Option<&'static str> {
    let is = |kind: &Value| match kind.as_str() {
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("integer") => value.is_i64() || value.is_u64(),
        Some("number") => value.is_number(),
        Some("array") => value.is_array(),
        Some("object") => value.is_object(),
        Some("null") => value.is_null(),
        _ => true,
    };
    match kind {
        Value::Array(kinds) => (!kinds.iter().any(is)).then_some("one_or_more_types_not_match"),
        kind => (!is(kind)).then_some("type_not_match"),
    }
}

fn misspelt(rules: &Value, text: &str) -> impl Iterator<Item = &'static str> {
    let length = text.chars().count() as u64;
    let format = match rules["format"].as_str() {
        Some("date") if !is_date(text) => Some("invalid_date_format"),
        Some("email") if !is_email(text) => Some("invalid_email"),
        _ => None,
    };
    let short = rules["minLength"].as_u64().filter(|least| length < *least).map(|_| "minimum_string_length");
    let long = rules["maxLength"].as_u64().filter(|most| length > *most).map(|_| "maximum_string_length");
    let pattern = rules["pattern"].as_str().filter(|pattern| !is_digits(pattern, text)).map(|_| "the_regex_not_match");
    [format, short, long, pattern].into_iter().flatten()
}

/// `2026-01-31`, and nothing else that the parser would take.
fn is_date(text: &str) -> bool {
    text.len() == 10 && text.as_bytes()[4] == b'-' && text.parse::<Date>().is_ok()
}

/// Something on both sides of one `@`, a dot within what is behind it, and no blanks.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else { return false };
    let dotted = domain.split_once('.').is_some_and(|(name, rest)| !name.is_empty() && !rest.is_empty());
    !local.is_empty() && dotted && !domain.contains('@') && !text.contains(char::is_whitespace)
}

/// Whether a text matches a pattern for digits. A pattern of any other kind matches nothing, which nobody overlooks.
fn is_digits(pattern: &str, text: &str) -> bool {
    let range = || pattern.strip_prefix("^[0-9]{")?.strip_suffix("}$")?.split_once(',');
    let lengths = range().and_then(|(least, most)| Some(least.parse::<usize>().ok()?..=most.parse().ok()?));
    lengths.is_some_and(|lengths| lengths.contains(&text.len())) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// As the documentation lists values: without quotes.
fn spelt(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}
