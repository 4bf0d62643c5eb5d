//! The fingerprint of a mapping: the same for the same rules, however they are ordered.

use serde_json::{Map, Value, json};

use super::{Rule, Source};
use crate::roster::Fingerprint;

/// Raise it when the judging code changes what it makes of an entry: everybody is judged anew.
const MAPPING_FORMAT: u32 = 1;

pub(super) fn of(source: &Source) -> Fingerprint {
    // The kind is no part of it: it is an argument of judging, and naming what was asked of the server until now
    // changes nothing. Nor do handles, which no rule sees.
    let Source { fields, key, active, skip, protect, tables, directory_rule, handles: _, kind: _ } = source;
    let canonical = json!({
        "format": MAPPING_FORMAT,
        "fields": fields_value(fields),
        "key": key.as_ref().map(|key| key.trim().to_ascii_lowercase()),
        "active": active,
        "skip": skip,
        "protect": protect,
        "tables": tables,
        "directory_rule": directory_rule,
    });
    Fingerprint::of(canonical.to_string().as_bytes())
}

/// Every kind of rule under a name of its own, so that no two rules look alike.
fn rule(rule: &Rule) -> Value {
    match rule {
        Rule::Text(text) => json!({ "text": text }),
        Rule::Const(value) => json!({ "const": value }),
        Rule::First(rules) => json!({ "first": rules.iter().map(self::rule).collect::<Vec<_>>() }),
        Rule::Nested(fields) => json!({ "nested": fields_value(fields) }),
        Rule::Each(rules) => json!({ "each": rules.iter().map(self::rule).collect::<Vec<_>>() }),
    }
}

fn fields_value(fields: &[(String, Rule)]) -> Value {
    Value::Object(fields.iter().map(|(name, rule)| (name.clone(), self::rule(rule))).collect::<Map<_, _>>())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn source() -> Source {
        let text = |text: &str| Rule::Text(text.to_owned());
        let address = Rule::Nested(vec![("city".to_owned(), text("l")), ("zip".to_owned(), text("postalCode"))]);
        let title = Rule::First(vec![text("title"), Rule::Const("Employee".into())]);
        Source {
            fields: vec![
                ("mail".to_owned(), text("mail")),
                ("address".to_owned(), address),
                ("title".to_owned(), title),
            ],
            ..Source::default()
        }
    }

    #[test]
    fn the_order_of_fields_is_no_change() {
        let mut other = source();
        other.fields.reverse();
        if let Rule::Nested(fields) = &mut other.fields[1].1 {
            fields.reverse();
        }
        assert_eq!(of(&source()), of(&other));
    }

    #[test]
    fn everything_else_is_a_change() {
        let changed = |change: fn(&mut Source)| {
            let mut source = source();
            change(&mut source);
            of(&source)
        };
        let versions = [
            of(&source()),
            changed(|source| source.fields[0].1 = Rule::Text("email".to_owned())),
            changed(|source| source.fields[0].1 = Rule::Const("mail".into())),
            changed(|source| source.fields[0].1 = Rule::First(vec![Rule::Text("mail".to_owned())])),
            changed(|source| drop(source.fields.pop())),
            changed(|source| {
                if let Rule::First(rules) = &mut source.fields[2].1 {
                    rules.reverse();
                }
            }),
            changed(|source| source.key = Some("employeeID".to_owned())),
            changed(|source| source.active = Some("true".to_owned())),
            changed(|source| source.skip = Some("true".to_owned())),
            changed(|source| source.protect = Some("true".to_owned())),
            changed(|source| source.directory_rule = true),
            changed(|source| source.tables = BTreeMap::from([("t".to_owned(), BTreeMap::new())])),
        ];
        let different: std::collections::BTreeSet<_> = versions.iter().collect();
        assert_eq!(different.len(), versions.len());
    }
}
