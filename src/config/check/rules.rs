//! `fields`, `active`, `skip`, `protect` and `tables` of a sync: what the mapping is compiled from.

use std::collections::BTreeMap;

use serde_json::Value as Json;

use super::locate::locate;
use super::members::Members;
use crate::config::fault::Fault;
use crate::config::raw::Value;
use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::directory::Kind;
use crate::mapping::{Mapping, Rule, Source};

pub(super) const RULES: &str = "an attribute, a template, a list of them, or { const: … }";

/// Everything a mapping is compiled from but the key.
pub(super) fn source(section: &mut Section<'_>, members: Option<Members>, kind: Option<Kind>) -> Option<Source> {
    let mapped = section.required("fields", "what the destination gets: `unique_id: employeeID` and so on");
    if let (Some(mapped), Some(members)) = (&mapped, members) {
        members.check_fields(mapped);
    }
    let mut text = |key| section.get(key).and_then(|text| text.text()).map(str::to_owned);
    let (active, skip, protect) = (text("active"), text("skip"), text("protect"));
    let tables = section.get("tables").map(|tables| tables_of(&tables)).unwrap_or_default();
    let directory_rule = section.get("directory_rule").and_then(|flag| flag.flag()).unwrap_or(true);
    let fields = mapped.and_then(|mapped| fields(&mapped, members.map_or(&[], Members::lists)))?;
    Some(Source { fields, key: None, active, skip, protect, tables, directory_rule, handles: false, kind })
}

/// The fields of a mapping, in the order written. Some are lists of things, where a list of rules means one each.
fn fields(setting: &Setting<'_>, lists: &[&str]) -> Option<Vec<(String, Rule)>> {
    let entries = setting.section()?.into_entries();
    if entries.is_empty() {
        setting.fault("no field is mapped", "map at least one, such as `email: mail`");
    }
    // All are looked at before the first fault counts.
    let rules: Vec<_> = entries
        .iter()
        .map(|entry| (entry.name.to_owned(), if lists.contains(&entry.name) { one_each(entry) } else { rule(entry) }))
        .collect();
    rules.into_iter().map(|(name, rule)| Some((name, rule?))).collect()
}

fn one_each(setting: &Setting<'_>) -> Option<Rule> {
    match rule(setting)? {
        Rule::First(rules) => Some(Rule::Each(rules)),
        rule => Some(rule),
    }
}

fn rule(setting: &Setting<'_>) -> Option<Rule> {
    match &setting.node.value {
        Value::Text(_) => setting.text().map(|text| Rule::Text(text.to_owned())),
        Value::List(_) => {
            let rules: Vec<_> = setting.one_or_many().iter().map(rule).collect();
            rules.into_iter().collect::<Option<_>>().map(Rule::First)
        }
        Value::Map(_) if setting.has("const") => {
            let mut section = setting.section()?;
            let value = section.get("const").and_then(|value| json(&value));
            section.close();
            value.map(Rule::Const)
        }
        Value::Map(_) => fields(setting, &[]).map(Rule::Nested),
        Value::Flag(flag) => fixed(setting, &flag.to_string()),
        Value::Number(number) => fixed(setting, &number.to_string()),
        Value::Nothing => setting.expected(RULES),
    }
}

fn fixed(setting: &Setting<'_>, value: &str) -> Option<Rule> {
    let message = format!("the rule of `{}` must be {RULES}", setting.name);
    setting.fault(message, format!("for this very value write {{ const: {value} }}"));
    None
}

pub(super) fn json(setting: &Setting<'_>) -> Option<Json> {
    match &setting.node.value {
        Value::Nothing => setting.expected("a value"),
        Value::Flag(flag) => Some(Json::Bool(*flag)),
        Value::Number(number) => Some(Json::Number(number.clone())),
        Value::Text(text) => Some(Json::String(text.value.clone())),
        Value::List(items) => {
            items.iter().map(|node| json(&Setting { node, ..setting.clone() })).collect::<Option<_>>().map(Json::Array)
        }
        Value::Map(_) => {
            let entries = setting.section()?.into_entries();
            entries
                .iter()
                .map(|entry| Some((entry.name.to_owned(), json(entry)?)))
                .collect::<Option<_>>()
                .map(Json::Object)
        }
    }
}

/// Tables for `map('name')`.
fn tables_of(setting: &Setting<'_>) -> BTreeMap<String, BTreeMap<String, String>> {
    let tables = setting.section().map(Section::into_entries).unwrap_or_default();
    let rows = |table: &Setting<'_>| {
        let rows = table.section().map(Section::into_entries).unwrap_or_default();
        rows.iter().filter_map(|row| Some((row.name.to_owned(), row.text()?.to_owned()))).collect()
    };
    tables.iter().map(|table| (table.name.to_owned(), rows(table))).collect()
}

/// Compiles, and shows every fault where it stands.
pub(super) fn compile(sync: &Setting<'_>, source: &Source) -> Option<Mapping> {
    match Mapping::compile(source) {
        Ok(mapping) => Some(mapping),
        Err(faults) => {
            for fault in faults {
                let fault = Fault::at(locate(sync, &fault.at), fault.message).or_help(fault.help);
                sync.report.fault(fault);
            }
            None
        }
    }
}
