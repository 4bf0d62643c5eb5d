use ldap3::asn1::TagClass;

use super::*;

fn octets(bytes: &[u8]) -> StructureTag {
    StructureTag { class: TagClass::Universal, id: 4, payload: PL::P(bytes.to_vec()) }
}

fn sequence(parts: Vec<StructureTag>) -> StructureTag {
    StructureTag { class: TagClass::Universal, id: 16, payload: PL::C(parts) }
}

fn entry(dn: &[u8], attributes: &[(&str, &[&[u8]])]) -> StructureTag {
    let attribute = |(name, values): &(&str, &[&[u8]])| {
        sequence(vec![octets(name.as_bytes()), sequence(values.iter().map(|value| octets(value)).collect())])
    };
    sequence(vec![octets(dn), sequence(attributes.iter().map(attribute).collect())])
}

fn asked(names: &[&str]) -> Attributes {
    let mut attributes = Attributes::default();
    for name in names {
        attributes.add(name);
    }
    attributes
}

fn values<'a>(entry: &'a Entry, attributes: &Attributes, name: &str) -> Vec<&'a [u8]> {
    entry.values(attributes.slot(name).unwrap()).collect()
}

#[test]
fn values_go_to_their_slots_whatever_the_spelling_and_unasked_ones_nowhere() {
    let attributes = asked(&["cn", "mail"]);
    let row =
        Row::parse(entry(b"cn=a", &[("MAIL", &[b"b", b"a"]), ("sn", &[b"x"]), ("cn", &[])]), &attributes).unwrap();
    let entry = row.build();
    assert_eq!(entry.dn(), "cn=a");
    assert_eq!(values(&entry, &attributes, "mail"), [b"a", b"b"]);
    assert!(values(&entry, &attributes, "cn").is_empty());
}

#[test]
fn bytes_that_are_no_text_are_kept_in_values_and_shown_lossily_in_names() {
    let attributes = asked(&["cn"]);
    let entry = Row::parse(entry(b"cn=M\xfcller", &[("cn", &[b"M\xfcller"])]), &attributes).unwrap().build();
    assert_eq!(entry.dn(), "cn=M\u{fffd}ller");
    assert_eq!(values(&entry, &attributes, "cn"), [b"M\xfcller"]);
}

#[test]
fn options() {
    let attributes = asked(&["cn", "title", "photo", "sn;lang-ja"]);
    let answer = entry(
        b"cn=a",
        &[
            ("cn;lang-de", &[b"tagged"]),
            ("cn", &[b"plain"]),
            ("title;lang-en", &[b"only"]),
            ("photo;binary", &[b"\x01"]),
            ("sn;lang-ja", &[b"asked"]),
        ],
    );
    let entry = Row::parse(answer, &attributes).unwrap().build();
    assert_eq!(values(&entry, &attributes, "cn"), [b"plain"]);
    assert_eq!(values(&entry, &attributes, "title"), [b"only"]);
    assert_eq!(values(&entry, &attributes, "photo"), [b"\x01"]);
    assert_eq!(values(&entry, &attributes, "sn;lang-ja"), [b"asked"]);
}

#[test]
fn a_range_says_what_is_missing_until_its_star() {
    let attributes = asked(&["member"]);
    let first = entry(b"cn=a", &[("member", &[]), ("member;range=0-1", &[b"a", b"b"])]);
    let mut row = Row::parse(first, &attributes).unwrap();
    assert_eq!(row.ranges, [Range { attribute: "member".to_owned(), next: 2 }]);
    row.ranges.clear();
    row.extend(entry(b"cn=a", &[("member;Range=2-*", &[b"c"])]), &attributes).unwrap();
    assert!(row.ranges.is_empty());
    assert_eq!(values(&row.build(), &attributes, "member"), [b"a", b"b", b"c"]);
}

#[test]
fn what_is_malformed_or_too_large_is_a_fault_not_a_panic() {
    let attributes = asked(&["cn"]);
    let large = vec![b'x'; LARGEST_ENTRY];
    for (tag, fault) in [
        (octets(b"cn=a"), Fault::Structure),
        (sequence(vec![]), Fault::Structure),
        (sequence(vec![octets(b"cn=a")]), Fault::Structure),
        (sequence(vec![octets(b"cn=a"), sequence(vec![octets(b"cn")])]), Fault::Structure),
        (sequence(vec![octets(b"cn=a"), sequence(vec![sequence(vec![octets(b"cn")])])]), Fault::Structure),
        (entry(b"cn=a", &[("cn", &[&large])]), Fault::TooLarge),
    ] {
        assert_eq!(Row::parse(tag, &attributes).err(), Some(fault));
    }
    assert_eq!(references(octets(b"ldap://a")), Vec::<String>::new());
    assert_eq!(references(sequence(vec![octets(b"ldap://a"), octets(b"\xff")])), ["ldap://a"]);
}

#[test]
fn what_holds_nothing_counts_all_the_same() {
    let attributes = asked(&["cn"]);
    let row = Row::parse(entry(b"", &[]), &attributes).unwrap();
    assert_eq!(row.size, LEAST_ENTRY);
    let row = Row::parse(entry(b"", &[("cn", &[b"", b"x", b"seventeen letters"])]), &attributes).unwrap();
    assert_eq!(row.size, LEAST_ENTRY + 2 * LEAST + 17);
    assert_eq!(Row::parse(entry(&vec![b'x'; LARGEST_ENTRY], &[]), &attributes).err(), Some(Fault::TooLarge));
}
