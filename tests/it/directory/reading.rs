use rosterd::directory::Settings;
use rosterd::directory::ldap::{Error, Operation, Session};

use super::{query, read, settings, text};
use crate::fixtures::ldif::{self, BASE, PEOPLE};
use crate::fixtures::slapd::Slapd;

#[tokio::test]
async fn five_thousand_people_in_order() {
    let slapd = Slapd::start(&ldif::with_people(0..5000));
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let query = query("(uid=*)");
    let mut reader = session.read(&query);
    let (mut uids, mut pages) = (Vec::new(), 0);
    let end = loop {
        let page = reader.next_page().await.unwrap();
        assert!(page.entries.len() <= 1000);
        pages += 1;
        uids.extend(page.entries.iter().map(|entry| text(&query, entry, "uid")));
        if let Some(end) = page.end {
            break end;
        }
    };
    assert_eq!(end.found, [5000]);
    assert!((5..=6).contains(&pages), "{pages}");
    assert_eq!(uids, (0..5000).map(|number| format!("p{number}")).collect::<Vec<_>>());
    // Asking on repeats the end, and gives nobody twice.
    let again = reader.next_page().await.unwrap();
    assert!(again.entries.is_empty() && again.end == Some(end));
}

#[tokio::test]
async fn values_as_they_are() {
    let large = "x".repeat(2 << 20);
    let mut people = ldif::person(1, PEOPLE, &[("jpegPhoto", &large)]);
    // After the last attribute, before the empty line.
    let _ = people.pop();
    people += &ldif::line("jpegPhoto", b"\xff\xfe");
    let slapd = Slapd::start(&(ldif::skeleton() + &people + "\n"));
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let query = query("(uid=p1)");
    let (entries, _) = read(&session, &query).await.unwrap();
    let photos: Vec<_> = entries[0].values(query.attributes.slot("jpegPhoto").unwrap()).collect();
    assert_eq!(photos.iter().map(|photo| photo.len()).collect::<Vec<_>>(), [2 << 20, 2]);
    assert_eq!(text(&query, &entries[0], "cn"), "Żoë 1");
    assert_eq!(text(&query, &entries[0], "entryUUID"), ldif::uuid(1));
    assert_eq!(entries[0].dn(), format!("uid=p1,{PEOPLE}"));
}

#[tokio::test]
async fn an_entry_larger_than_a_person() {
    let mut person = ldif::person(1, PEOPLE, &[]);
    let _ = person.pop();
    for letter in b'a'..=b'e' {
        person += &ldif::line("jpegPhoto", &vec![letter; 2 << 20]);
    }
    let slapd = Slapd::start(&(ldif::skeleton() + &person + "\n"));
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let error = read(&session, &query("(uid=*)")).await.unwrap_err();
    assert!(matches!(error, Error::TooLarge { .. }), "{error}");
    assert!(!error.to_string().contains("p1"), "{error}");
}

#[tokio::test]
async fn nobody_is_a_complete_reading_too() {
    let slapd = Slapd::start(&ldif::with_people(0..1));
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let (entries, page) = read(&session, &query("(uid=nobody)")).await.unwrap();
    assert!(entries.is_empty());
    assert_eq!(page.end.unwrap().found, [0]);
}

#[tokio::test]
async fn several_searches_and_their_counts() {
    let slapd = Slapd::start(&(ldif::with_people(0..5) + &ldif::person(9, ldif::ELSEWHERE, &[])));
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let mut query = query("(uid=*)");
    let mut other = query.searches[0].clone();
    ldif::ELSEWHERE.clone_into(&mut other.base);
    query.searches.push(other);
    query.searches.push(rosterd::directory::Search { filter: "(uid=nobody)".to_owned(), ..query.searches[0].clone() });
    let (entries, page) = read(&session, &query).await.unwrap();
    assert_eq!((entries.len(), page.end.unwrap().found), (6, vec![5, 1, 0]));
}

#[tokio::test]
async fn a_base_that_is_not_there() {
    let slapd = Slapd::start(&ldif::skeleton());
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let mut query = query("(uid=*)");
    query.searches[0].base = format!("ou=nowhere,{BASE}");
    let error = read(&session, &query).await.unwrap_err();
    assert!(matches!(&error, Error::NoSuchBase { base } if *base == query.searches[0].base), "{error}");
}

#[tokio::test]
async fn limits() {
    let slapd = Slapd::start_with(
        &ldif::with_people(0..600),
        "limits dn.exact=cn=svc,dc=roster,dc=test size=500 size.prtotal=500",
    );
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let error = read(&session, &query("(uid=*)")).await.unwrap_err();
    assert!(matches!(error, Error::SizeLimit { during: Operation::Page { .. } }), "{error}");
    // The connection is good for the next reading.
    assert_eq!(read(&session, &query("(uid=p1)")).await.unwrap().0.len(), 1);

    let greedy = Settings { page_size: 2000, ..settings(&[&slapd.url()]) };
    let session = Session::open(&greedy).await.unwrap();
    let error = read(&session, &query("(uid=*)")).await.unwrap_err();
    assert!(error.to_string().contains("limit"), "{error}");
}

#[tokio::test]
async fn a_filter_that_is_none() {
    let slapd = Slapd::start(&ldif::with_people(0..1));
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let error = read(&session, &query("(uid=*")).await.unwrap_err();
    assert!(matches!(error, Error::Filter { .. }), "{error}");
    assert_eq!(read(&session, &query("uid=*")).await.unwrap().0.len(), 1);
}

#[tokio::test]
async fn probes() {
    let slapd = Slapd::start(&ldif::with_people(0..3));
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let mut query = query("(uid=p0)");
    query.require = vec!["(uid=*)".to_owned(), "(uid=canary)".to_owned(), "(uid=p2)".to_owned()];
    let (_, page) = read(&session, &query).await.unwrap();
    assert_eq!(page.end.unwrap().probes_missing, ["(uid=canary)"]);
}

#[tokio::test]
async fn referrals_are_named_and_not_followed() {
    let mut ldif = ldif::with_people(0..2);
    for place in ["berlin", "oslo"] {
        let dn = format!("ou={place},{PEOPLE}");
        let to = format!("ldap://{place}.example.com/{dn}");
        ldif += &ldif::entry(
            &dn,
            &[("objectClass", "referral"), ("objectClass", "extensibleObject"), ("ou", place), ("ref", &to)],
        );
    }
    let slapd = Slapd::start(&ldif);
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let (entries, page) = read(&session, &query("(uid=*)")).await.unwrap();
    let referrals = page.end.unwrap().referrals;
    assert_eq!((entries.len(), referrals.len()), (2, 2));
    assert!(referrals[0].starts_with("ldap://berlin.example.com/"), "{referrals:?}");

    // A base that is held elsewhere was not searched at all: nobody may be missed because of it.
    let mut query = query("(uid=*)");
    query.searches[0].base = format!("ou=oslo,{PEOPLE}");
    let error = read(&session, &query).await.unwrap_err();
    assert!(matches!(&error, Error::Referred { to, .. } if to[0].contains("oslo.example.com")), "{error}");
}

#[tokio::test]
async fn the_schema() {
    let slapd = Slapd::start(&ldif::skeleton());
    let mut session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let names = session.schema_attributes().await.unwrap().unwrap();
    for name in ["cn", "commonname", "entryuuid", "employeenumber"] {
        assert!(names.contains(name), "{name}");
    }
    assert!(!names.contains("objectguid"));
}

#[tokio::test]
async fn a_reader_that_is_dropped_midway_costs_nothing() {
    let slapd = Slapd::start(&ldif::with_people(0..2500));
    let mut session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let mut reader = session.read(&query("(uid=*)"));
    assert_eq!(reader.next_page().await.unwrap().entries.len(), 1000);
    drop(reader);
    // The session answers on. Only another reading on it might meet the page that was on its way when this one ended:
    // slapd keeps one cookie a connection.
    assert!(session.schema_attributes().await.unwrap().is_some());
    let session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    assert_eq!(read(&session, &query("(uid=*)")).await.unwrap().0.len(), 2500);
}
