//! Entries that an honest directory holds too, and that clients stumble over.

use super::{PEOPLE, Scope, by_bytes, directory, dn, find, reader, search};

#[tokio::test]
async fn large_values_and_values_that_are_no_text_arrive_whole() {
    let directory = directory(1).await;
    let large: Vec<_> = (0..=255).cycle().take(2 << 20).collect();
    directory.modify(&dn(0), "thumbnailPhoto", [large.clone()]).unwrap();
    directory.modify(&dn(0), "title", [[0xff, 0xfe, b'x']]).unwrap();
    let mut ldap = reader(&directory).await;
    let found = find(&mut ldap, PEOPLE, "(employeeID=0)").await;
    assert_eq!(found.values("title"), [[0xff, 0xfe, b'x']]);
    assert!(found.values("thumbnailPhoto") == [large]);
}

#[tokio::test]
async fn an_entry_can_lack_its_key() {
    let directory = directory(1).await;
    directory.clear(&dn(0), "objectGUID").unwrap();
    let mut ldap = reader(&directory).await;
    let found = find(&mut ldap, PEOPLE, "(employeeID=0)").await;
    assert!(found.values("objectGUID").is_empty() && !found.values("sn").is_empty());
}

#[tokio::test]
async fn two_entries_can_have_one_key() {
    let directory = directory(3).await;
    for number in [0, 2] {
        directory.modify(&dn(number), "objectGUID", [b"0123456789abcdef"]).unwrap();
    }
    let mut ldap = reader(&directory).await;
    let both = find(&mut ldap, PEOPLE, &by_bytes("objectGUID", b"0123456789abcdef")).await;
    assert_eq!(both.names(), [dn(0), dn(2)]);
    directory.delete(&dn(0)).unwrap();
    let one = find(&mut ldap, PEOPLE, &by_bytes("objectGUID", b"0123456789abcdef")).await;
    assert_eq!(one.names(), [dn(2)]);
}

#[tokio::test]
async fn many_values_come_in_ranges() {
    let directory = directory(1).await;
    directory.configure(|options| options.value_limit = 4);
    directory.modify(&dn(0), "member", (0..10).map(|number| format!("CN=m{number}"))).unwrap();
    let mut ldap = reader(&directory).await;
    let expected: &[(&str, &str, std::ops::Range<usize>)] = &[
        ("member", "member;range=0-3", 0..4),
        ("*", "member;range=0-3", 0..4),
        ("member;range=4-*", "member;range=4-7", 4..8),
        ("Member;Range=8-*", "member;range=8-*", 8..10),
        ("member;range=6-9", "member;range=6-*", 6..10),
        ("member;range=2-3", "member;range=2-3", 2..4),
        ("member;range=10-*", "member;range=10-*", 0..0),
    ];
    for (asked, told, members) in expected {
        let found = search(&mut ldap, &dn(0), Scope::Base, "(cn=*)", &[asked]).await;
        let members: Vec<_> = members.clone().map(|number| format!("CN=m{number}").into_bytes()).collect();
        assert_eq!(found.values(told), members, "{asked}");
        assert!(found.values("member").is_empty(), "{asked}");
    }
    directory.modify(&dn(0), "member", ["CN=m0", "CN=m1", "CN=m2", "CN=m3"]).unwrap();
    let found = search(&mut ldap, &dn(0), Scope::Base, "(cn=*)", &["member"]).await;
    assert_eq!(found.values("member").len(), 4);
}
