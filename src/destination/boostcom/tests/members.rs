//! The rules of seed 002, "Members Array".

use secrecy::ExposeSecret;

use super::*;
use crate::roster::Unique;

fn mapped() -> Value {
    json!({
        "properties": { "email": "Foo@Bar.baz", "msisdn": "4740485124", "first_name": "Ola", "age": 41 },
        "push_enabled": true,
        "optin_channel": "hr",
        "created_at": "2018-07-30T11:23:08.417Z",
        "consents": { "email_marketing": { "status": true, "updated_at": "2018-07-30T11:23:08.417Z" } },
    })
}

/// The faults when this is changed; `null` in the place of a key takes it away.
fn faults(path: &str, value: Value) -> Vec<String> {
    let mut mapped = mapped();
    *mapped.pointer_mut(path).unwrap_or_else(|| panic!("{path}")) = value;
    broken(&boostcom(), mapped)
}

fn broken(boostcom: &Boostcom, mapped: Value) -> Vec<String> {
    let faults = boostcom.member(&key(), &payload(mapped)).err().unwrap_or_default();
    faults.into_iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect()
}

fn key() -> Key {
    Key::new("k1")
}

#[test]
fn a_member_is_known_by_one_identifier_and_alone_with_the_other() {
    let member = boostcom().member(&key(), &payload(mapped())).unwrap();
    assert_eq!(member.identity, Identity::new("foo@bar.baz"), "whatever its capitals");
    assert_eq!(member.payload, payload(mapped()), "spelt as it was");
    assert_eq!(member.unique.iter().map(Unique::as_str).collect::<Vec<_>>(), ["msisdn 4740485124"]);

    let member = with(|s| s.identity = Identifier::Msisdn).member(&key(), &payload(mapped())).unwrap();
    assert_eq!(member.identity, Identity::new("4740485124"));
    assert_eq!(member.unique.iter().map(Unique::as_str).collect::<Vec<_>>(), ["email foo@bar.baz"]);
}

#[test]
fn a_password_is_no_part_of_what_is_stored() {
    let mut secret = mapped();
    secret["password"] = json!("hunter2");
    let member = boostcom().member(&key(), &payload(secret)).unwrap();
    assert_eq!(member.payload, payload(mapped()));
    assert_eq!(member.once.unwrap().expose_secret(), "hunter2");
}

#[test]
fn one_identifier_will_do_where_it_is_the_identity() {
    let lone = json!({"properties": {"email": "a@b.c"}});
    assert_eq!(broken(&boostcom(), lone.clone()), [""; 0]);
    let by_number = with(|s| s.identity = Identifier::Msisdn);
    assert_eq!(broken(&by_number, lone), ["properties.msisdn: is missing"]);
    assert_eq!(broken(&boostcom(), json!({"push_enabled": true})), ["properties.email: is missing"]);
}

#[test]
fn every_rule_in_words() {
    for (path, value, fault) in [
        ("/properties/email", json!("foo"), "properties.email: has no @"),
        ("/properties/email", json!(null), "properties.email: is missing"),
        ("/properties/email", json!(""), "properties.email: is no text"),
        (
            "/properties/msisdn",
            json!("+47 404 85 124"),
            "properties.msisdn: is not of digits alone: `{{ mobile | msisdn('47') }}` makes them so",
        ),
        (
            "/properties/msisdn",
            json!("0047404851"),
            "properties.msisdn: begins with 0, and so has no country code: `{{ mobile | msisdn('47') }}` puts it there",
        ),
        ("/properties/msisdn", json!("474048"), "properties.msisdn: has not 7 to 15 digits"),
        ("/properties/msisdn", json!("4740485124404851"), "properties.msisdn: has not 7 to 15 digits"),
        ("/properties/msisdn", json!(4_740_485_124_u64), "properties.msisdn: is no text"),
        (
            "/push_enabled",
            json!("TRUE"),
            "push_enabled: is neither true nor false: compare, as in `{{ wantsMail == 'TRUE' }}`",
        ),
        ("/optin_channel", json!(true), "optin_channel: is no text"),
        ("/created_at", json!(1), "created_at: is no text"),
        ("/consents", json!(["a"]), "consents: is not made of consents by name"),
        ("/consents/email_marketing", json!(true), "consents.email_marketing: has no `status` below it"),
        (
            "/consents/email_marketing/status",
            json!("yes"),
            "consents.email_marketing.status: is neither true nor false: compare, as in `{{ newsletter == 'TRUE' }}`",
        ),
        ("/consents/email_marketing/updated_at", json!(7), "consents.email_marketing.updated_at: is no text"),
    ] {
        assert_eq!(faults(path, value), [fault]);
    }
    let mut odd = mapped();
    odd["email"] = json!("a@b.c");
    odd["consents"]["email_marketing"]["by"] = json!("phone");
    odd["password"] = json!(1);
    assert_eq!(
        broken(&boostcom(), odd),
        [
            "password: is no text",
            "consents.email_marketing: has no field `by`: a consent is a `status` and a time, `updated_at`",
            "fields: Boostcom has no field `email`: a member's own stand under `properties`",
        ]
    );
}

#[test]
fn a_fault_shows_no_value() {
    let faults = faults("/properties/msisdn", json!("nine-nine")).concat();
    assert!(!faults.contains("nine"), "{faults}");
}

#[test]
fn who_leaves_is_named_and_no_more_written_to() {
    let last = payload(mapped());
    let leaving = boostcom().leaving(&Identity::new("foo@bar.baz"), &last, &[]);
    let off = json!({"properties": {"email": "Foo@Bar.baz"}, "sms_enabled": false, "email_enabled": false, "push_enabled": false});
    assert_eq!(leaving, payload(off), "as it was last spelt there, and nothing else");

    // Somebody else's payload, or none: an import knows the identity alone.
    let other = boostcom().leaving(&Identity::new("a@b.c"), &last, &[]);
    assert_eq!(other.at("properties.email"), Some(&json!("a@b.c")));

    let let_go = payload(json!({"properties": {"msisdn": null}, "push_enabled": false}));
    let leaving = with(|s| s.on_leave = let_go).leaving(&Identity::new("foo@bar.baz"), &last, &[]);
    assert_eq!(
        leaving,
        payload(json!({"properties": {"email": "Foo@Bar.baz", "msisdn": null}, "push_enabled": false}))
    );
}

#[test]
fn who_leaves_lets_go_of_what_is_somebody_elses_by_now() {
    let last = payload(mapped());
    let let_go = [Unique::new("msisdn", "4740485124")];
    let leaving = boostcom().leaving(&Identity::new("foo@bar.baz"), &last, &let_go);
    assert_eq!(leaving.at("properties"), Some(&json!({"email": "Foo@Bar.baz", "msisdn": null})));
}

#[test]
fn what_others_may_still_have_can_be_left_out() {
    let without = boostcom().without(&payload(mapped()), &[Unique::new("msisdn", "4740485124")]);
    let mut expected = mapped();
    expected["properties"]["msisdn"] = json!(null);
    assert_eq!(without, payload(expected));
}

#[test]
fn a_list_of_members_has_either_identifier() {
    assert_eq!(boostcom().columns(), ["email", "msisdn"]);
    let listed = boostcom().listed(&[("email", "a@b.c")]);
    assert_eq!(listed, payload(json!({"properties": {"email": "a@b.c"}})));
    assert_eq!(boostcom().identity("A@B.c"), Identity::new("a@b.c"));
}
