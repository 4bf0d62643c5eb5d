//! What the schema says, the checker says: it is asked with documents that differ in one place.

mod defaults;
mod files;

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value as Json, json};

use super::SCHEMA;
use super::validator::{Place, Schema, changed, value_at, with};
use crate::config::{Config, Environment, Faults};

/// Nothing is called that, and it looks like nothing that is.
const NOTHING: &str = "zzzzzzzzzzzz";

/// What no other document has: it needs files, or a rosterd that was built with Kerberos. Only its form counts.
const RARE: &str = "
listen:
  address: 0.0.0.0:9464
  name: rosterd.example.com
  tls: { cert: /nowhere/cert.pem, key: /nowhere/key.pem }
  login: { user: hr, password: '${cred:ldap-password}' }
directories:
  corp:
    url: ldaps://dc1.corp.example.com
    bind: { gssapi: { principal: svc@CORP.EXAMPLE.COM, keytab: /etc/rosterd/rosterd.keytab } }
destinations:
  veris: { type: veris, url: 'https://acme.veris.in', client_id: acme, client_secret: '${cred:x}', api_key: '${cred:x}' }
syncs:
  employees:
    from: corp
    to: veris
    search: { base: 'DC=example,DC=com', filter: (mail=*), from: corp }
    limits: { change: { count: 7 } }
    fields: { unique_id: employeeID }
";

fn schema() -> Schema {
    Schema(serde_json::from_str(SCHEMA).unwrap())
}

fn document(yaml: &str) -> Json {
    serde_saphyr::from_str(yaml).unwrap()
}

fn file(name: &str) -> Json {
    document(&fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(name)).unwrap())
}

/// Together they have every key.
fn corpus() -> Vec<Json> {
    let files = ["everything", "boostcom", "capillary", "discover"];
    let files = files.iter().map(|name| file(&format!("tests/config/valid/{name}.yaml")));
    files.chain([document(RARE)]).collect()
}

/// JSON is YAML.
fn parsed(document: &Json) -> Result<Config, Faults> {
    let credentials = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/config/credentials");
    let environment =
        Environment::new([("CREDENTIALS_DIRECTORY", credentials.as_os_str()), ("ROSTERD_TEST_BASE", "x".as_ref())]);
    Config::parse(&document.to_string(), "x.yaml", &environment)
}

/// What the checker says: message and help.
fn said(document: &Json) -> BTreeSet<(String, String)> {
    let faults = parsed(document).err();
    let faults = faults.iter().flat_map(|faults| faults.list().iter());
    faults.map(|fault| (fault.message.clone(), fault.help.clone().unwrap_or_default())).collect()
}

fn words(list: &str) -> BTreeSet<&str> {
    list.split(", ").collect()
}

/// Every place of every document, and what the checker says of that before anything is changed.
fn each_place(schema: &Schema, mut visit: impl FnMut(&Json, &Place, &BTreeSet<(String, String)>)) {
    for document in corpus() {
        assert!(schema.accepts(&schema.0, &document), "{document}");
        let before = said(&document);
        schema.places(&document).iter().for_each(|place| visit(&document, place, &before));
    }
}

#[test]
fn the_checker_knows_the_keys_of_the_schema_and_no_others() {
    let schema = schema();
    let mut seen = BTreeSet::new();
    each_place(&schema, |document, place, _| {
        let Some(known) = schema.at(&place.form).get("properties").and_then(Json::as_object) else { return };
        seen.insert(place.form.clone());
        let odd = changed(document, &place.path, |section| section[NOTHING] = json!(1));
        assert!(!schema.accepts(&schema.0, &odd), "{place:?}");
        let unknown = format!("unknown key `{NOTHING}`");
        let said = said(&odd);
        let help = said.iter().find(|(message, _)| message.starts_with(&unknown));
        let help = help.unwrap_or_else(|| panic!("{place:?}: {said:?}")).1.strip_prefix("known here: ").unwrap();
        assert_eq!(words(help), known.keys().map(String::as_str).collect(), "{place:?}");
    });
    assert_eq!(seen, schema.with("properties"), "no document has these");
}

#[test]
fn what_the_schema_requires_the_checker_misses_and_nothing_else() {
    let schema = schema();
    each_place(&schema, |document, place, before| {
        let form = schema.at(&place.form);
        let keys = form.get("properties").and_then(|_| value_at(document, &place.path).as_object());
        for key in keys.into_iter().flat_map(|keys| keys.keys()) {
            let without = changed(document, &place.path, |section| drop(section.as_object_mut().unwrap().remove(key)));
            let after = said(&without);
            let new: Vec<_> = after.difference(before).collect();
            if !schema.accepts(&schema.0, &without) {
                assert!(!new.is_empty(), "{place:?} may be without `{key}`");
            } else if new.iter().any(|(message, _)| message.starts_with(&format!("`{key}` is missing"))) {
                panic!("{place:?} may not be without `{key}`");
            }
        }
    });
}

/// What may stand in the place of a value, or may not.
fn probes(schema: &Schema, place: &Place, there: &Json) -> Vec<Json> {
    let (key, form) = (schema.at(&place.key), schema.at(&place.form));
    let bound = |word: &str| form.get(word).and_then(Json::as_i64);
    let bounds = [bound("minimum"), bound("maximum")].into_iter().flatten();
    let around = bounds.flat_map(|bound| [bound - 1, bound, bound + 1]).map(Json::from);
    let listed = |schema: &Json, word: &str| schema.get(word).and_then(Json::as_array).cloned().unwrap_or_default();
    let some = [json!(null), json!(true), json!(7), json!(0.5), json!(""), json!(NOTHING), json!([]), json!({})];
    let told = listed(key, "examples").into_iter().chain(listed(form, "examples")).chain(listed(form, "enum"));
    // One of them, or a list of one.
    let one_or_many = [Some(json!([there])), there.get(0).cloned()].into_iter().flatten();
    some.into_iter().chain(one_or_many).chain(around).chain(told).chain(key.get("default").cloned()).collect()
}

/// Whether it is said that a value is not of the kind that stands there.
fn is_of_form(message: &str) -> bool {
    [" must be ", " cannot be `", "` is empty", " is an empty list", " has no value"].iter().any(|part| message.contains(part))
        // These are about two values.
        && !message.contains("shorter than the schedule")
}

#[test]
fn a_value_that_the_schema_refuses_the_checker_refuses_and_takes_those_of_its_form() {
    let schema = schema();
    let mut seen = BTreeSet::new();
    each_place(&schema, |document, place, before| {
        // What a fixed value may be depends on the field.
        let depends = place.form.is_empty() || place.form.ends_with("/const");
        if depends || !seen.insert((place.key.clone(), place.form.clone())) {
            return;
        }
        for probe in probes(&schema, place, value_at(document, &place.path)) {
            let odd = with(document, &place.path, probe.clone());
            let after = said(&odd);
            let new: Vec<_> = after.difference(before).collect();
            if schema.accepts(&schema.0, &odd) {
                let wrong = new.iter().find(|(message, _)| is_of_form(message));
                assert_eq!(wrong, None, "{probe} at {place:?}");
            } else {
                assert!(!new.is_empty(), "{probe} at {place:?} is refused by the schema alone");
            }
        }
    });
}

#[test]
fn the_words_to_choose_from_are_those_of_the_checker() {
    let schema = schema();
    let mut seen = BTreeSet::new();
    each_place(&schema, |document, place, before| {
        let Some(known) = schema.at(&place.form).get("enum").and_then(Json::as_array) else { return };
        seen.insert(place.form.clone());
        let after = said(&with(document, &place.path, json!(NOTHING)));
        let help = after.difference(before).find_map(|(_, help)| help.strip_prefix("it is one of "));
        assert_eq!(help.map(words), Some(known.iter().filter_map(Json::as_str).collect()), "{place:?}");
    });
    assert_eq!(seen, schema.with("enum"), "no document has these");
}
