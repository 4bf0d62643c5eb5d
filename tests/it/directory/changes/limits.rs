//! What an account may not see, and what a server does not tell.

use rosterd::directory::changes::{Changes, Mark, Position, Way};
use rosterd::directory::ldap::{Session, Told};

use super::{Followed, PEOPLE, asking, dn, mark, people, query, set};
use crate::directory::settings;
use crate::fixtures::ldif::{self, BASE, entry};
use crate::fixtures::slapd::Slapd;

async fn told(slapd: &Slapd, changes: Changes) -> Told {
    let query = rosterd::directory::Query { changes, ..query(Way::Usn) };
    let mut session = Session::open(&settings(&[&slapd.url()])).await.unwrap();
    let told = session.way(&query).await.unwrap();
    assert_eq!(mark(slapd, &query).await.map(|mark| mark.position.way()), told.way);
    told
}

#[tokio::test]
async fn the_best_way_is_taken_and_the_rest_said() {
    let hidden = |what: &str| format!("access to {what} by * none");
    let below = format!("dn.children={PEOPLE}");
    let (syncrepl, timestamp) = (Some(Way::Syncrepl), Some(Way::Timestamp));
    for (access, way, words) in [
        (String::new(), syncrepl, "the best way there is"),
        (
            hidden(&format!("dn.exact={BASE} attrs=contextCSN")),
            timestamp,
            "not syncrepl: `dc=roster,dc=test` does not show its `contextCSN`",
        ),
        (
            hidden(&format!("{below} attrs=entryUUID")),
            None,
            "not timestamp: people do not show their `entryUUID`: let the bind account search and read it",
        ),
        (
            format!("access to {below} attrs=entryUUID by * search"),
            None,
            "not syncrepl: people do not show their `entryUUID`",
        ),
        (
            hidden(&format!("{below} attrs=modifyTimestamp")) + "\n" + &hidden("attrs=contextCSN"),
            None,
            "not timestamp: people do not show their `modifyTimestamp`",
        ),
    ] {
        let slapd = Slapd::start_with(&people(2), &access);
        let told = told(&slapd, Changes::Auto).await;
        assert_eq!(told.way, way, "{access}: {}", told.why);
        assert!(told.why.contains(words), "{}", told.why);
    }
}

#[tokio::test]
async fn a_way_that_is_configured_is_taken_or_none() {
    let slapd = Slapd::start(&people(2));
    for (changes, way, words) in [
        (Changes::Full, None, "`changes: full`"),
        (Changes::By(Way::Usn), None, "not usn: only a domain controller"),
        (Changes::By(Way::Syncrepl), Some(Way::Syncrepl), "as `changes` says"),
        (Changes::By(Way::Timestamp), Some(Way::Timestamp), "as `changes` says"),
    ] {
        let told = told(&slapd, changes).await;
        assert_eq!(told.way, way);
        assert!(told.why.contains(words), "{}", told.why);
    }
    // Where nobody is yet, what is at the base stands for them.
    let slapd = Slapd::start(&ldif::skeleton());
    assert_eq!(told(&slapd, Changes::Auto).await.way, Some(Way::Syncrepl));
}

#[tokio::test]
async fn a_change_in_a_group_is_no_change_of_its_people() {
    let group = format!("cn=board,{BASE}");
    let members = [("objectClass", "groupOfNames"), ("cn", "board"), ("member", &dn(1))];
    for way in [Way::Syncrepl, Way::Timestamp] {
        let slapd = Slapd::start(&(people(3) + &entry(&group, &members)));
        let mut followed = Followed::new(slapd, asking(&query(way), &group)).await;
        assert!(followed.mark.groups.is_some());
        assert!(followed.after(&set(&dn(1), "title", "Head")).await.contains(&1));
        followed.slapd.modify(&set(&group, "description", "no member"));
        followed.since().await;
        followed.slapd.modify(&set(&group, "member", &dn(2)));
        let why = followed.unknown().await;
        assert_eq!(why, "the groups that `in_group` names changed");
        followed.slapd.modify(&set(&group, "member", &dn(1)));
        followed.since().await;
    }
}

#[tokio::test]
async fn whom_only_the_server_knows_can_not_be_read() {
    let slapd = Slapd::start_with(&people(1), &format!("access to dn.children={PEOPLE} attrs=entryUUID by * none"));
    let cookies = vec!["rid=001,csn=19990101000000.000000Z#000000#000#000000".to_owned()];
    let mark = Mark { position: Position::Syncrepl { cookies, witnesses: Vec::new() }, groups: None, places: None };
    let why = Followed { slapd, query: query(Way::Syncrepl), mark }.unknown().await;
    assert!(why.starts_with("people do not show their `entryUUID`"), "{why}");
}

#[tokio::test]
async fn probes_are_looked_for() {
    let slapd = Slapd::start(&people(1));
    let mut query = query(Way::Syncrepl);
    query.require = vec!["(uid=p0)".to_owned(), "(uid=canary)".to_owned()];
    let mut followed = Followed::new(slapd, query).await;
    assert_eq!(followed.since().await.probes_missing, ["(uid=canary)"]);
}
