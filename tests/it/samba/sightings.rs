//! Why somebody was missing, as a domain controller tells it.

use rosterd::directory::Sighting;
use rosterd::directory::attribute::guid_text;
use rosterd::directory::ldap::Session;
use rosterd::roster::Key;

use super::{query, read, settings};
use crate::fixtures::samba::{ELSEWHERE, PEOPLE, SEES_DELETED, SERVICE, Samba, person_dn};

#[tokio::test]
#[ignore = "needs root: tests/samba/run"]
async fn why_somebody_was_missing() {
    let samba = Samba::start();
    let session = Session::open(&settings(&samba, SERVICE)).await.unwrap();
    samba.hire(13);
    let query = query();
    let slot = |name| query.attributes.slot(name).unwrap();
    let mut people: Vec<(String, Key)> = Vec::new();
    for entry in read(&session, &query).await.0 {
        let number = String::from_utf8(entry.first(slot("employeeID")).unwrap().to_vec()).unwrap();
        people.push((number, Key::new(guid_text(entry.first(slot("objectGUID")).unwrap()).unwrap())));
    }
    assert_eq!(people.len(), 13);
    let no_employee = |number| format!("dn: {}\nchangetype: modify\ndelete: employeeID\n", person_dn(number));
    samba.rename(&person_dn(1), &format!("CN=renamed,OU=Sales,{PEOPLE}"));
    samba.modify(&no_employee(2));
    samba.modify(&no_employee(3));
    samba.set(&person_dn(3), "userAccountControl", "514");
    samba.rename(&person_dn(4), &format!("CN=p4,{ELSEWHERE}"));
    samba.delete(&person_dn(5));
    let expected = |number: &str, sees_deleted| match number {
        "E2" => Sighting::Filtered,
        "E3" => Sighting::Disabled,
        "E4" => Sighting::Moved,
        "E5" if sees_deleted => Sighting::Deleted,
        "E5" => Sighting::Gone,
        _ => Sighting::Matches,
    };
    let keys: Vec<Key> = people.iter().map(|(_, key)| key.clone()).collect();
    for (account, sees_deleted) in [(SERVICE, false), (SEES_DELETED, true)] {
        let mut session = Session::open(&settings(&samba, account)).await.unwrap();
        let sightings = session.look_up(&query, &keys).await.unwrap();
        for ((number, key), sighting) in people.iter().zip(sightings) {
            assert_eq!(sighting, (key.clone(), expected(number, sees_deleted)), "{number}");
        }
    }
}
