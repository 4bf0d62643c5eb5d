use jiff::{SignedDuration, Timestamp};
use ldap3::{Scope, SearchOptions};

use super::{
    EVERYBODY, Entry, Options, PEOPLE, ROOT, by_bytes, connect, control, directory, dn, find, person, reader, search,
    start, within,
};

#[tokio::test]
async fn scopes_are_what_they_say() {
    let directory = directory(2).await;
    directory.add(Entry::person(format!("CN=Deep,OU=Far,{PEOPLE}"))).unwrap();
    let mut ldap = reader(&directory).await;
    let count = async |ldap: &mut ldap3::Ldap, scope| {
        search(ldap, PEOPLE, scope, "(objectClass=*)", &["1.1"]).await.entries.len()
    };
    assert_eq!(count(&mut ldap, Scope::Base).await, 1);
    assert_eq!(count(&mut ldap, Scope::OneLevel).await, 3);
    assert_eq!(count(&mut ldap, Scope::Subtree).await, 5);
}

#[tokio::test]
async fn a_base_that_is_not_there_names_what_is() {
    let directory = directory(0).await;
    let mut ldap = reader(&directory).await;
    let found = find(&mut ldap, &format!("OU=No,OU=Where,{PEOPLE}"), "(cn=*)").await;
    assert_eq!((found.result.rc, found.result.matched.as_str()), (32, PEOPLE));
    assert!(found.result.text.contains("NO_OBJECT"));
}

#[tokio::test]
async fn attributes_are_those_asked_for() {
    let directory = directory(1).await;
    let mut ldap = reader(&directory).await;
    let mut names = async |asked: &[&str]| {
        let mut found = search(&mut ldap, &dn(0), Scope::Base, "(cn=*)", asked).await;
        let entry = found.entries.remove(0);
        let mut names: Vec<_> = entry.attrs.into_keys().chain(entry.bin_attrs.into_keys()).collect();
        names.sort();
        names
    };
    assert_eq!(names(&["SN", "EMPLOYEEid", "nothing"]).await, ["employeeID", "sn"]);
    assert_eq!(names(&["1.1"]).await, [""; 0]);
    let all = names(&["*"]).await;
    assert!(all.contains(&"objectGUID".to_owned()) && all.contains(&"cn".to_owned()), "{all:?}");
    assert_eq!(names(&[]).await, all);
}

#[tokio::test]
async fn types_only_and_the_clients_own_limit() {
    let directory = directory(5).await;
    let mut ldap = reader(&directory).await;
    ldap.with_search_options(SearchOptions::new().typesonly(true).sizelimit(2));
    let found = search(&mut ldap, PEOPLE, Scope::Subtree, EVERYBODY, &["sn"]).await;
    assert_eq!((found.result.rc, found.entries.len()), (4, 2));
    assert!(found.entries.iter().all(|entry| entry.attrs["sn"].is_empty()));
}

#[tokio::test]
async fn a_guid_is_generated_the_same_and_found_by_its_bytes() {
    let (one, two) = (directory(50).await, directory(50).await);
    let mut ldap = reader(&one).await;
    for number in 0..50 {
        let guid = one.get(&dn(number)).unwrap().values("objectGUID")[0].clone();
        assert_eq!(guid.len(), 16);
        assert_eq!(two.get(&dn(number)).unwrap().values("objectGUID")[0], guid);
        let found = find(&mut ldap, ROOT, &format!("(&{}{EVERYBODY})", by_bytes("objectGUID", &guid))).await;
        assert_eq!(found.names(), [dn(number)]);
    }
    let guid = one.get(&dn(0)).unwrap().values("objectGUID")[0].clone();
    let both = format!("(|{}{})", by_bytes("objectGUID", &guid), by_bytes("objectGUID", b"nobody's guid..."));
    assert_eq!(find(&mut ldap, ROOT, &both).await.names(), [dn(0)]);
    let no_longer = format!("(&{}(employeeID=x))", by_bytes("objectGUID", &guid));
    assert_eq!(find(&mut ldap, ROOT, &no_longer).await.entries.len(), 0);
}

#[tokio::test]
async fn slapd_generates_uuids_and_shows_them_to_those_who_ask() {
    let directory = start(Options::openldap()).await;
    directory
        .add(Entry::new("uid=a,ou=people,dc=corp,dc=example,dc=com").with("objectClass", "inetOrgPerson"))
        .unwrap();
    let mut ldap = connect(&directory).await;
    let root = "dc=corp,dc=example,dc=com";
    assert_eq!(find(&mut ldap, root, "(uid=a)").await.values("entryUUID"), [b""; 0]);
    let found = search(&mut ldap, root, Scope::Subtree, "(uid=a)", &["+"]).await;
    let uuid = String::from_utf8(found.values("entryUUID").remove(0)).unwrap();
    assert_eq!(uuid.len(), 36);
    assert!(found.values("uid").is_empty());
    let found = find(&mut ldap, root, &format!("(entryUUID={})", uuid.to_uppercase())).await;
    assert_eq!(found.names(), ["uid=a,ou=people,dc=corp,dc=example,dc=com"]);
}

#[tokio::test]
async fn a_search_from_the_root_refers_elsewhere_unless_told_not_to() {
    let directory = directory(1).await;
    let mut ldap = reader(&directory).await;
    assert_eq!(find(&mut ldap, ROOT, EVERYBODY).await.result.refs.len(), 3);
    assert_eq!(find(&mut ldap, PEOPLE, EVERYBODY).await.result.refs.len(), 0);
    ldap.with_controls(control("1.2.840.113556.1.4.1339"));
    let found = find(&mut ldap, ROOT, EVERYBODY).await;
    assert_eq!((found.result.refs.len(), found.entries.len()), (0, 1));
}

#[tokio::test]
async fn what_must_not_be_overlooked_is_refused() {
    let (microsoft, slapd) = (directory(1).await, start(Options::openldap()).await);
    let (mut one, mut two) = (reader(&microsoft).await, connect(&slapd).await);
    for (oid, of_microsoft, of_slapd) in
        [("1.2.840.113556.1.4.417", 0, 12), ("1.2.840.113556.1.4.1339", 0, 12), ("1.2.3.4", 12, 12)]
    {
        one.with_controls(control(oid));
        assert_eq!(find(&mut one, PEOPLE, EVERYBODY).await.result.rc, of_microsoft, "{oid}");
        two.with_controls(control(oid));
        assert_eq!(find(&mut two, "", "(cn=*)").await.result.rc, of_slapd, "{oid}");
    }
    one.with_controls(ldap3::controls::RawControl { crit: false, ..control("1.2.3.4") });
    assert_eq!(find(&mut one, PEOPLE, EVERYBODY).await.result.rc, 0);
}

#[tokio::test]
async fn the_root_dse_tells_who_this_is_without_a_bind() {
    let directory = directory(0).await;
    let mut ldap = connect(&directory).await;
    let found = search(&mut ldap, "", Scope::Base, "(objectClass=*)", &["*"]).await;
    assert_eq!(found.values("defaultNamingContext"), [ROOT.as_bytes()]);
    assert_eq!(found.values("dnsHostName"), [b"dc1.corp.example.com"]);
    assert!(found.values("supportedCapabilities").contains(&b"1.2.840.113556.1.4.800".to_vec()));
    for oid in ["1.2.840.113556.1.4.319", "1.2.840.113556.1.4.417", "1.2.840.113556.1.4.1339"] {
        assert!(found.values("supportedControl").contains(&oid.as_bytes().to_vec()), "{oid}");
    }
    assert!(found.values("dsServiceName")[0].starts_with(b"CN=NTDS Settings,CN=DC1,CN=Servers,"));

    let slapd = start(Options::openldap()).await;
    let mut ldap = connect(&slapd).await;
    let found = search(&mut ldap, "", Scope::Base, "(objectClass=*)", &["*", "+"]).await;
    assert!(found.values("objectClass").contains(&b"OpenLDAProotDSE".to_vec()));
    assert!(found.values("currentTime").is_empty());
    assert_eq!(found.values("namingContexts"), [b"dc=corp,dc=example,dc=com"]);
}

#[tokio::test]
async fn the_clock_can_be_wrong() {
    let directory = directory(0).await;
    let mut ldap = connect(&directory).await;
    for hours in [0, 7, -7] {
        directory.skew(SignedDuration::from_hours(hours));
        let found = search(&mut ldap, "", Scope::Base, "(objectClass=*)", &["currentTime"]).await;
        let told = String::from_utf8(found.values("currentTime").remove(0)).unwrap();
        let told = jiff::civil::DateTime::strptime("%Y%m%d%H%M%S.0Z", told).unwrap();
        let told = told.to_zoned(jiff::tz::TimeZone::UTC).unwrap().timestamp();
        let ahead = told.duration_since(Timestamp::now()).as_secs() - hours * 3600;
        assert!(ahead.abs() <= PATIENCE_SECONDS, "{ahead}");
    }
}

const PATIENCE_SECONDS: i64 = 20;

#[tokio::test]
async fn many_connections_are_served_at_once() {
    let directory = directory(20).await;
    let mut readers = Vec::new();
    for _ in 0..8 {
        readers.push(reader(&directory).await);
    }
    for ldap in &mut readers {
        assert_eq!(find(ldap, PEOPLE, EVERYBODY).await.entries.len(), 20);
    }
    assert_eq!(directory.seen().connections, 8);
}

#[tokio::test]
async fn nothing_is_written_over_ldap() {
    let directory = directory(1).await;
    let mut ldap = reader(&directory).await;
    assert_eq!(within(ldap.delete(&dn(0))).await.unwrap().rc, 53);
    assert_eq!(directory.get(&dn(0)).unwrap().text("sn"), person(0).text("sn"));
}
