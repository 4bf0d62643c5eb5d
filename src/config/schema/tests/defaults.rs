//! Defaults: what counts where nothing is written.

use std::collections::BTreeMap;

use serde_json::{Value as Json, json};

use super::super::validator::changed;
use super::{each_place, parsed, schema};
use crate::config::Faults;
use crate::config::change::Prints;

/// All that a config comes to.
fn whole(document: &Json) -> Option<String> {
    let mut config = parsed(document).ok()?;
    (config.prints, config.warnings) = (Prints::default(), Faults::default());
    // In the order of a hash map.
    let unordered = regex_lite::Regex::new(r"templates: \[[^]]*\]").unwrap();
    Some(unordered.replace_all(&format!("{config:?}"), "").into_owned())
}

/// Another value than the default.
fn other(default: &Json, form: &Json) -> Json {
    match default {
        Json::Bool(on) => json!(!on),
        Json::Number(number) if form.get("maximum") == Some(default) => json!(number.as_u64().unwrap() - 1),
        Json::Number(number) => json!(number.as_u64().unwrap() + 1),
        Json::String(text) => {
            let words = form.pointer("/anyOf/0/enum").or_else(|| form.get("enum")).and_then(Json::as_array);
            let word = words.and_then(|words| words.iter().find(|word| *word != default)).cloned();
            word.unwrap_or_else(|| {
                json!(match text.as_str() {
                    "UTC" => "Asia/Kolkata",
                    path if path.starts_with('/') => "/elsewhere",
                    _ => "7m",
                })
            })
        }
        _ => panic!("no other value than {default} is known"),
    }
}

#[test]
fn a_default_is_what_counts_where_nothing_is_written() {
    let schema = schema();
    let mut told_apart: BTreeMap<String, bool> =
        schema.with("default").into_iter().map(|place| (place, false)).collect();
    each_place(&schema, |document, place, before| {
        let keys = schema.at(&place.form).get("properties").and_then(Json::as_object).filter(|_| before.is_empty());
        for key in keys.into_iter().flat_map(|keys| keys.keys()) {
            let mut at = format!("{}/properties/{key}", place.form);
            if schema.at(&at).get("default").is_none() {
                at = schema.referred(&at).unwrap_or(at);
            }
            let Some(default) = schema.at(&at).get("default") else { continue };
            let form = schema.referred(&at).map_or(schema.at(&at), |to| schema.at(&to));
            let of = |value: Option<Json>| {
                whole(&changed(document, &place.path, |section| match value {
                    Some(value) => section[key] = value,
                    None => drop(section.as_object_mut().unwrap().remove(key)),
                }))
            };
            let (left_out, written) = (of(None), of(Some(default.clone())));
            assert!(left_out == written, "{key} of {place:?}");
            let other = of(Some(other(default, form)));
            *told_apart.get_mut(&at).unwrap() |= other.is_some() && other != left_out;
        }
    });
    let vain: Vec<_> = told_apart.iter().filter(|(_, apart)| !**apart).collect();
    assert!(vain.is_empty(), "nothing tells the default of these from another value: {vain:?}");
}
