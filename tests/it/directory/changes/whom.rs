//! Reading some people, and when they changed.

use rosterd::directory::changes::{Way, Whom};
use rosterd::directory::ldap::Session;
use rosterd::directory::{Entry, Scope, Search, Slot};
use rosterd::roster::{Fingerprint, Key};

use super::{ELSEWHERE, PEOPLE, asking, dn, handles, key, people, query, read, set, staff};
use crate::directory::{settings, text};
use crate::fixtures::ldif::{self, BASE, entry};
use crate::fixtures::slapd::Slapd;

async fn session(slapd: &Slapd) -> Session {
    Session::open(&settings(&[&slapd.url()])).await.unwrap()
}

fn prints(entries: &[Entry]) -> Vec<Fingerprint> {
    let mut prints: Vec<_> = entries.iter().map(|entry| entry.fingerprint(Fingerprint::of(b"salt"))).collect();
    prints.sort_unstable();
    prints
}

#[tokio::test]
async fn some_are_as_a_reading_of_everybody_has_them() {
    let group = format!("cn=board,{BASE}");
    let members = [("objectClass", "groupOfNames"), ("cn", "board"), ("member", &dn(1))];
    let left = ldif::person(300, PEOPLE, &[("employeeType", "left")]);
    let slapd = Slapd::start(&(people(250) + &left + &staff(301, ELSEWHERE) + &entry(&group, &members)));
    let query = asking(&query(Way::Syncrepl), &group);
    let mut session = session(&slapd).await;
    let (everybody, _) = read(&session, &query).await.unwrap();
    // Whoever is named twice comes once, and whom the search does not find not at all.
    let keys = [1, 7, 300, 999].map(key).to_vec();
    let whom = Whom { handles: handles((0..250).chain([7, 300, 301])), keys };
    let some = session.fetch(&query, &whom).await.unwrap();
    assert_eq!(prints(&some), prints(&everybody));
    let on_board = some.iter().filter(|entry| entry.first(Slot::IN_GROUP).is_some()).count();
    assert_eq!(on_board, 1);
    assert!(session.fetch(&query, &Whom::default()).await.unwrap().is_empty());
    // The groups are those that the changes were told by.
    let mark = read(&session, &query).await.unwrap().1.end.unwrap().marks.unwrap().each()[0].clone();
    session.changed(&query, &mark).await.unwrap();
    slapd.modify(&set(&group, "member", &dn(2)));
    let whom = Whom { handles: handles([1, 2]), keys: Vec::new() };
    let some = session.fetch(&query, &whom).await.unwrap();
    let board = |number: usize| {
        let entry = some.iter().find(|entry| entry.dn() == dn(number)).unwrap();
        entry.first(Slot::IN_GROUP).is_some()
    };
    assert_eq!((board(1), board(2)), (true, false));
}

#[tokio::test]
async fn by_another_key_and_in_several_searches() {
    let slapd = Slapd::start(&(people(3) + &staff(3, ELSEWHERE)));
    let mut query = query(Way::Timestamp);
    query.key = Some("uid".to_owned());
    let filter = "employeeType=staff".to_owned();
    query.searches.push(Search { base: ELSEWHERE.to_owned(), filter, scope: Scope::One });
    let mut session = session(&slapd).await;
    let whom = Whom { handles: handles([1]), keys: vec![Key::new("p3"), Key::new("p*")] };
    let found = session.fetch(&query, &whom).await.unwrap();
    let mut names: Vec<String> = found.iter().map(|entry| text(&query, entry, "uid")).collect();
    names.sort();
    assert_eq!(names, ["p1", "p3"]);
}

#[tokio::test]
async fn when_people_changed() {
    let dated = |number, place, date| ldif::person(number, place, &[("modifyTimestamp", date)]);
    let ldif = ldif::skeleton()
        + &dated(1, PEOPLE, "20200101000000Z")
        + &dated(2, ELSEWHERE, "20210203040506Z")
        + &dated(3, PEOPLE, "20200101000000Z");
    let slapd = Slapd::start_with(&ldif, &format!("access to dn.exact={} attrs=modifyTimestamp by * none", dn(3)));
    let mut session = session(&slapd).await;
    let mut query = query(Way::Timestamp);
    let at = |date: &str| date.parse::<rosterd::roster::Timestamp>().unwrap();
    let expected = [(2, at("2021-02-03T04:05:06Z")), (1, at("2020-01-01T00:00:00Z"))];
    let dates = session.dates(&query, &[2, 3, 1, 4].map(key)).await.unwrap();
    assert_eq!(dates, expected.map(|(number, date)| (key(number), date)));
    query.key = Some("uid".to_owned());
    let dates = session.dates(&query, &[Key::new("p1")]).await.unwrap();
    assert_eq!(dates, [(Key::new("p1"), at("2020-01-01T00:00:00Z"))]);
    assert!(session.dates(&query, &[]).await.unwrap().is_empty());
}
