//! The documentation's own example: 4000 members in four bulks, 531 of them known, 449 with a language nobody allows.

use std::collections::BTreeSet;

use rosterd::sandbox::boostcom::{Receipt, Status};
use serde_json::json;

use crate::fixtures::ldif::PEOPLE;
use crate::fixtures::mall::{Mall, changed, mail, msisdn, shopper, shoppers};

const EVERYBODY: usize = 4000;
const KNOWN: usize = 531;
const REFUSED: usize = 449;

fn language(number: usize) -> &'static str {
    if number > EVERYBODY - REFUSED { "pl" } else { "no" }
}

fn documented() -> Mall {
    let people = (1..=EVERYBODY).map(|number| shopper(number, PEOPLE, &[("preferredLanguage", language(number))]));
    let mall = Mall::new(&people.collect::<String>());
    // As the club has them: by the mail address alone, by the number alone, or both.
    let known = |number: usize| match number % 3 {
        0 => json!({ "properties": { "email": mail(number).to_uppercase() } }),
        1 => json!({ "properties": { "msisdn": msisdn(number) } }),
        _ => json!({ "properties": { "email": mail(number), "msisdn": msisdn(number), "language": "en" } }),
    };
    assert_eq!(mall.club().seed((1..=KNOWN).map(known).collect()), Ok(KNOWN));
    mall
}

/// The import all of these belong to.
fn the_import(sends: &[Receipt]) -> String {
    let imports: BTreeSet<_> = sends.iter().map(|send| send.import_id.clone().unwrap()).collect();
    assert_eq!(imports.len(), 1, "{imports:?}");
    imports.into_iter().next().unwrap()
}

#[test]
fn the_numbers_of_the_documentation() {
    let mall = documented();
    let json = mall.sync().ended("partial", 3);
    let delivery = &json["delivery"];
    assert_eq!([&delivery["confirmed"], &delivery["refused"], &delivery["pending"]], [3551, 449, 0], "{json}");
    let told = mall.block_on(mall.client().import(&the_import(&mall.sends())));
    for (name, number) in [
        ("members_in_payloads_number", EVERYBODY),
        ("members_created_number", 3020),
        ("members_updated_number", KNOWN),
        ("members_with_validation_errors_number", REFUSED),
    ] {
        assert_eq!(told[name], number, "{name}: {told}");
    }
    let bulks = told["bulks"].as_array().unwrap();
    assert!(bulks.len() == 4 && bulks.iter().all(|bulk| bulk["status"] == "finished"), "{told}");
    let numbers: BTreeSet<_> = bulks.iter().map(|bulk| bulk["request_number"].as_i64().unwrap()).collect();
    assert_eq!(numbers.len(), 4, "{told}");
    assert_eq!(mall.club().members().len(), EVERYBODY - REFUSED);
    one_is_mended(&mall);
}

/// Whoever was refused is explained, waits for a change, and is the only one who is sent then.
fn one_is_mended(mall: &Mall) {
    let story = mall.explain(&mail(EVERYBODY));
    assert!(story.contains("language: value_not_match 'pl', allowed: en, no"), "{story}");
    assert!(
        mall.status().contains("refused     449 by the target (again: rosterd retry shoppers)"),
        "{}",
        mall.status()
    );
    mall.modify(&changed(EVERYBODY, "preferredLanguage", Some("en")));
    let json = mall.sync_well();
    assert_eq!([&json["delivery"]["confirmed"], &json["members"]["changed"]], [1, 1], "{json}");
    let bulks = mall.bulks();
    assert_eq!((bulks.len(), bulks[4].size, bulks[4].status), (5, 1, Status::Finished));
    assert_eq!(mall.member(&mail(EVERYBODY)).properties["language"], "en");
}

#[test]
fn twenty_five_thousand_in_one_import_and_nobody_twice() {
    const MANY: usize = 25_000;
    let mall = Mall::new(&shoppers(1..MANY + 1));
    let json = mall.sync_well();
    assert_eq!(json["delivery"]["confirmed"], MANY, "{json}");
    let sends = mall.sends();
    assert!(sends.len() == 25 && sends.iter().all(|send| send.size == Some(1000)), "{sends:?}");
    the_import(&sends);
    let members = mall.club().members();
    assert_eq!(members.len(), MANY);
    assert!(members.values().all(|member| member.imports == 1), "somebody was imported twice");
    let json = mall.sync_well();
    assert_eq!(json["delivery"]["requests"], 0, "{json}");
}
