//! Who is in which group: by members in a real slapd, by links as Active Directory is documented to give them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use rosterd::directory::ldap::{Error, Session};
use rosterd::directory::{Attributes, Query, Slot};

use super::active_directory::{ROOT, root_dse};
use super::{query, read, settings};
use crate::fixtures::ldif::{self, BASE, PEOPLE, entry};
use crate::fixtures::scripted::{Asked, Said, Scripted};
use crate::fixtures::slapd::Slapd;

fn asking(groups: &[&str]) -> Query {
    let query = query("(uid=*)");
    let mut attributes = Attributes::clone(&query.attributes);
    for group in groups {
        attributes.add_group(group);
    }
    Query { attributes: Arc::new(attributes), ..query }
}

/// The groups of each person by the first part of their DN.
async fn groups_of_people(url: &str, groups: &[&str]) -> Result<BTreeMap<String, Vec<String>>, Error> {
    let session = Session::open(&settings(&[url])).await.unwrap();
    let (entries, _) = read(&session, &asking(groups)).await?;
    let text = |value: &[u8]| String::from_utf8(value.to_vec()).unwrap();
    let of = |entry: &rosterd::directory::Entry| {
        let name = entry.dn().split(',').next().unwrap().to_owned();
        (name, entry.values(Slot::IN_GROUP).map(text).collect())
    };
    Ok(entries.iter().map(of).collect())
}

fn group(name: &str, class: &str, members: &[&str]) -> String {
    let attribute = if class == "groupOfUniqueNames" { "uniqueMember" } else { "member" };
    let members: Vec<_> = members.iter().map(|member| (attribute, *member)).collect();
    entry(&format!("cn={name},ou=elsewhere,{BASE}"), &[&[("objectClass", class), ("cn", name)], &members[..]].concat())
}

#[tokio::test]
async fn in_slapd_by_the_members_that_groups_list() {
    let at = |name: &str| format!("cn={name},ou=elsewhere,{BASE}");
    let person = |number: usize| format!("UID=P{number}, {PEOPLE}");
    let ldif = ldif::with_people(0..5)
        + &group("top", "groupOfNames", &[&at("middle"), &person(0), &at("gone")])
        + &group("middle", "groupOfUniqueNames", &[&at("low").to_uppercase()])
        + &group("low", "groupOfNames", &[&person(1), &person(2), &at("top")])
        + &group("other", "groupOfNames", &[&person(2), &person(3)]);
    let slapd = Slapd::start(&ldif);
    let (top, other) = (format!("CN=Top, OU=Elsewhere,{BASE}"), at("other"));
    let people = groups_of_people(&slapd.url(), &[&top, &other]).await.unwrap();
    let expected = [("uid=p0", vec![&top]), ("uid=p1", vec![&top]), ("uid=p2", vec![&top, &other])];
    let expected = expected.into_iter().chain([("uid=p3", vec![&other]), ("uid=p4", vec![])]);
    for (name, groups) in expected {
        let mut groups: Vec<_> = groups.into_iter().cloned().collect();
        groups.sort();
        assert_eq!(people[name], groups, "{name}");
    }
}

#[tokio::test]
async fn a_group_that_can_not_be_told_fails_the_reading() {
    let members = group("board", "groupOfNames", &[PEOPLE]) + &group("staff", "groupOfUniqueNames", &[PEOPLE]);
    let hidden = format!(
        "access to dn.exact=cn=staff,ou=elsewhere,{BASE} by * none\n\
         access to dn.exact=cn=board,ou=elsewhere,{BASE} attrs=member by * none"
    );
    let slapd = Slapd::start_with(&(ldif::with_people(0..1) + &members), &hidden);
    for (name, words) in [
        ("nobody", "names does not exist here"),
        ("staff", "the bind account may not see it"),
        ("board", "shows no members: let the bind account read its `member`"),
    ] {
        let dn = format!("cn={name},ou=elsewhere,{BASE}");
        let error = groups_of_people(&slapd.url(), &[&dn]).await.unwrap_err().to_string();
        assert!(error.contains(&format!("`{dn}`")) && error.contains(words), "{error}");
    }
    for dn in ["cn=board,dc=other,dc=test", PEOPLE] {
        let error = groups_of_people(&slapd.url(), &[dn]).await.unwrap_err();
        assert!(matches!(&error, Error::NoSuchGroup { group } if group == dn), "{error}");
    }
}

/// `objectSid` of a domain's object.
fn sid(id: u8) -> Vec<u8> {
    let head = [1, 5, 0, 0, 0, 0, 0, 5, 21, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3, 0, 0, 0];
    [&head[..], &[id, 2, 0, 0]].concat()
}

/// A domain with a circle of groups (Top, Middle, Low), people in Low by a link, and with Low as their primary group.
fn domain(asked: &Asked) -> Vec<Said> {
    let group = |name: &str, above: &str, id: u8| {
        let above = format!("CN={above},{ROOT}").into_bytes();
        let attributes = vec![("memberOf".to_owned(), vec![above]), ("objectSid".to_owned(), vec![sid(id)])];
        Said::Entry(format!("CN={name},{ROOT}"), attributes)
    };
    let person = |name: &str, links: &[(&str, &[&str])]| Said::entry(&format!("CN={name},{PEOPLE}"), links);
    let asks_below = |name: &str| asked.filter.iter().any(|leaf| *leaf == format!("CN={name},{ROOT}").into_bytes());
    let mut said = Vec::new();
    if asked.base == format!("cn=top,{ROOT}") {
        said.push(group("Top", "Low", 1));
    } else if asks_below("Top") {
        said.push(group("Middle", "Top", 2));
    } else if asks_below("Middle") {
        said.push(group("Low", "Middle", 3));
    } else if asks_below("Low") {
        said.push(group("Top", "Low", 1));
    } else if asked.attributes == ["memberOf;range=1-*"] {
        said.push(person("long", &[("memberOf;range=1-*", &["CN=Low,DC=roster,DC=test"])]));
    } else if asked.base == PEOPLE {
        said.push(person("linked", &[("memberOf", &["cn=low,dc=roster,dc=test"]), ("primaryGroupID", &["513"])]));
        said.push(person("long", &[("memberOf", &[]), ("memberOf;range=0-0", &["CN=Other,DC=roster,DC=test"])]));
        said.push(person("primary", &[("primaryGroupID", &["515"])]));
        said.push(person("nobody", &[("memberOf", &["CN=Other,DC=roster,DC=test"]), ("primaryGroupID", &["516"])]));
    }
    said.push(Said::success());
    said
}

#[tokio::test]
async fn in_active_directory_by_links_and_by_the_primary_group() {
    let searches = Arc::new(Mutex::new(0));
    let counted = Arc::clone(&searches);
    let server = Scripted::start(move |asked| {
        root_dse(asked, false).unwrap_or_else(|| {
            *counted.lock().unwrap() += 1;
            domain(asked)
        })
    });
    let server = server.await;
    let top = format!("cn=top,{ROOT}");
    let people = groups_of_people(&server.url(), &[&top]).await.unwrap();
    for (name, within) in [("linked", true), ("long", true), ("primary", true), ("nobody", false)] {
        let expected = if within { vec![top.clone()] } else { Vec::new() };
        assert_eq!(people[&format!("CN={name}")], expected, "{name}");
    }
    // The group, a level each, and the people with the rest of a long list.
    assert_eq!(*searches.lock().unwrap(), 1 + 3 + 2);
}

#[tokio::test]
async fn links_that_may_not_be_seen_are_not_taken_for_none() {
    for (links, ends_well) in [(false, false), (true, true)] {
        let server = Scripted::start(move |asked| {
            let group = Said::entry(&format!("CN=Top,{ROOT}"), &[("member", &["CN=a,OU=Elsewhere,DC=roster,DC=test"])]);
            let person = |place: &str, links: &[(&str, &[&str])]| Said::entry(&format!("CN=a,{place}"), links);
            root_dse(asked, false).unwrap_or_else(|| match asked.base.as_str() {
                PEOPLE => vec![person(PEOPLE, &[("primaryGroupID", &["513"])]), Said::success()],
                "CN=Top,DC=roster,DC=test" => vec![group, Said::success()],
                "CN=a,OU=Elsewhere,DC=roster,DC=test" if links => {
                    vec![person("OU=Elsewhere", &[("memberOf", &["CN=Top,DC=roster,DC=test"])]), Said::success()]
                }
                "CN=a,OU=Elsewhere,DC=roster,DC=test" => vec![person("OU=Elsewhere", &[]), Said::success()],
                _ => vec![Said::success()],
            })
        });
        let server = server.await;
        let outcome = groups_of_people(&server.url(), &["CN=Top,DC=roster,DC=test"]).await;
        match outcome {
            Ok(_) => assert!(ends_well),
            Err(error) => assert!(!ends_well && error.to_string().ends_with("read `memberOf`"), "{error}"),
        }
    }
}

#[tokio::test]
async fn groups_are_not_part_of_what_is_kept_of_people() {
    let server = Scripted::start(|asked| root_dse(asked, false).unwrap_or_else(|| domain(asked))).await;
    let session = Session::open(&settings(&[&server.url()])).await.unwrap();
    let mut query = asking(&[&format!("cn=top,{ROOT}")]);
    let salt = rosterd::roster::Fingerprint::of(b"salt");
    let (entries, _) = read(&session, &query).await.unwrap();
    let bare = rosterd::directory::EntryBuilder::new(entries[3].dn()).build();
    assert_eq!(entries[3].fingerprint(salt), bare.fingerprint(salt), "other groups are nobody's affair");
    assert_ne!(entries[2].fingerprint(salt), entries[3].fingerprint(salt));
    // Unless the mapping itself names the attribute.
    let mut attributes = Attributes::clone(&query.attributes);
    let slot = attributes.add("memberOf");
    query.attributes = Arc::new(attributes);
    let (entries, _) = read(&session, &query).await.unwrap();
    assert_eq!(entries[3].first(slot), Some(&b"CN=Other,DC=roster,DC=test"[..]));
}
