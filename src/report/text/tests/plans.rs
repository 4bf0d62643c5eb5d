use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::*;
use crate::report::{Planned, PlannedChange};

fn change(kind: &'static str, number: usize, why: Option<&str>) -> PlannedChange {
    PlannedChange {
        kind,
        key: format!("key-{number}"),
        identity: number.to_string(),
        held: false,
        why: why.map(str::to_owned),
        cause: why.map(str::to_owned),
        fields: BTreeMap::new(),
    }
}

fn planned(changes: Vec<PlannedChange>) -> Planned {
    Planned { sync: "employees".to_owned(), changes, entries: 1000, ..Planned::default() }
}

#[test]
fn nothing_to_do() {
    insta::assert_snapshot!(plan(&planned(Vec::new())));
}

#[test]
fn every_kind() {
    let fields = |pairs: &[(&str, Value, Value)]| {
        pairs.iter().map(|(name, old, new)| ((*name).to_owned(), [old.clone(), new.clone()])).collect()
    };
    let mut changes = vec![change("join", 1, None), change("return", 2, None), change("leave", 3, Some("disabled"))];
    changes.push(PlannedChange {
        fields: fields(&[
            ("city", Value::Null, json!("Pune")),
            ("designation", json!("Engineer"), json!("\u{1b}Lead")),
            ("consents.newsletter.status", json!(true), json!(false)),
        ]),
        ..change("change", 4, None)
    });
    let mut planned = planned(changes);
    (planned.invalid, planned.notes) = (2, vec!["3 referrals were not followed, among them ldap://x".to_owned()]);
    insta::assert_snapshot!(plan(&planned));
}

#[test]
fn many_changes_are_counted_field_by_field() {
    let fields = |pairs: &[&str]| pairs.iter().map(|name| ((*name).to_owned(), [json!("old"), json!("new")])).collect();
    let changes = (0..30).map(|number| PlannedChange {
        fields: fields(if number % 10 == 0 { &["country", "title"] } else { &["country"] }),
        ..change("change", number, None)
    });
    insta::assert_snapshot!(plan(&planned(changes.collect())));
}

#[test]
fn the_first_of_many_joiners_shows_what_the_mapping_makes_of_them() {
    let join = |number| PlannedChange {
        fields: [("email", "ada@example.com"), ("title", "Engineer")]
            .map(|(name, new)| (name.to_owned(), [Value::Null, json!(new)]))
            .into(),
        ..change("join", number, None)
    };
    insta::assert_snapshot!("many_joiners", plan(&planned((100..130).rev().map(join).collect())));
    insta::assert_snapshot!("two_joiners", plan(&planned(vec![join(2), join(1)])));
}

#[test]
fn many_of_which_most_are_held() {
    let hold = |why: &str, change| PlannedChange { held: true, why: Some(why.to_owned()), ..change };
    let many = "200 leaves within 24 h, the limit is 50 (1000 active)";
    let mut changes: Vec<_> = (0..200).map(|number| hold(many, change("leave", number, Some("deleted")))).collect();
    changes.push(hold("the sync's `protect` names this person", change("leave", 900, None)));
    changes.extend((300..321).map(|number| change("join", number, None)));
    let text = plan(&Planned { plan: Some("1f2e3d4c".to_owned()), ..planned(changes) });
    insta::assert_snapshot!(text);
}
