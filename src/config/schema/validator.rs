//! As much of JSON Schema (2020-12) as the config's has. Any other keyword is a panic, so that none is overlooked.

use std::collections::BTreeSet;

use serde_json::{Map, Value as Json};

/// A value in a document, and the part of the schema that it is judged by, as a JSON Pointer.
#[derive(Clone, Debug)]
pub struct Place {
    /// The keys and numbers that lead to it.
    pub path: Vec<String>,
    /// Where its description and default stand.
    pub key: String,
    /// Where its keys or type stand: past references, and in the one alternative that it is.
    pub form: String,
}

pub struct Schema(pub Json);

impl Schema {
    pub fn at(&self, pointer: &str) -> &Json {
        self.0.pointer(pointer).unwrap_or_else(|| panic!("nothing is at {pointer}"))
    }

    /// Where the definition stands that a part refers to.
    pub fn referred(&self, pointer: &str) -> Option<String> {
        Some(self.at(pointer).get("$ref")?.as_str()?.strip_prefix('#')?.to_owned())
    }

    /// Whether the part of the schema lets a value pass.
    pub fn accepts(&self, schema: &Json, value: &Json) -> bool {
        match schema {
            Json::Bool(all) => *all,
            Json::Object(words) => words.iter().all(|(word, said)| self.lets_pass(word, said, words, value)),
            _ => panic!("this is no schema: {schema}"),
        }
    }

    fn lets_pass(&self, word: &str, said: &Json, schema: &Map<String, Json>, value: &Json) -> bool {
        let branches = || said.as_array().unwrap().iter().filter(|branch| self.accepts(branch, value)).count();
        match word {
            "$schema" | "$defs" | "title" | "description" | "default" | "examples" => true,
            "$ref" => self.accepts(self.at(&said.as_str().unwrap()[1..]), value),
            "anyOf" => branches() > 0,
            "oneOf" => branches() == 1,
            "not" => !self.accepts(said, value),
            "const" => said == value,
            "enum" => said.as_array().unwrap().contains(value),
            "type" => is(said.as_str().unwrap(), value),
            "pattern" => {
                value.as_str().is_none_or(|text| regex_lite::Regex::new(said.as_str().unwrap()).unwrap().is_match(text))
            }
            "minLength" => value.as_str().is_none_or(|text| text.len() as u64 >= said.as_u64().unwrap()),
            "minimum" => value.as_f64().is_none_or(|number| number >= said.as_f64().unwrap()),
            "maximum" => value.as_f64().is_none_or(|number| number <= said.as_f64().unwrap()),
            "minItems" => value.as_array().is_none_or(|items| items.len() as u64 >= said.as_u64().unwrap()),
            "items" => value.as_array().is_none_or(|items| items.iter().all(|item| self.accepts(said, item))),
            _ => value.as_object().is_none_or(|object| self.lets_object_pass(word, said, schema, object)),
        }
    }

    fn lets_object_pass(
        &self,
        word: &str,
        said: &Json,
        schema: &Map<String, Json>,
        object: &Map<String, Json>,
    ) -> bool {
        let has = |key: &Json| object.contains_key(key.as_str().unwrap());
        let all = |keys: &Json| keys.as_array().unwrap().iter().all(has);
        let known = |key: &str| schema.get("properties").is_some_and(|known| known.get(key).is_some());
        match word {
            "minProperties" => object.len() as u64 >= said.as_u64().unwrap(),
            "propertyNames" => object.keys().all(|key| self.accepts(said, &Json::from(key.as_str()))),
            "properties" => object.iter().all(|(key, value)| said.get(key).is_none_or(|own| self.accepts(own, value))),
            "additionalProperties" => object.iter().all(|(key, value)| known(key) || self.accepts(said, value)),
            "required" => all(said),
            "dependentRequired" => {
                said.as_object().unwrap().iter().all(|(key, needed)| !object.contains_key(key) || all(needed))
            }
            _ => panic!("`{word}` is nothing that this validator knows"),
        }
    }

    /// Every place of a document that the schema accepts, the document itself first.
    pub fn places(&self, document: &Json) -> Vec<Place> {
        let root = Place { path: Vec::new(), key: String::new(), form: String::new() };
        let mut found = vec![root];
        let mut next = 0;
        while next < found.len() {
            let below = self.below(&found[next], value_at(document, &found[next].path));
            found.extend(below);
            next += 1;
        }
        found
    }

    fn below(&self, place: &Place, value: &Json) -> Vec<Place> {
        let form = self.at(&place.form);
        let step = |name: &str, key: String, value: &Json| {
            let form = self.form(&key, value);
            Place { path: place.path.iter().cloned().chain([name.to_owned()]).collect(), key, form }
        };
        match value {
            Json::Object(entries) => entries
                .iter()
                .filter_map(|(name, value)| {
                    let named = format!("properties/{name}");
                    let way = [named.as_str(), "additionalProperties"]
                        .into_iter()
                        .find(|way| form.pointer(&format!("/{way}")).is_some_and(Json::is_object))?;
                    Some(step(name, format!("{}/{way}", place.form), value))
                })
                .collect(),
            Json::Array(items) if form.get("items").is_some() => items
                .iter()
                .enumerate()
                .map(|(at, value)| step(&at.to_string(), format!("{}/items", place.form), value))
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Where a value's form stands, past references and alternatives.
    fn form(&self, pointer: &str, value: &Json) -> String {
        if let Some(to) = self.referred(pointer) {
            return self.form(&to, value);
        }
        let schema = self.at(pointer);
        match schema.get("anyOf").and_then(Json::as_array).filter(|_| schema.get("properties").is_none()) {
            Some(branches) => {
                let which = branches.iter().position(|branch| self.accepts(branch, value)).unwrap();
                self.form(&format!("{pointer}/anyOf/{which}"), value)
            }
            None => pointer.to_owned(),
        }
    }

    /// Every part of the schema that has a keyword.
    pub fn with(&self, word: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        gather(&self.0, word, "", &mut found);
        found
    }
}

fn gather(schema: &Json, word: &str, pointer: &str, found: &mut BTreeSet<String>) {
    // What stands in these is no schema.
    const VALUES: [&str; 4] = ["default", "examples", "enum", "required"];
    // Names of keys, which may be any word.
    let names = pointer.ends_with("/properties") || pointer.ends_with("/$defs");
    if !names && schema.get(word).is_some() {
        found.insert(pointer.to_owned());
    }
    match schema {
        Json::Object(words) => {
            for (name, below) in words.iter().filter(|(name, _)| names || !VALUES.contains(&name.as_str())) {
                gather(below, word, &format!("{pointer}/{name}"), found);
            }
        }
        Json::Array(branches) => {
            for (at, branch) in branches.iter().enumerate() {
                gather(branch, word, &format!("{pointer}/{at}"), found);
            }
        }
        _ => {}
    }
}

fn is(kind: &str, value: &Json) -> bool {
    match kind {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        _ => panic!("`{kind}` is no type that this validator knows"),
    }
}

/// The value that a path leads to.
pub fn value_at<'a>(document: &'a Json, path: &[String]) -> &'a Json {
    path.iter().fold(document, |value, step| match value {
        Json::Array(items) => &items[step.parse::<usize>().unwrap()],
        _ => &value[step],
    })
}

/// The document with another value there.
pub fn with(document: &Json, path: &[String], value: Json) -> Json {
    changed(document, path, |place| *place = value)
}

/// The document, changed there.
pub fn changed(document: &Json, path: &[String], change: impl FnOnce(&mut Json)) -> Json {
    let mut document = document.clone();
    let place = path.iter().fold(&mut document, |value, step| match value {
        Json::Array(items) => &mut items[step.parse::<usize>().unwrap()],
        _ => &mut value[step],
    });
    change(place);
    document
}
