//! A schema as it is written: `raw` keeps the order of keys, which `serde_json` does not.

use crate::config::raw::{Node, Value};

/// The keys of a mapping, in the order written.
pub fn entries(node: &Node) -> Vec<(&str, &Node)> {
    let Value::Map(entries) = &node.value else { return Vec::new() };
    entries.iter().map(|(key, node)| (key.name.as_str(), node)).collect()
}

/// A key of a mapping.
pub fn get<'a>(node: &'a Node, key: &str) -> Option<&'a Node> {
    entries(node).into_iter().find(|(name, _)| *name == key).map(|(_, node)| node)
}

/// The items of a list.
pub fn items(node: &Node) -> &[Node] {
    if let Value::List(items) = &node.value { items } else { &[] }
}

/// What a part of a schema gives for examples.
pub fn examples(node: &Node) -> &[Node] {
    get(node, "examples").map(items).unwrap_or_default()
}

/// The text that it is.
pub fn word(node: &Node) -> Option<&str> {
    if let Value::Text(text) = &node.value { Some(&text.value) } else { None }
}

/// The text under a key.
pub fn text<'a>(node: &'a Node, key: &str) -> Option<&'a str> {
    get(node, key).and_then(word)
}

/// Whether it is that text.
pub fn is(node: &Node, text: &str) -> bool {
    word(node) == Some(text)
}
