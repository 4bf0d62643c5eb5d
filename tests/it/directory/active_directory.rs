//! What slapd does not do: a script that answers as Active Directory is documented to.

use rosterd::directory::ldap::{BindFailure, Error, Session};
use rosterd::directory::{Attributes, Kind, Query, Sighting};
use rosterd::roster::Key;

use super::{query, read, settings};
use crate::fixtures::ldif::PEOPLE;
use crate::fixtures::scripted::{Asked, Said, Scripted};

pub const ROOT: &str = "DC=roster,DC=test";
const SHOW_DELETED: &str = "1.2.840.113556.1.4.417";
const DOMAIN_SCOPE: &str = "1.2.840.113556.1.4.1339";

/// The objectGUID of a number; its bytes are no UTF-8.
fn guid(number: u8) -> [u8; 16] {
    [number, 0xff, 0, b'*', b'(', b')', b'\\', 0xc3, 0x28, 9, 10, 11, 12, 13, 14, number]
}

fn key(number: u8) -> Key {
    Key::new(rosterd::directory::attribute::guid_text(&guid(number)).unwrap())
}

/// A domain controller that lets deleted objects be seen, or does not.
pub fn root_dse(asked: &Asked, sees_deleted: bool) -> Option<Vec<Said>> {
    if asked.bind {
        return Some(vec![Said::success()]);
    }
    let entry = match asked.base.as_str() {
        "" => Said::entry(
            "",
            &[
                ("supportedCapabilities", &["1.2.840.113556.1.4.1670", "1.2.840.113556.1.4.800"]),
                ("supportedControl", &["1.2.840.113556.1.4.319", SHOW_DELETED]),
                ("namingContexts", &["CN=Configuration,DC=roster,DC=test", ROOT]),
                ("defaultNamingContext", &[ROOT]),
                ("dsServiceName", &["CN=NTDS Settings,CN=DC1,DC=roster,DC=test"]),
                ("currentTime", &["20260102030405.0Z"]),
            ],
        ),
        base if base.starts_with("<WKGUID=18E2EA80684F11D2B9AA00C04F79F805,") => {
            assert_eq!(asked.controls, [SHOW_DELETED]);
            if !sees_deleted {
                return Some(vec![Said::Result(32, "0000208D: NameErr".to_owned(), None)]);
            }
            Said::entry("CN=Deleted Objects,DC=roster,DC=test", &[("objectClass", &["top", "container"])])
        }
        _ => {
            assert!(asked.controls.iter().any(|control| control == DOMAIN_SCOPE), "{asked:?}");
            return None;
        }
    };
    Some(vec![entry, Said::success()])
}

fn guids(filter: &str) -> Query {
    let mut attributes = Attributes::default();
    attributes.add("objectGUID");
    attributes.add("member");
    Query { attributes: attributes.into(), ..query(filter) }
}

#[tokio::test]
async fn a_domain_controller_is_known_by_what_it_says() {
    for sees_deleted in [true, false] {
        let server = Scripted::start(move |asked| root_dse(asked, sees_deleted).unwrap()).await;
        let session = Session::open(&settings(&[&server.url()])).await.unwrap();
        let told = session.server();
        assert_eq!((told.kind, told.sees_deleted), (Kind::ActiveDirectory, sees_deleted));
        assert_eq!(told.name, "CN=NTDS Settings,CN=DC1,DC=roster,DC=test");
        assert_eq!(told.clock.unwrap().to_string(), "2026-01-02T03:04:05Z");
    }
}

#[tokio::test]
async fn a_locked_account_is_told_from_a_wrong_password() {
    let says = "80090308: LdapErr: DSID-0C09042F, comment: AcceptSecurityContext error, data 775, v3839\0";
    let server = Scripted::start(move |_| vec![Said::Result(49, says.to_owned(), None)]).await;
    let error = Session::open(&settings(&[&server.url()])).await.err().unwrap();
    assert!(matches!(error, Error::Credentials { code: BindFailure::Locked }), "{error}");
    assert!(error.to_string().contains("locked"), "{error}");
}

#[tokio::test]
async fn values_in_ranges_are_completed() {
    let server = Scripted::start(|asked| {
        let dn = format!("CN=all,{PEOPLE}");
        let part = |name: &str, values: &[&str]| vec![Said::entry(&dn, &[(name, values)]), Said::success()];
        root_dse(asked, false).unwrap_or_else(|| match asked.attributes[0].as_str() {
            "member;range=2-*" => part("member;range=2-3", &["c", "d"]),
            "member;range=4-*" => part("member;range=4-*", &["e"]),
            _ => vec![Said::entry(&dn, &[("member", &[]), ("member;range=0-1", &["a", "b"])]), Said::success()],
        })
    });
    let server = server.await;
    let session = Session::open(&settings(&[&server.url()])).await.unwrap();
    let query = guids("(member=*)");
    let (entries, _) = read(&session, &query).await.unwrap();
    let members: Vec<_> = entries[0].values(query.attributes.slot("member").unwrap()).collect();
    assert_eq!(members, [b"a", b"b", b"c", b"d", b"e"]);
}

#[tokio::test]
async fn pages_that_lead_nowhere() {
    // The same range again and again, and the same cookie again and again.
    let answers = [
        || vec![Said::entry("CN=a", &[("member;range=0-1", &["a", "b"])]), Said::success()],
        || vec![Said::Result(0, String::new(), Some(b"again".to_vec()))],
    ];
    for answer in answers {
        let server = Scripted::start(move |asked| root_dse(asked, false).unwrap_or_else(answer)).await;
        let session = Session::open(&settings(&[&server.url()])).await.unwrap();
        let error = read(&session, &guids("(member=*)")).await.unwrap_err();
        assert!(matches!(error, Error::Malformed { .. }), "{error}");
    }
}

/// Where somebody is, and what shows of them.
struct Object {
    place: &'static str,
    control: Option<&'static str>,
    matches: bool,
}

const OBJECTS: [Object; 6] = [
    Object { place: PEOPLE, control: Some("512"), matches: true },
    Object { place: PEOPLE, control: Some("512"), matches: false },
    Object { place: PEOPLE, control: Some("514"), matches: false },
    Object { place: PEOPLE, control: None, matches: false },
    Object { place: "OU=Elsewhere,DC=roster,DC=test", control: Some("512"), matches: true },
    Object { place: "CN=Deleted Objects,DC=roster,DC=test", control: None, matches: false },
];

fn search(asked: &Asked) -> Vec<Said> {
    let mentions = |value: &[u8]| asked.filter.iter().any(|leaf| leaf == value);
    let mut said = Vec::new();
    for (number, object) in (1..).zip(OBJECTS) {
        let deleted = object.place.starts_with("CN=Deleted");
        let below = object.place.to_lowercase().ends_with(&asked.base.to_lowercase());
        let visible = !deleted || asked.controls.iter().any(|control| control == SHOW_DELETED);
        let kept = (object.matches || !mentions(b"staff")) && (deleted || !mentions(b"isDeleted"));
        if below && visible && kept && mentions(&guid(number)) {
            let mut attributes = vec![("objectGUID".to_owned(), vec![guid(number).to_vec()])];
            attributes.extend(object.control.map(|value| ("userAccountControl".to_owned(), vec![value.into()])));
            said.push(Said::Entry(format!("CN={number},{}", object.place), attributes));
        }
    }
    said.push(Said::success());
    said
}

#[tokio::test]
async fn why_somebody_was_missing() {
    let server = Scripted::start(|asked| root_dse(asked, true).unwrap_or_else(|| search(asked))).await;
    let mut session = Session::open(&settings(&[&server.url()])).await.unwrap();
    let keys: Vec<Key> = (1..=7).map(key).collect();
    let sightings = session.look_up(&guids("(employeeType=staff)"), &keys).await.unwrap();
    let expected = [
        Sighting::Matches,
        Sighting::Filtered,
        Sighting::Disabled,
        Sighting::Unreadable,
        Sighting::Moved,
        Sighting::Deleted,
        Sighting::Gone,
    ];
    assert_eq!(sightings, keys.into_iter().zip(expected).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_key_of_another_kind_is_an_error_and_not_gone() {
    let server = Scripted::start(|asked| root_dse(asked, true).unwrap_or_else(|| search(asked))).await;
    let mut session = Session::open(&settings(&[&server.url()])).await.unwrap();
    let error = session.look_up(&guids("(uid=*)"), &[Key::new("100023")]).await.unwrap_err();
    assert!(matches!(&error, Error::Key { attribute } if attribute == "objectGUID"), "{error}");
}
