//! `on_leave` and `on_return` of syncs: what is sent of those who leave and return. Two syncs may have somebody in common,
//! and the target has one account of them: all syncs to a destination must say the same.

use std::collections::BTreeMap;

use serde_json::{Map, Value as Json};

use super::destination::Checked;
use super::members::Members;
use crate::config::fault::Fault;
use crate::config::raw::{Node, Value};
use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::destination::boostcom::member::channels_off;
use crate::roster::Payload;

const KEYS: [&str; 2] = ["on_leave", "on_return"];

/// What the syncs to a destination say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Overlays {
    pub on_leave: Payload,
    pub on_return: Payload,
}

impl Default for Overlays {
    fn default() -> Self {
        Self { on_leave: channels_off(), on_return: Payload::default() }
    }
}

impl Overlays {
    /// What a sync says, as it is written: whether it may, [`check`] finds out.
    fn of(sync: &Setting<'_>) -> Self {
        let default = Self::default();
        let said = |key: &str| sync.child(key).and_then(|said| map(said.node)).map(Payload::new);
        Self {
            on_leave: said("on_leave").unwrap_or(default.on_leave),
            on_return: said("on_return").unwrap_or(default.on_return),
        }
    }

    fn at(&self, key: &str) -> &Payload {
        if key == "on_leave" { &self.on_leave } else { &self.on_return }
    }
}

/// What the first sync to each destination says.
pub(super) fn by_destination(syncs: &[Setting<'_>]) -> BTreeMap<String, Overlays> {
    let mut first = BTreeMap::new();
    for sync in syncs {
        if let Some(to) = destination(sync) {
            first.entry(to.to_owned()).or_insert_with(|| Overlays::of(sync));
        }
    }
    first
}

/// Whether the target can be told so.
pub(super) fn check(section: &mut Section<'_>, members: Option<Members>) {
    for key in KEYS {
        if let (Some(said), Some(members)) = (section.get(key), members) {
            members.check_overlay(&said);
        }
    }
}

/// Whether the syncs to each destination say the same.
pub(super) fn agree(syncs: &[Setting<'_>], destinations: &BTreeMap<String, Checked>) {
    let mut first: BTreeMap<&str, (&str, Overlays)> = BTreeMap::new();
    for sync in syncs {
        let Some(to) = destination(sync) else { continue };
        let members = destinations.get(to).and_then(|checked| checked.members);
        if !members.is_some_and(Members::has_overlays) {
            continue;
        }
        let own = Overlays::of(sync);
        let (other, said) = first.entry(to).or_insert_with(|| (sync.name, own.clone()));
        for key in KEYS.into_iter().filter(|key| said.at(key) != own.at(key)) {
            let place = sync.child(key).map_or_else(|| sync.key_at.clone(), |said| said.key_at);
            let message = format!("`{key}` of `{}` is not that of `{other}`, and both send to `{to}`", sync.name);
            let help = "members have one account there, whoever sends them: all syncs to it say the same, or none does";
            sync.report.fault(Fault::at(place, message).help(help));
        }
    }
}

fn destination<'a>(sync: &Setting<'a>) -> Option<&'a str> {
    match &sync.child("to")?.node.value {
        Value::Text(text) => Some(&text.value),
        _ => None,
    }
}

fn map(node: &Node) -> Option<Map<String, Json>> {
    let Value::Map(entries) = &node.value else { return None };
    Some(entries.iter().map(|(key, below)| (key.name.clone(), plain(below))).collect())
}

/// A value as it is written.
fn plain(node: &Node) -> Json {
    match &node.value {
        Value::Nothing => Json::Null,
        Value::Flag(flag) => Json::Bool(*flag),
        Value::Number(number) => Json::Number(number.clone()),
        Value::Text(text) => Json::String(text.value.clone()),
        Value::List(items) => items.iter().map(plain).collect(),
        Value::Map(_) => map(node).map_or(Json::Null, Json::Object),
    }
}
