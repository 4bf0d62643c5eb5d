//! Where in the file something stands that is known by its path of keys.

use std::ops::Range;

use crate::config::raw::{Key, Node, Value};
use crate::config::setting::Setting;

/// The place of a path below a setting: as deep as the path leads. A mapping or list is shown by its key, because its
/// value is many lines long.
pub(super) fn locate(setting: &Setting<'_>, path: &[String]) -> Range<usize> {
    let mut node = setting.node;
    let mut place = setting.key_at.clone();
    for step in path {
        let Some((key, below)) = child(node, step) else { break };
        node = below;
        place = match (&node.value, key) {
            (Value::Map(_) | Value::List(_) | Value::Nothing, Some(key)) => key.at.clone(),
            _ => node.at.clone(),
        };
    }
    place
}

fn child<'a>(node: &'a Node, step: &str) -> Option<(Option<&'a Key>, &'a Node)> {
    match &node.value {
        Value::Map(entries) => entries.iter().find(|(key, _)| key.name == step).map(|(key, below)| (Some(key), below)),
        Value::List(items) => step.parse::<usize>().ok().and_then(|at| items.get(at)).map(|item| (None, item)),
        _ => None,
    }
}
