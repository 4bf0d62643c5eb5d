//! The examples of `docs/mapping.md`.

use serde_json::Value;

use super::super::{Judgement, Mapping, Standing};
use super::{compiled, now, of_field, text};
use crate::directory::{EntryBuilder, Kind, Slot, dn};

const PAGE: &str = include_str!("../../../docs/mapping.md");

/// The first two cells of the rows of all tables under this heading.
fn rows(heading: &str) -> Vec<(String, String)> {
    let mut rows = Vec::new();
    let mut lines = PAGE.lines();
    while lines.by_ref().any(|line| line == heading) {
        let table = lines.by_ref().skip(1).take_while(|line| line.starts_with('|'));
        rows.extend(table.filter_map(|line| {
            let line = line.replace("\\|", "\u{1}");
            let mut cells = line.trim_matches('|').split(" | ");
            let mut cell = || Some(cells.next()?.trim().trim_matches('`').replace('\u{1}', "|"));
            Some((cell()?, cell()?))
        }));
    }
    assert!(rows.len() > 3, "{heading}");
    rows
}

/// What a mapping makes of the person on the page.
fn judged(mapping: &Mapping) -> Judgement {
    let mut entry = EntryBuilder::new("CN=Anna Müller,OU=People,DC=example,DC=com");
    for (name, value) in rows("| attribute | values |") {
        if let Some(slot) = mapping.attributes().slot(&name) {
            entry.push(slot, value.as_bytes());
        }
    }
    for group in mapping.attributes().groups() {
        let same = |known: &str| dn::canonical(known) == dn::canonical(group);
        if rows("| attribute | values |").iter().any(|(name, value)| name == "memberOf" && same(value)) {
            entry.push(Slot::IN_GROUP, group.as_bytes());
        }
    }
    mapping.judge(&entry.build(), Kind::Generic, now())
}

#[test]
fn the_rules_give_what_the_page_says() {
    for (rule, expected) in rows("| rule | gives |") {
        let fields = judged(&compiled(&of_field(text(&rule)))).fields.unwrap();
        let expected: Option<Value> = (expected != "absent").then(|| serde_json::from_str(&expected).unwrap());
        assert_eq!(fields.fields().get("field"), expected.as_ref(), "{rule}");
    }
}

#[test]
fn the_conditions_say_what_the_page_says() {
    for (expression, expected) in rows("| expression | says |") {
        let mut source = of_field(text("sn"));
        source.active = Some(expression.clone());
        let active = judged(&compiled(&source)).standing == Standing::Active;
        assert_eq!(if active { "yes" } else { "no" }, expected, "{expression}");
    }
}

#[test]
fn every_filter_is_on_the_page() {
    let mapping = compiled(&of_field(text("sn")));
    for name in &mapping.expressions.known().filters {
        let known = PAGE.contains(&format!("`{name}`")) || PAGE.contains(&format!("`{name}("));
        assert!(known, "{name}");
    }
}
