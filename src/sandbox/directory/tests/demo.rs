//! The shipped people.

use std::collections::BTreeSet;

use ldap3::Scope;

use super::{EVERYBODY, Found, Options, PEOPLE, READER, ROOT, SECRET, find, pages, reader, search, start};
use crate::sandbox::directory::{DEMO, Directory};

const BOARD: &str = "CN=Board,OU=Groups,DC=corp,DC=example,DC=com";
const SERVICE: &str = "CN=svc-rosterd,OU=Service,DC=corp,DC=example,DC=com";

async fn demo() -> Directory {
    let directory = start(Options::active_directory().account(READER, SECRET)).await;
    assert_eq!(directory.load(DEMO).unwrap(), directory.count());
    directory
}

fn texts<'a>(found: &'a Found, attribute: &str) -> Vec<&'a str> {
    let values = found.entries.iter().filter_map(|entry| entry.attrs.get(attribute));
    values.flatten().map(String::as_str).collect()
}

#[tokio::test]
async fn everybody_has_what_targets_demand_and_lacks_what_they_do_not() {
    let directory = demo().await;
    let mut ldap = reader(&directory).await;
    let people = find(&mut ldap, PEOPLE, EVERYBODY).await;
    assert_eq!(people.entries.len(), 260);
    for attribute in ["employeeID", "mail", "sAMAccountName", "userPrincipalName"] {
        let values: BTreeSet<_> = texts(&people, attribute).into_iter().collect();
        assert_eq!(values.len(), 260, "{attribute}");
    }
    assert!(texts(&people, "mail").iter().all(|mail| mail.is_ascii() && mail.ends_with("@example.com")));
    for attribute in ["givenName", "sn", "cn", "displayName", "l", "c", "co", "department", "employeeType"] {
        assert_eq!(texts(&people, attribute).len(), 260, "{attribute}");
    }
    for attribute in ["title", "telephoneNumber", "physicalDeliveryOfficeName", "manager"] {
        assert!((200..260).contains(&texts(&people, attribute).len()), "{attribute}");
    }
    assert!(texts(&people, "cn").iter().all(|cn| cn.chars().count() <= 64));
    assert_eq!(pages(&mut ldap, EVERYBODY, 100).await, [100, 100, 60]);
}

#[tokio::test]
async fn some_have_gone_and_some_will() {
    let directory = demo().await;
    let mut ldap = reader(&directory).await;
    let mut count =
        async |filter: &str| find(&mut ldap, PEOPLE, &format!("(&{EVERYBODY}{filter})")).await.entries.len();
    assert_eq!(count("(userAccountControl:1.2.840.113556.1.4.803:=2)").await, 6);
    assert_eq!(count("(&(accountExpires>=1)(accountExpires<=134000000000000000))").await, 4);
    assert_eq!(count("(&(accountExpires>=134000000000000000)(!(accountExpires=9223372036854775807)))").await, 2);
    assert_eq!(count("(employeeType=left)").await, 2);
    assert_eq!(count("(employeeType=intern)").await, 5);
}

#[tokio::test]
async fn there_are_others_whom_each_part_of_the_filter_keeps_out() {
    let directory = demo().await;
    let mut ldap = reader(&directory).await;
    let mut count = async |filter: &str| find(&mut ldap, ROOT, filter).await.entries.len();
    assert_eq!(count(EVERYBODY).await, 260);
    assert!(count("(&(objectClass=user)(employeeID=*))").await > 260);
    assert!(count("(&(objectCategory=person)(employeeID=*))").await > 260);
    assert!(count("(&(objectCategory=person)(objectClass=user))").await > 265);
    assert_eq!(count("(sAMAccountName=svc-rosterd-canary)").await, 1);
    assert!(directory.get(SERVICE).is_some());
}

#[tokio::test]
async fn groups_and_members_agree_and_managers_exist() {
    let directory = demo().await;
    let mut ldap = reader(&directory).await;
    let board = directory.get(BOARD).unwrap();
    let by_group: BTreeSet<_> =
        board.values("member").iter().map(|dn| String::from_utf8(dn.clone()).unwrap()).collect();
    let found = search(&mut ldap, PEOPLE, Scope::Subtree, &format!("(memberOf={BOARD})"), &["1.1"]).await;
    let by_person: BTreeSet<_> = found.entries.into_iter().map(|entry| entry.dn).collect();
    assert_eq!(by_group, by_person);
    assert_eq!(by_group.len(), 7);
    let managed = find(&mut ldap, PEOPLE, "(manager=*)").await;
    for manager in texts(&managed, "manager") {
        assert!(directory.get(manager).is_some(), "{manager}");
    }
}

#[tokio::test]
async fn names_are_those_of_the_whole_world() {
    let directory = demo().await;
    let mut ldap = reader(&directory).await;
    for filter in
        ["(givenName=łukasz)", "(sn=*'*)", "(sn=佐藤)", "(givenName=فاطمة)", "(sn=шевченко)", "(givenName=ÅSE)"]
    {
        let found = find(&mut ldap, PEOPLE, filter).await;
        assert_eq!(found.entries.is_empty(), filter == "{filter}");
    }
    let found = find(&mut ldap, &format!("OU=Kraków,{PEOPLE}"), EVERYBODY).await;
    assert_eq!(found.entries.len(), 38);
}
