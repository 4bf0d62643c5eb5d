//! What a field's rule gives, as far as that shows before anybody is read.

use crate::config::check::rules::RULES;
use crate::config::raw::{Node, Value};
use crate::config::setting::Setting;

/// What stands under a key, by name; nothing under what is no mapping.
pub(super) fn children<'a>(setting: &Setting<'a>) -> Vec<Setting<'a>> {
    let Value::Map(entries) = &setting.node.value else { return Vec::new() };
    let below = entries.iter();
    below.map(|(key, node)| Setting { name: &key.name, key_at: key.at.clone(), node, report: setting.report }).collect()
}

/// A rule that gives true or false.
pub(super) fn flag(field: &Setting<'_>) {
    single(field);
    for node in fixed(field.node) {
        Setting { node, ..field.clone() }.flag();
    }
}

/// A rule that gives text.
pub(super) fn text(field: &Setting<'_>) {
    single(field);
    for node in fixed(field.node) {
        Setting { node, ..field.clone() }.text();
    }
}

/// A rule that gives one value.
pub(super) fn single(field: &Setting<'_>) {
    if nests(field) {
        let message = format!("`{}` is a single value, and has no fields below it", field.name);
        field.name_fault(message, format!("write {RULES}"));
    }
}

/// A rule that is made of rules by name.
pub(super) fn nests(field: &Setting<'_>) -> bool {
    matches!(field.node.value, Value::Map(_)) && !field.has("const")
}

/// The values of a rule that are the same for everybody.
pub(super) fn fixed(rule: &Node) -> Vec<&Node> {
    match &rule.value {
        Value::Map(entries) => entries.iter().filter(|(key, _)| key.name == "const").map(|(_, node)| node).collect(),
        Value::List(rules) => rules.iter().flat_map(fixed).collect(),
        _ => Vec::new(),
    }
}
