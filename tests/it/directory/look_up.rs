use rosterd::directory::Sighting;
use rosterd::directory::ldap::Session;
use rosterd::roster::Key;

use super::{query, settings};
use crate::fixtures::ldif::{self, ELSEWHERE, PEOPLE};
use crate::fixtures::slapd::Slapd;

/// Below these, an entry is there but shows nothing, or not even its key.
const ACCESS: &str = "\
access to dn.children=ou=closed,ou=people,dc=roster,dc=test attrs=entry,objectClass,entryUUID by * read
access to dn.children=ou=closed,ou=people,dc=roster,dc=test by * none
access to dn.children=ou=shut,ou=people,dc=roster,dc=test attrs=entryUUID by * search
access to dn.children=ou=shut,ou=people,dc=roster,dc=test attrs=entry by * read
access to dn.children=ou=shut,ou=people,dc=roster,dc=test by * none
access to dn.children=ou=hidden,ou=people,dc=roster,dc=test by * none";

fn people() -> String {
    let mut ldif = ldif::skeleton();
    for place in ["closed", "shut", "hidden"] {
        let dn = format!("ou={place},{PEOPLE}");
        ldif += &ldif::entry(&dn, &[("objectClass", "organizationalUnit"), ("ou", place)]);
    }
    ldif += &ldif::person(1, PEOPLE, &[("employeeType", "staff")]);
    ldif += &ldif::person(2, PEOPLE, &[("employeeType", "left")]);
    ldif += &ldif::person(3, ELSEWHERE, &[("employeeType", "staff")]);
    for (number, place) in [(4, "closed"), (5, "shut"), (6, "hidden")] {
        ldif += &ldif::person(number, &format!("ou={place},{PEOPLE}"), &[("employeeType", "staff")]);
    }
    ldif
}

fn keys(numbers: impl IntoIterator<Item = usize>) -> Vec<Key> {
    numbers.into_iter().map(|number| Key::new(ldif::uuid(number))).collect()
}

#[tokio::test]
async fn why_somebody_was_missing() {
    let slapd = Slapd::start_with(&people(), ACCESS);
    let mut session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let query = query("(employeeType=staff)");
    let sightings = session.look_up(&query, &keys([7, 6, 5, 4, 3, 2, 1])).await.unwrap();
    let expected = [
        (7, Sighting::Gone),
        (6, Sighting::Gone),
        (5, Sighting::Unreadable),
        (4, Sighting::Unreadable),
        (3, Sighting::Moved),
        (2, Sighting::Filtered),
        (1, Sighting::Matches),
    ];
    assert_eq!(sightings, expected.map(|(number, sighting)| (Key::new(ldif::uuid(number)), sighting)));
    assert!(session.look_up(&query, &[]).await.unwrap().is_empty());
}

#[tokio::test]
async fn many_keys_and_another_key() {
    let slapd = Slapd::start(&ldif::with_people(0..1200));
    let mut session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    // A filter may be written without parentheses.
    let mut query = query("objectClass=inetOrgPerson");
    let sightings = session.look_up(&query, &keys(0..1300)).await.unwrap();
    let matching = sightings.iter().filter(|(_, sighting)| *sighting == Sighting::Matches).count();
    assert_eq!((sightings.len(), matching), (1300, 1200));
    assert!(sightings[1200..].iter().all(|(_, sighting)| *sighting == Sighting::Gone));

    // uid is compared without regard to case: somebody whose key is merely spelled differently is not gone.
    query.key = Some("uid".to_owned());
    let spelled = [Key::new("P1"), Key::new("p2"), Key::new("p9999"), Key::new("p*")];
    let sightings: Vec<_> = session.look_up(&query, &spelled).await.unwrap().into_iter().map(|found| found.1).collect();
    assert_eq!(sightings, [Sighting::Matches, Sighting::Matches, Sighting::Gone, Sighting::Gone]);
}
