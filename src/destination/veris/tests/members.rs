//! The rules of seed 000 and of the contract's table.

use serde_json::Value;

use super::*;

fn faults(mapped: &Payload) -> Vec<String> {
    let faults = veris().member(&key(), mapped).err().unwrap_or_default();
    faults.into_iter().map(|fault| format!("{}: {}", fault.field, fault.message)).collect()
}

fn key() -> Key {
    Key::new("k1")
}

#[test]
fn a_member_is_active_and_known_by_its_unique_id() {
    let member = veris().member(&key(), &mapped()).unwrap();
    assert_eq!(member.identity, Identity::new("E17"));
    assert_eq!(member.payload, mapped().with("status", "active"));
}

#[test]
fn every_mandatory_field_must_be_there_and_say_something() {
    for field in FIELDS.iter().filter(|field| field.need == Need::Mandatory) {
        let mut fields = mapped().fields().clone();
        fields.remove(field.name);
        assert_eq!(faults(&Payload::new(fields)), [format!("{}: is missing", field.name)]);
        assert_eq!(faults(&mapped().with(field.name, Value::Null)), [format!("{}: is missing", field.name)]);
        assert_eq!(faults(&mapped().with(field.name, " \t")), [format!("{}: is empty", field.name)]);
    }
}

#[test]
fn what_need_not_be_there_is_left_out() {
    for field in FIELDS.iter().filter(|field| field.need != Need::Mandatory) {
        for nothing in [Value::Null, json!(""), json!("  ")] {
            let member = veris().member(&key(), &mapped().with(field.name, nothing)).unwrap();
            assert_eq!(member.payload, mapped().with("status", "active"), "{}", field.name);
        }
        let member = veris().member(&key(), &mapped().with(field.name, "4.4A")).unwrap();
        assert_eq!(member.payload.text(field.name), Some("4.4A"));
    }
}

#[test]
fn lengths_are_counted_in_characters() {
    for (field, most) in [("designation", 128), ("country", 64)] {
        assert!(faults(&mapped().with(field, "å".repeat(most))).is_empty());
        let fault = format!("{field}: has {} characters, {most} are allowed", most + 1);
        assert_eq!(faults(&mapped().with(field, "å".repeat(most + 1))), [fault]);
    }
}

#[test]
fn harmless_values_become_texts() {
    for (value, text) in [(json!(4711), "4711"), (json!(-1), "-1"), (json!(u64::MAX), "18446744073709551615")] {
        let member = veris().member(&key(), &mapped().with("unique_id", value)).unwrap();
        assert_eq!((member.identity.as_str(), member.payload.text("unique_id")), (text, Some(text)));
    }
    let member = veris().member(&key(), &mapped().with("group", true)).unwrap();
    assert_eq!(member.payload.text("group"), Some("true"));
    for (value, fault) in [
        (json!(4.1), "group: is a number with a fraction where a text is wanted: put it in quotes"),
        (json!(["a"]), "group: has several values where one text is wanted: take one, as by `| first`"),
        (json!({"a": 1}), "group: has several values where one text is wanted: take one, as by `| first`"),
    ] {
        assert_eq!(faults(&mapped().with("group", value)), [fault]);
    }
}

#[test]
fn a_mail_address_has_one_at_with_something_on_both_sides() {
    for address in ["a@b", "anna+x@example.com", "åse@eksempel.no"] {
        assert!(faults(&mapped().with("email", address)).is_empty(), "{address}");
    }
    for (address, fault) in [
        ("anna", "has no @"),
        ("@example.com", "has nothing before or after the @"),
        ("anna@", "has nothing before or after the @"),
        ("a@b@c", "has more than one @"),
        ("anna berg@example.com", "contains white space"),
        ("anna@example.com ", "contains white space"),
        ("anna\u{a0}@example.com", "contains white space"),
    ] {
        assert_eq!(faults(&mapped().with("email", address)), [format!("email: {fault}")], "{address}");
    }
}

#[test]
fn control_characters_are_refused_everywhere() {
    for field in FIELDS {
        for control in ["a\u{0}b@c", "a\u{7}b@c", "a\u{85}b@c", "a\nb@c"] {
            let faults = faults(&mapped().with(field.name, control));
            assert!(faults.contains(&format!("{}: contains control characters", field.name)), "{faults:?}");
        }
    }
}

#[test]
fn an_identity_that_could_be_two_is_refused() {
    assert_eq!(faults(&mapped().with("unique_id", "E17 ")), ["unique_id: begins or ends with white space"]);
    assert!(faults(&mapped().with("unique_id", "E 17")).is_empty());
}

#[test]
fn nothing_mapped_is_dropped_in_silence() {
    assert_eq!(faults(&mapped().with("status", "active")), ["status: is set by rosterd and cannot be mapped"]);
    assert_eq!(faults(&mapped().with("shoe_size", 43)), ["fields: Veris has no field `shoe_size`"]);
}

#[test]
fn all_faults_come_at_once_and_hold_no_values() {
    let faults =
        faults(&mapped().with("email", "secretly\u{7}").with("country", "x".repeat(65)).with("city", json!([])));
    assert_eq!(
        faults,
        [
            "email: contains control characters",
            "email: has no @",
            "country: has 65 characters, 64 are allowed",
            "city: has several values where one text is wanted: take one, as by `| first`",
        ]
    );
}

#[test]
fn leaving_is_the_last_payload_with_another_status() {
    let last = veris().member(&key(), &mapped().with("city", "Oslo")).unwrap().payload;
    let leaving = veris().leaving(&Identity::new("E17"), &last, &[]);
    assert_eq!(leaving, last.with("status", "in_active"));

    let imported = veris().leaving(&Identity::new("E18"), &Payload::default(), &[]);
    assert_eq!(imported.to_json(), r#"{"status":"in_active","unique_id":"E18"}"#);
}
