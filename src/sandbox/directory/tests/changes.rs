use ldap3::Scope;

use super::{EVERYBODY, PEOPLE, ROOT, by_bytes, control, directory, dn, find, person, reader};
use crate::sandbox::directory::{Directory, Refusal};

const SHOW_DELETED: &str = "1.2.840.113556.1.4.417";

fn guid(directory: &Directory, dn: &str) -> Vec<u8> {
    directory.get(dn).unwrap().values("objectGUID")[0].clone()
}

#[tokio::test]
async fn changes_show_at_once() {
    let directory = directory(3).await;
    let mut ldap = reader(&directory).await;
    directory.modify(&dn(0), "sn", ["Ny"]).unwrap();
    directory.clear(&dn(1), "sn").unwrap();
    directory.add(person(3)).unwrap();
    assert_eq!(find(&mut ldap, PEOPLE, "(sn=ny)").await.names(), [dn(0)]);
    assert_eq!(find(&mut ldap, PEOPLE, "(&(employeeID=*)(!(sn=*)))").await.names(), [dn(1)]);
    assert_eq!(find(&mut ldap, PEOPLE, EVERYBODY).await.entries.len(), 4);
}

#[tokio::test]
async fn a_rename_keeps_the_key_and_takes_those_below_along() {
    let directory = directory(2).await;
    let key = guid(&directory, &dn(1));
    let count = directory.count();
    directory.rename(PEOPLE, &format!("OU=Staff\\, all,{ROOT}")).unwrap();
    let moved = format!("CN=Person 1,OU=Staff\\, all,{ROOT}");
    assert_eq!((guid(&directory, &moved), directory.count()), (key.clone(), count));
    let married = format!("CN=Somebody Else,{ROOT}");
    directory.rename(&moved, &married).unwrap();
    let mut ldap = reader(&directory).await;
    let found = find(&mut ldap, ROOT, &by_bytes("objectGUID", &key)).await;
    assert_eq!(found.names(), [married.as_str()]);
    assert_eq!(found.values("cn"), [b"Somebody Else"]);
    assert_eq!(found.values("distinguishedName"), [married.as_bytes()]);
    assert_eq!(find(&mut ldap, PEOPLE, "(cn=*)").await.result.rc, 32);
}

#[tokio::test]
async fn a_changed_key_is_found_by_its_new_value_only() {
    let directory = directory(1).await;
    let old = guid(&directory, &dn(0));
    directory.modify(&dn(0), "objectGUID", [b"0123456789abcdef"]).unwrap();
    let mut ldap = reader(&directory).await;
    assert_eq!(find(&mut ldap, ROOT, &by_bytes("objectGUID", &old)).await.entries.len(), 0);
    assert_eq!(find(&mut ldap, ROOT, &by_bytes("objectGUID", b"0123456789abcdef")).await.names(), [dn(0)]);
}

#[tokio::test]
async fn tombstones_show_to_those_who_may_see_them_and_ask() {
    let directory = directory(2).await;
    directory.modify(&dn(0), "objectGUID", [(0..16).collect::<Vec<u8>>()]).unwrap();
    let key = guid(&directory, &dn(0));
    let count = directory.count();
    directory.delete(&dn(0)).unwrap();
    assert_eq!((directory.count(), directory.get(&dn(0))), (count - 1, None));
    let mut ldap = reader(&directory).await;
    let by_key = by_bytes("objectGUID", &key);
    ldap.with_controls(control(SHOW_DELETED));
    assert_eq!(find(&mut ldap, ROOT, &by_key).await.entries.len(), 0);
    directory.configure(|options| options.sees_deleted = true);
    assert_eq!(find(&mut ldap, ROOT, &by_key).await.entries.len(), 0);
    ldap.with_controls(control(SHOW_DELETED));
    let found = find(&mut ldap, ROOT, &by_key).await;
    let grave = format!("CN=Person 0\\0ADEL:03020100-0504-0706-0809-0a0b0c0d0e0f,CN=Deleted Objects,{ROOT}");
    assert_eq!(found.names(), [grave]);
    assert_eq!(found.values("isDeleted"), [b"TRUE"]);
    assert_eq!(found.values("lastKnownParent"), [PEOPLE.as_bytes()]);
    assert_eq!(found.values("objectGUID"), [key]);
    assert!(found.values("employeeID").is_empty() && found.values("objectCategory").is_empty());
    ldap.with_controls(control(SHOW_DELETED));
    assert_eq!(find(&mut ldap, PEOPLE, "(isDeleted=TRUE)").await.entries.len(), 0);
    ldap.with_controls(control(SHOW_DELETED));
    let graves = super::search(&mut ldap, &format!("CN=Deleted Objects,{ROOT}"), Scope::OneLevel, "(cn=*)", &[]).await;
    assert_eq!(graves.entries.len(), 1);
}

#[tokio::test]
async fn whoever_comes_back_under_the_same_name_is_somebody_else() {
    let directory = directory(1).await;
    directory.modify(&dn(0), "objectGUID", [b"0123456789abcdef"]).unwrap();
    directory.delete(&dn(0)).unwrap();
    directory.add(person(0)).unwrap();
    assert_ne!(guid(&directory, &dn(0)), b"0123456789abcdef");
    directory.delete(&dn(0)).unwrap();
    directory.add(person(0)).unwrap();
    assert!(directory.get(&dn(0)).is_some());
}

#[tokio::test]
async fn changes_that_make_no_sense_are_refused() {
    let directory = directory(2).await;
    let (there, absent) = (dn(0), dn(9));
    assert_eq!(directory.add(person(0)), Err(Refusal::Exists(there.clone())));
    assert_eq!(directory.rename(&dn(1), &there), Err(Refusal::Exists(there)));
    assert_eq!(directory.delete(&absent), Err(Refusal::Absent(absent.clone())));
    assert_eq!(directory.clear(&absent, "sn"), Err(Refusal::Absent(absent.clone())));
    assert_eq!(directory.rename(&absent, &dn(10)), Err(Refusal::Absent(absent)));
    let elsewhere = super::Entry::new("CN=x,DC=other");
    assert_eq!(directory.add(elsewhere), Err(Refusal::Elsewhere("CN=x,DC=other".to_owned())));
    assert!(matches!(directory.load("nonsense"), Err(Refusal::Ldif(_))));
}
