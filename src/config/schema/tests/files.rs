//! Whole files, and what the schema says beside its rules.

use std::fs;
use std::path::Path;

use serde_json::Value as Json;

use super::{said, schema};

#[test]
fn files_are_judged_as_the_checker_judges_their_keys() {
    let schema = schema();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut right, mut wrong) = (0, 0);
    for folder in ["config", "examples", "tests/config/valid", "tests/config/invalid"] {
        for entry in fs::read_dir(root.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read(&path).ok().and_then(|bytes| String::from_utf8(bytes).ok());
            let text = text.filter(|_| path.extension().is_some_and(|kind| kind == "yaml"));
            // Some are no YAML, on purpose.
            let Some(document) = text.and_then(|text| serde_saphyr::from_str::<Json>(&text).ok()) else { continue };
            let accepted = schema.accepts(&schema.0, &document);
            if !folder.ends_with("invalid") {
                assert!(accepted, "{}", path.display());
                right += 1;
            } else if said(&document).iter().any(|(message, _)| message.contains("unknown key")) {
                assert!(!accepted, "{}", path.display());
                wrong += 1;
            }
        }
    }
    assert!(right > 10 && wrong > 5, "{right}, {wrong}");
}

#[test]
fn every_key_is_described_and_every_example_is_one() {
    let schema = schema();
    for section in schema.with("properties") {
        for (key, own) in schema.at(&section)["properties"].as_object().unwrap() {
            let to = schema.referred(&format!("{section}/properties/{key}")).map(|to| schema.at(&to));
            let described = own.get("description").or_else(|| to?.get("description")).and_then(Json::as_str);
            let described = described.unwrap_or_else(|| panic!("`{key}` of {section} is not described"));
            assert!(described.ends_with('.'), "{described}");
        }
    }
    for place in schema.with("examples") {
        let own = schema.at(&place);
        for example in own["examples"].as_array().unwrap() {
            assert!(schema.accepts(own, example), "{example} at {place}");
        }
    }
}
