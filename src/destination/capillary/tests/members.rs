//! The rules of seed 001, "Create API Client Account".

use super::*;

fn broken(capillary: &Capillary, mapped: Value) -> Vec<String> {
    let faults = capillary.member(&Key::new("E17"), &payload(mapped)).err().unwrap_or_default();
    faults.into_iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect()
}

/// The faults when this is changed.
fn faults(path: &str, value: Value) -> Vec<String> {
    let mut mapped = mapped();
    *mapped.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
    broken(&capillary(), mapped)
}

#[test]
fn a_client_is_known_by_whose_it_is_and_has_one_form() {
    let member = capillary().member(&Key::new("E17"), &payload(mapped())).unwrap();
    assert_eq!(member.identity, Identity::new("E17"));
    let expected = json!({
        "name": "NewName3", "description": "Sample description", "expirationTokenTime": 600, "defaultTillId": 15_000_449,
        "scopes": [
            { "entity": "TargetGroups", "permission": "READWRITE", "resources": [".*v3/targetGroups.*"] },
            { "entity": 2, "permission": "WRITE", "resources": [] },
        ],
    });
    assert_eq!(member.payload, payload(expected));
    assert!(member.unique.is_empty() && member.once.is_none());
    assert_eq!(capillary().identity_field(), "key");
}

#[test]
fn whatever_it_is_written_as_it_is_the_same_client() {
    for (path, value) in [
        ("/name", json!("  NewName3 ")),
        ("/expirationTokenTime", json!(600)),
        ("/expirationTokenTime", json!(" 600 ")),
        ("/expirationTokenTime", json!("10 min")),
        ("/defaultTillId", json!(15_000_449)),
        ("/scopes/1/entity", json!("2")),
        ("/scopes/0/permission", json!(" ReadWrite ")),
        ("/scopes/0/resources", json!(".*v3/targetGroups.*")),
    ] {
        let mut same = mapped();
        *same.pointer_mut(path).unwrap() = value;
        assert_eq!(member(same).fingerprint(), member(mapped()).fingerprint(), "{path}");
    }
    let mut turned = mapped();
    turned["scopes"].as_array_mut().unwrap().reverse();
    assert_eq!(member(turned).fingerprint(), member(mapped()).fingerprint(), "in whatever order");
    let mut numbered = mapped();
    numbered["name"] = json!(17);
    assert_eq!(member(numbered).text("name"), Some("17"));
}

#[test]
fn all_fields_are_mandatory_and_no_others_known() {
    let demanded = "is missing, and Capillary demands it";
    let missing = ["name", "description", "expirationTokenTime", "defaultTillId", "scopes"];
    assert_eq!(broken(&capillary(), json!({})), missing.map(|name| format!("{name}: {demanded}")));
    let mut odd = mapped();
    odd["isValid"] = json!(true);
    odd["scopes"][1] = json!({ "entityId": 2, "read": true });
    odd["scopes"][0] = json!("All");
    let expected = [
        "scopes.0: is not made of entity, permission, resources",
        "scopes.1.entity: is missing",
        "scopes.1.permission: is missing",
        "scopes.1.resources: is missing",
        "scopes.1.entityId: is no part of a scope: entity, permission, resources",
        "scopes.1.read: is no part of a scope: entity, permission, resources",
        "isValid: is no field of a client",
    ];
    assert_eq!(broken(&capillary(), odd), expected);
}

#[test]
fn every_rule_in_words() {
    let (span, whole) = ("is neither seconds nor a time span such as 10m", "is no whole number above 0");
    let expression = "has a regular expression that does not compile";
    for (path, value, field, message) in [
        ("/name", json!("  "), "name", "is no text"),
        ("/name", json!(null), "name", "is no text"),
        ("/description", json!(["a"]), "description", "is no text"),
        ("/expirationTokenTime", json!("soon"), "expirationTokenTime", span),
        ("/expirationTokenTime", json!("500ms"), "expirationTokenTime", span),
        ("/expirationTokenTime", json!(0), "expirationTokenTime", span),
        ("/expirationTokenTime", json!(1.5), "expirationTokenTime", span),
        ("/expirationTokenTime", json!(u64::MAX), "expirationTokenTime", span),
        ("/defaultTillId", json!("-1"), "defaultTillId", whole),
        ("/defaultTillId", json!("till 7"), "defaultTillId", whole),
        ("/scopes", json!([]), "scopes", "is no list of scopes"),
        ("/scopes", json!("All"), "scopes", "is no list of scopes"),
        ("/scopes/0/entity", json!(true), "scopes.0.entity", "is neither an entity's name nor its number"),
        ("/scopes/0/entity", json!(""), "scopes.0.entity", "is neither an entity's name nor its number"),
        ("/scopes/0/permission", json!("ALL"), "scopes.0.permission", "is none of READ, WRITE, READWRITE"),
        ("/scopes/0/resources", json!(["("]), "scopes.0.resources", expression),
        ("/scopes/0/resources", json!([".*", "*"]), "scopes.0.resources", expression),
        ("/scopes/0/resources", json!(null), "scopes.0.resources", "is no list of regular expressions"),
        ("/scopes/0/resources", json!([7]), "scopes.0.resources", "is no list of regular expressions"),
    ] {
        assert_eq!(faults(path, value.clone()), [format!("{field}: {message}")], "{value}");
    }
}

#[test]
fn a_fault_shows_no_value() {
    let mut secret = mapped();
    for path in ["/description", "/expirationTokenTime", "/defaultTillId", "/scopes/0/permission", "/scopes/0/entity"] {
        *secret.pointer_mut(path).unwrap() = json!(["nine-nine"]);
    }
    secret["scopes"][1] = json!({ "entity": "nine-nine", "permission": "nine-nine", "resources": "nine-nine(" });
    let faults = broken(&informed(capillary()), secret);
    assert!(faults.len() == 8 && faults.iter().all(|fault| !fault.contains("nine")), "{faults:?}");
}

#[test]
fn which_entities_there_are_is_judged_once_the_target_told() {
    let mut unknown = mapped();
    unknown["scopes"][0]["entity"] = json!("targetgroups");
    unknown["scopes"][1]["entity"] = json!(4);
    assert_eq!(broken(&capillary(), unknown.clone()), [""; 0]);
    let known = "the organisation has no such entity; it has TargetGroups (1), All (2), Transaction (3)";
    let expected = [0, 1].map(|at| format!("scopes.{at}.entity: {known}"));
    assert_eq!(broken(&informed(capillary()), unknown.clone()), expected);

    let scopes = wire::read_scopes(&ok(sample::SCOPES)).unwrap();
    let told = capillary().informed(&scopes).unwrap();
    assert_eq!(told.member(&Key::new("E17"), &payload(unknown)).unwrap_err().len(), 2);
    assert_eq!(told.member(&Key::new("E17"), &payload(mapped())).unwrap().payload, member(mapped()));
    assert_eq!((told.realm(), told.credential()), (capillary().realm(), capillary().credential()));
}

#[test]
fn an_entity_is_named_once() {
    let twice = |one: Value, other: Value| {
        let mut twice = mapped();
        twice["scopes"][0]["entity"] = one;
        twice["scopes"][1]["entity"] = other;
        twice
    };
    let fault = ["scopes.1.entity: is there twice: write all of an entity's resources in one list"];
    assert_eq!(broken(&capillary(), twice(json!("All"), json!("All"))), fault);
    assert_eq!(broken(&capillary(), twice(json!(2), json!("2"))), fault);
    assert_eq!(broken(&informed(capillary()), twice(json!(2), json!("All"))), fault);
    assert_eq!(broken(&capillary(), twice(json!(2), json!("All"))), [""; 0], "that is not known yet");
}

#[test]
fn who_leaves_is_still_known_by_their_last_fields() {
    let last = member(mapped());
    assert_eq!(capillary().leaving(&Identity::new("E17"), &last, &[]), last);
}
