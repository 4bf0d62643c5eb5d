//! The words everybody uses.
//!
//! People's values live in [`Key`], [`Identity`] and [`Payload`]. A key is a directory's opaque identifier and may be
//! shown in logs; identities and payloads redact their own `Debug`, so that a stray `{:?}` leaks nobody.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A moment on the wall clock. Only a type here: nothing in the deciding modules asks what time it is.
pub use jiff::Timestamp;

/// The two clocks at one moment: `wall` is what people and servers mean, and may be set; `monotonic` never jumps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Now {
    /// Wall clock.
    pub wall: Timestamp,
    /// Time since the boot, also while the host slept; where that is not known, since some fixed point of this process.
    pub monotonic: Duration,
    /// Which boot; `None` where it is not known, and `monotonic` means nothing to another process.
    pub boot: Option<Fingerprint>,
}

impl Now {
    /// This moment as it is told by a wall clock that was right at `began` and that nobody set since.
    #[must_use]
    pub fn steady(self, began: Self) -> Self {
        let passed = self.monotonic.saturating_sub(began.monotonic);
        Self { wall: began.wall.checked_add(passed).unwrap_or(Timestamp::MAX), ..self }
    }
}

/// What never changes about a person in the directory, as canonical text (a GUID in lower case, or the value itself).
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Key(Box<str>);

impl Key {
    /// A key from its canonical text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The canonical text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The value by which a target knows a member. Often a mail address: never logged.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Identity(Box<str>);

impl Identity {
    /// An identity from its text.
    pub fn new(text: impl Into<Box<str>>) -> Self {
        Self(text.into())
    }

    /// The text, for payloads and for output that a person asked for.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Identity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Identity(…)")
    }
}

/// 128 bits of XXH3 over something canonical: equal fingerprints mean equal content.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct Fingerprint([u8; 16]);

impl Fingerprint {
    /// The fingerprint of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxhash_rust::xxh3::xxh3_128(bytes).to_be_bytes())
    }

    /// The stored form.
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// From the stored form; `None` when it is not 16 bytes long.
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// A value that a target keeps unique among its members besides their identity, with the name of its field. Personal data,
/// like an [`Identity`].
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unique(String);

impl Unique {
    /// A field's value, spelt as the target compares it.
    pub fn new(field: &str, value: &str) -> Self {
        Self(format!("{field} {value}"))
    }

    /// From the stored form.
    pub fn from_stored(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The stored form.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The field, which may be shown anywhere.
    pub fn field(&self) -> &str {
        self.0.split(' ').next().unwrap_or_default()
    }
}

impl fmt::Debug for Unique {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Unique({} …)", self.field())
    }
}

/// The fields of a member, typed, in canonical order (sorted by name at every level).
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Payload(Map<String, Value>);

impl Payload {
    /// A payload from its fields.
    pub fn new(fields: Map<String, Value>) -> Self {
        Self(fields)
    }

    /// The fields.
    pub fn fields(&self) -> &Map<String, Value> {
        &self.0
    }

    /// A field's value, by its name or by those on the way there, with dots between: `properties.email`, `scopes.0.entity`.
    pub fn at(&self, path: &str) -> Option<&Value> {
        let (first, rest) = path.split_once('.').unwrap_or((path, ""));
        let below = rest.split('.').filter(|name| !name.is_empty());
        below.fold(self.0.get(first), |value, name| match value? {
            Value::Array(list) => list.get(name.parse::<usize>().ok()?),
            value => value.get(name),
        })
    }

    /// The values that hold no further fields, each by the path that [`Payload::at`] takes.
    pub fn leaves(&self) -> BTreeMap<String, &Value> {
        let mut leaves = BTreeMap::new();
        let mut pending: Vec<(String, &Value)> = self.0.iter().map(|(name, value)| (name.clone(), value)).collect();
        while let Some((path, value)) = pending.pop() {
            match value {
                Value::Object(below) if !below.is_empty() => {
                    pending.extend(below.iter().map(|(name, value)| (format!("{path}.{name}"), value)));
                }
                _ => drop(leaves.insert(path, value)),
            }
        }
        leaves
    }

    /// By path what this one and another one say, where that is not the same; null where one has no such field.
    pub fn difference(&self, other: &Self) -> BTreeMap<String, [Value; 2]> {
        let (ours, theirs) = (self.leaves(), other.leaves());
        let value =
            |leaves: &BTreeMap<String, &Value>, path: &str| leaves.get(path).copied().cloned().unwrap_or_default();
        let both = |path: &String| (path.clone(), [value(&ours, path), value(&theirs, path)]);
        ours.keys().chain(theirs.keys()).map(both).filter(|(_, [ours, theirs])| ours != theirs).collect()
    }

    /// A text field's value.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name).and_then(Value::as_str)
    }

    /// This payload with one field set.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.insert(name.to_owned(), value.into());
        self
    }

    /// The same fields without what they say: texts and numbers are blank, lists empty. What is but true or false stays.
    #[must_use]
    pub fn emptied(&self) -> Self {
        Self(self.0.iter().map(|(name, value)| (name.clone(), blank(value))).collect())
    }

    /// The same fields, of which nobody is shown what they say.
    #[must_use]
    pub fn hidden(&self) -> Self {
        Self(self.0.iter().map(|(name, value)| (name.clone(), hidden(value))).collect())
    }

    /// Canonical JSON: what is stored, and what the fingerprint is of.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.0).expect("a JSON map always serialises")
    }

    /// Reads canonical JSON back.
    pub fn from_json(text: &str) -> Result<Self, serde_json::Error> {
        serde_json::from_str(text)
    }

    /// The fingerprint of the canonical JSON.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(self.to_json().as_bytes())
    }
}

/// What is shown in place of a value.
pub const HIDDEN: &str = "…";

/// A value that is not shown, with the fields within it.
pub fn hidden(value: &Value) -> Value {
    match value {
        Value::Null => Value::Null,
        Value::Object(below) => below.iter().map(|(name, value)| (name.clone(), hidden(value))).collect(),
        _ => HIDDEN.into(),
    }
}

fn blank(value: &Value) -> Value {
    match value {
        Value::Null | Value::Bool(_) => value.clone(),
        Value::Number(_) => 0.into(),
        Value::String(_) => "".into(),
        Value::Array(_) => Value::Array(Vec::new()),
        Value::Object(below) => below.iter().map(|(name, value)| (name.clone(), blank(value))).collect(),
    }
}

impl fmt::Debug for Payload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Payload({} fields)", self.0.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_clock_does_not_notice_that_the_wall_clock_is_set() {
        let at = |wall: i64, monotonic| Now {
            wall: Timestamp::from_second(wall).unwrap(),
            monotonic: Duration::from_secs(monotonic),
            boot: None,
        };
        for wall in [1_060, 90_000, 0] {
            assert_eq!(at(wall, 67).steady(at(1_000, 7)), at(1_060, 67));
        }
    }

    #[test]
    fn a_payload_does_not_depend_on_the_order_its_fields_were_set_in() {
        let one = Payload::default().with("b", 1).with("a", "x");
        let other = Payload::default().with("a", "x").with("b", 1);
        assert_eq!(one.fingerprint(), other.fingerprint());
        assert_eq!(one.to_json(), r#"{"a":"x","b":1}"#);
    }

    #[test]
    fn a_leaf_is_found_by_its_path() {
        let consents = serde_json::json!({ "news": { "status": false }, "none": {} });
        let payload = Payload::default().with("consents", consents).with("tags", vec!["a", "b"]);
        let leaves = payload.leaves();
        assert_eq!((payload.at("tags.1"), payload.at("tags.2")), (Some(&"b".into()), None));
        assert!(leaves.keys().eq(["consents.news.status", "consents.none", "tags"]));
        assert!(leaves.iter().all(|(path, leaf)| payload.at(path) == Some(leaf)));
    }

    #[test]
    fn payloads_differ_by_path() {
        let of = |value: Value| Payload::new(value.as_object().unwrap().clone());
        let one = of(serde_json::json!({ "a": 1, "b": { "c": true, "d": [1] }, "n": null, "gone": "x" }));
        let other = of(serde_json::json!({ "a": 1, "b": { "c": false, "d": [1, 2] }, "new": "y" }));
        let told: Vec<String> = one
            .difference(&other)
            .into_iter()
            .map(|(path, [ours, theirs])| format!("{path} {ours} {theirs}"))
            .collect();
        assert_eq!(told, ["b.c true false", "b.d [1] [1,2]", r#"gone "x" null"#, r#"new null "y""#]);
        assert!(one.difference(&one).is_empty());
    }

    #[test]
    fn an_emptied_payload_has_the_same_fields_and_says_nothing() {
        let payload = serde_json::json!({
            "name": "Anna", "born": 1990, "tags": ["a"], "none": null, "properties": { "email": "a@b.c", "push": true },
        });
        let payload = Payload::new(payload.as_object().unwrap().clone()).emptied();
        let properties = r#"{"email":"","push":true}"#;
        assert_eq!(
            payload.to_json(),
            format!(r#"{{"born":0,"name":"","none":null,"properties":{properties},"tags":[]}}"#)
        );
    }

    #[test]
    fn debug_shows_nobody() {
        let text =
            format!("{:?} {:?}", Identity::new("anna@example.com"), Payload::default().with("first_name", "Anna"));
        assert!(!text.to_lowercase().contains("anna"), "{text}");
    }
}
