use proptest::collection::vec;
use proptest::prelude::{any, prop, prop_assert, prop_assert_eq, proptest};
use proptest::strategy::Strategy;
use serde_json::Value;

use super::super::{Mapping, Rule, Source};
use super::{compiled, text};
use crate::directory::{Entry, EntryBuilder, Kind, Slot};
use crate::roster::Timestamp;

/// A mapping with a bit of everything.
fn rich() -> Source {
    let rules = vec![
        ("number", text("employeeID")),
        ("mail", text("{{ mail | lower }}")),
        ("name", text("{{ givenName }} {{ attr('sn') | default('-') }}")),
        ("phone", Rule::First(vec![text("{{ mobile | msisdn('47') }}"), text("{{ mobile | digits }}")])),
        ("boss", text("{{ manager | cn | title }}")),
        ("groups", text("{{ memberOf | cn | list }}")),
        ("board", text("{{ in_group('CN=Board,DC=x') }}")),
        ("age", text("{{ employeeID | int(default=0) + 1 }}")),
        ("sid", text("objectSid")),
        ("nested", Rule::Nested(named(vec![("key", text("{{ key }}")), ("dn", text("{{ dn | cn }}"))]))),
    ];
    Source {
        fields: named(rules),
        active: Some("employeeType != 'left' and not account_expired".to_owned()),
        skip: Some("mail is undefined and 'x' in memberOf".to_owned()),
        protect: Some("in_group('CN=Board,DC=x')".to_owned()),
        directory_rule: true,
        ..Source::default()
    }
}

fn named(rules: Vec<(&str, Rule)>) -> Vec<(String, Rule)> {
    rules.into_iter().map(|(name, rule)| (name.to_owned(), rule)).collect()
}

fn built(mapping: &Mapping, dn: &str, values: &[(prop::sample::Index, Vec<u8>)]) -> Entry {
    let attributes = mapping.attributes();
    let slots = attributes.names().iter().filter_map(|name| attributes.slot(name)).chain([Slot::IN_GROUP]);
    let slots: Vec<Slot> = slots.collect();
    let mut entry = EntryBuilder::new(dn);
    for (slot, value) in values {
        entry.push(*slot.get(&slots), value);
    }
    entry.build()
}

/// Values as they come: garbage, and what looks like something.
fn value() -> impl Strategy<Value = Vec<u8>> {
    proptest::prop_oneof![
        vec(any::<u8>(), 0..24),
        "\\PC{0,12}".prop_map(String::into_bytes),
        "[0-9]{1,20}".prop_map(String::into_bytes),
        "(CN|ou)=[a-zA-Z,\\\\ +\"]{0,10},DC=x".prop_map(String::into_bytes),
        "[+(0)47 -]{3,14}".prop_map(String::into_bytes),
    ]
}

fn blank(value: &Value) -> bool {
    match value {
        Value::String(text) => text.trim().is_empty(),
        Value::Array(values) => values.is_empty() || values.iter().any(blank),
        Value::Object(fields) => fields.is_empty() || fields.values().any(blank),
        _ => false,
    }
}

proptest! {
    #[test]
    fn judging_never_panics_and_never_changes_its_mind(
        dn in "\\PC{0,20}",
        values in vec((any::<prop::sample::Index>(), value()), 0..20),
        second in 0_i64..4_000_000_000,
    ) {
        let (one, other) = (compiled(&rich()), compiled(&rich()));
        prop_assert_eq!(one.version(), other.version());
        let now = Timestamp::from_second(second).unwrap();
        let entry = built(&one, &dn, &values);
        for kind in [Kind::ActiveDirectory, Kind::OpenLdap] {
            let judgement = one.judge(&entry, kind, now);
            prop_assert_eq!(&judgement, &other.judge(&entry, kind, now));
            prop_assert_eq!(one.key(&entry, kind), other.key(&entry, kind));
            prop_assert!(judgement.recheck_at.is_none_or(|at| at > now));
            if let Ok(payload) = judgement.fields {
                prop_assert!(!payload.fields().values().any(blank), "{}", payload.to_json());
            }
        }
    }

    #[test]
    fn compiling_never_panics(rule in "(\\PC|[{}%|().'\"a-]){0,30}", expression in "(\\PC|[{}%|().'\"a-]){0,20}") {
        let source = Source {
            fields: vec![("a".to_owned(), text(&rule)), ("b".to_owned(), text(&format!("{{{{ {rule} }}}}")))],
            active: Some(expression),
            ..Source::default()
        };
        let _ = Mapping::compile(&source);
    }
}
