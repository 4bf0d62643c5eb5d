//! The YAML as written: a tree that knows where everything stands.
//!
//! It is read without a schema on purpose: a typed reader stops at the first wrong type or unknown key, and an
//! administrator wants all of them at once. [`super::section`] gives the tree its types.

use std::fmt;
use std::ops::Range;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::Number;
use serde_saphyr::options::{DuplicateKeyPolicy, NonFiniteFloatPolicy};
use serde_saphyr::{Location, Options, Spanned};

use super::fault::Fault;
use super::source::LONGEST;
use super::syntax;

/// A value and where it stands.
pub(super) struct Node {
    pub value: Value,
    pub at: Range<usize>,
}

/// A value. No `Debug`: it may be a secret.
pub(super) enum Value {
    Nothing,
    Flag(bool),
    Number(Number),
    Text(Text),
    List(Vec<Node>),
    Map(Vec<(Key, Node)>),
}

/// Text, before and after its references were resolved.
pub(super) struct Text {
    /// As in the file.
    pub written: String,
    /// What it stands for.
    pub value: String,
    pub origin: Origin,
}

/// Where a text comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// It stands in the file.
    File,
    /// At least a part was referred to.
    Elsewhere,
    /// A reference could not be resolved. That has been said: nothing else is to be found wrong with it.
    Missing,
}

/// The key of a mapping.
pub(super) struct Key {
    pub name: String,
    pub at: Range<usize>,
}

impl Value {
    /// For "expected …, found …".
    pub fn what(&self) -> &'static str {
        match self {
            Self::Nothing => "nothing",
            Self::Flag(_) => "true or false",
            Self::Number(_) => "a number",
            Self::Text(_) => "text",
            Self::List(_) => "a list",
            Self::Map(_) => "a mapping",
        }
    }
}

/// Reads a file's text.
pub(super) fn parse(text: &str) -> Result<Node, Fault> {
    if text.len() > LONGEST {
        return Err(Fault::of_file("the file is larger than 4 MiB"));
    }
    if text.lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with('#')) {
        return Err(Fault::of_file("the file is empty").help("`rosterd init` writes a config to start from"));
    }
    let root: Spanned<Value> =
        serde_saphyr::from_str_with_options(text, options()).map_err(|error| syntax::explain(text, &error))?;
    Ok(Node::from(root))
}

fn options() -> Options {
    serde_saphyr::options! {
        // Far above any real config, far below what an alias bomb needs to hurt.
        budget: serde_saphyr::budget! {
            max_nodes: 100_000,
            max_events: 200_000,
            max_aliases: 2_000,
            max_anchors: 2_000,
            // Many syncs may share one anchor; what aliases unfold into is bounded below.
            enforce_alias_anchor_ratio: false,
            max_depth: 32,
            flow_nesting_limit: 32,
        },
        alias_limits: serde_saphyr::alias_limits! { max_total_replayed_events: 50_000, max_replay_stack_depth: 16 },
        // Reported by `section`, with all the other faults.
        duplicate_keys: DuplicateKeyPolicy::PassThrough,
        leading_zero_numbers_as_strings: true,
        underscored_numbers_as_strings: true,
        strict_booleans: true,
        reject_unsupported_tags: true,
        non_finite_float_policy: NonFiniteFloatPolicy::AsString,
        with_snippet: false,
    }
}

/// The bytes of a place.
pub(super) fn bytes(location: &Location) -> Range<usize> {
    let span = location.span();
    let clamp = |number: Option<u64>| number.and_then(|number| usize::try_from(number).ok()).unwrap_or_default();
    let start = clamp(span.byte_offset());
    start..start + clamp(span.byte_len())
}

impl From<Spanned<Value>> for Node {
    // An alias is shown where its text stands: that is what somebody has to edit.
    fn from(spanned: Spanned<Value>) -> Self {
        Self { at: bytes(&spanned.defined), value: spanned.value }
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ValueVisitor)
    }
}

struct ValueVisitor;

impl<'de> Visitor<'de> for ValueVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Nothing)
    }

    fn visit_bool<E: Error>(self, flag: bool) -> Result<Value, E> {
        Ok(Value::Flag(flag))
    }

    fn visit_i64<E: Error>(self, number: i64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<Value, E> {
        Ok(Value::Number(number.into()))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Value, E> {
        Number::from_f64(number).map(Value::Number).ok_or_else(|| E::custom("a number must be finite"))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Value, E> {
        Ok(Value::Text(Text { written: text.to_owned(), value: text.to_owned(), origin: Origin::File }))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element::<Spanned<Value>>()? {
            list.push(item.into());
        }
        Ok(Value::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut map = Vec::new();
        while let Some((key, value)) = entries.next_entry::<Spanned<String>, Spanned<Value>>()? {
            map.push((Key { at: bytes(&key.defined), name: key.value }, value.into()));
        }
        Ok(Value::Map(map))
    }
}
