use super::super::ber::element;
use super::*;

fn octets(bytes: &[u8]) -> Vec<u8> {
    element(OCTETS, &[bytes])
}

fn set(values: &[&[u8]]) -> Vec<u8> {
    let values: Vec<u8> = values.iter().flat_map(|value| octets(value)).collect();
    element(SET, &[&values])
}

/// The content of an entry.
fn entry(dn: &[u8], attributes: &[(&str, &[&[u8]])]) -> Vec<u8> {
    let attribute = |(name, values): &(&str, &[&[u8]])| element(SEQUENCE, &[&octets(name.as_bytes()), &set(values)]);
    let attributes: Vec<u8> = attributes.iter().flat_map(attribute).collect();
    [octets(dn), element(SEQUENCE, &[&attributes])].concat()
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
        Row::parse(&entry(b"cn=a", &[("MAIL", &[b"b", b"a"]), ("sn", &[b"x"]), ("cn", &[])]), &attributes).unwrap();
    let entry = row.build();
    assert_eq!(entry.dn(), "cn=a");
    assert_eq!(values(&entry, &attributes, "mail"), [b"a", b"b"]);
    assert!(values(&entry, &attributes, "cn").is_empty());
}

#[test]
fn bytes_that_are_no_text_are_kept_in_values_and_shown_lossily_in_names() {
    let attributes = asked(&["cn"]);
    let entry = Row::parse(&entry(b"cn=M\xfcller", &[("cn", &[b"M\xfcller"])]), &attributes).unwrap().build();
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
    let entry = Row::parse(&answer, &attributes).unwrap().build();
    assert_eq!(values(&entry, &attributes, "cn"), [b"plain"]);
    assert_eq!(values(&entry, &attributes, "title"), [b"only"]);
    assert_eq!(values(&entry, &attributes, "photo"), [b"\x01"]);
    assert_eq!(values(&entry, &attributes, "sn;lang-ja"), [b"asked"]);
}

#[test]
fn a_range_says_what_is_missing_until_its_star() {
    let attributes = asked(&["member"]);
    let first = entry(b"cn=a", &[("member", &[]), ("member;range=0-1", &[b"a", b"b"])]);
    let mut row = Row::parse(&first, &attributes).unwrap();
    assert_eq!(row.ranges, [Range { attribute: "member".to_owned(), next: 2 }]);
    row.ranges.clear();
    row.extend(&entry(b"cn=a", &[("member;Range=2-*", &[b"c"])]), &attributes).unwrap();
    assert!(row.ranges.is_empty());
    assert_eq!(values(&row.build(), &attributes, "member"), [b"a", b"b", b"c"]);
}

#[test]
fn what_is_malformed_or_too_large_is_a_fault_not_a_panic() {
    let attributes = asked(&["cn"]);
    let large = vec![b'x'; LARGEST_ENTRY];
    let listed = |content: &[u8]| [octets(b"cn=a"), element(SEQUENCE, &[content])].concat();
    for (content, fault) in [
        (Vec::new(), Fault::Structure),
        (octets(b"cn=a"), Fault::Structure),
        (listed(&octets(b"cn")), Fault::Structure),
        (listed(&element(SEQUENCE, &[&octets(b"cn")])), Fault::Structure),
        (listed(&element(SEQUENCE, &[&octets(b"cn"), &element(SET, &[&set(&[])])])), Fault::Structure),
        (listed(&element(SET, &[&octets(b"cn"), &set(&[])])), Fault::Structure),
        (entry(b"cn=a", &[("cn", &[&large])]), Fault::TooLarge),
    ] {
        assert_eq!(Row::parse(&content, &attributes).err(), Some(fault));
    }
}

#[test]
fn what_holds_nothing_counts_all_the_same() {
    let attributes = asked(&["cn"]);
    let row = Row::parse(&entry(b"", &[]), &attributes).unwrap();
    assert_eq!(row.size, LEAST_ENTRY);
    let row = Row::parse(&entry(b"", &[("cn", &[b"", b"x", b"seventeen letters"])]), &attributes).unwrap();
    assert_eq!(row.size, LEAST_ENTRY + 2 * LEAST + 17);
    assert_eq!(Row::parse(&entry(&vec![b'x'; LARGEST_ENTRY], &[]), &attributes).err(), Some(Fault::TooLarge));
}
