//! What changed, as a domain controller tells it.

use std::collections::BTreeMap;

use rosterd::directory::changes::{Changed, Changes, Delta, Handle, Mark, Position, Way, Whom};
use rosterd::directory::ldap::Session;
use rosterd::directory::{Attributes, Kind, Query};

use super::{query, read, settings};
use crate::fixtures::samba::{BASE, ELSEWHERE, PEOPLE, SEES_DELETED, SERVICE, Samba, person_dn};

/// Somebody who follows a domain, where it stood, and its people by handle.
struct Followed {
    session: Session,
    query: Query,
    mark: Mark,
    people: BTreeMap<Handle, String>,
    account: (&'static str, &'static str),
}

impl Followed {
    async fn new(samba: &Samba, account: (&'static str, &'static str), query: Query) -> Self {
        let session = Session::open(&settings(samba, account)).await.unwrap();
        let (entries, end) = read(&session, &query).await;
        let value = |entry: &rosterd::directory::Entry, name| {
            entry.first(query.attributes.slot(name).unwrap()).unwrap().to_vec()
        };
        let person = |entry: &rosterd::directory::Entry| {
            let handle = Handle::of(Kind::ActiveDirectory, &value(entry, "objectGUID")).unwrap();
            (handle, String::from_utf8(value(entry, "employeeID")).unwrap())
        };
        let people = entries.iter().map(person).collect();
        let mark = end.marks.expect("a way").each()[0].clone();
        Self { session, query, mark, people, account }
    }

    /// By a connection of its own, as each run has.
    async fn changed(&mut self, samba: &Samba) -> Changed {
        self.session = Session::open(&settings(samba, self.account)).await.unwrap();
        self.session.changed(&self.query, &self.mark).await.unwrap()
    }

    async fn since(&mut self, samba: &Samba) -> Delta {
        match self.changed(samba).await {
            Changed::Since(delta) => {
                self.mark = delta.marks.each()[0].clone();
                delta
            }
            Changed::Unknown(why) => panic!("{why}"),
        }
    }

    async fn unknown(&mut self, samba: &Samba) -> String {
        match self.changed(samba).await {
            Changed::Unknown(why) => why,
            Changed::Since(delta) => panic!("{delta:?}"),
        }
    }

    /// The people that are touched now, by number.
    async fn touched(&mut self, samba: &Samba) -> Vec<&str> {
        let delta = self.since(samba).await;
        assert_eq!(delta.present, None);
        let mut touched: Vec<&str> =
            delta.touched.iter().filter_map(|handle| self.people.get(handle)).map(String::as_str).collect();
        touched.sort_unstable();
        touched
    }
}

fn by(way: Way) -> Query {
    Query { changes: Changes::By(way), ..query() }
}

#[tokio::test]
#[ignore = "needs root: tests/samba/run"]
async fn by_usn_each_change_touches_whom_it_concerns() {
    let samba = Samba::start();
    for (account, sees_deleted, base) in [(SERVICE, false, 1), (SEES_DELETED, true, 7)] {
        let mut followed = Followed::new(&samba, account, by(Way::Usn)).await;
        let person = |at: usize| person_dn(base + at);
        let id = |at: usize| format!("E{}", base + at);
        // A logon is a change of the account, and of nobody else.
        assert_eq!(followed.touched(&samba).await, [""; 0]);
        let before = followed.mark.clone();
        assert_eq!(followed.since(&samba).await.touched, []);
        assert_eq!(followed.mark, before);
        samba.set(&person(0), "title", "Head");
        assert_eq!(followed.touched(&samba).await, [id(0)]);
        samba.set(&person(1), "userAccountControl", "514");
        assert_eq!(followed.touched(&samba).await, [id(1)]);
        samba.rename(&person(2), &format!("CN=p{},{ELSEWHERE}", base + 2));
        assert_eq!(followed.touched(&samba).await, [id(2)]);
        samba.rename(&person(3), &format!("CN=renamed{base},OU=Sales,{PEOPLE}"));
        assert_eq!(followed.touched(&samba).await, [id(3)]);
        samba.delete(&person(4));
        let gone = id(4);
        let expected: &[&str] = if sees_deleted { &[&gone] } else { &[] };
        assert_eq!(followed.touched(&samba).await, expected);
        samba.hire(20 + base);
        assert!(!followed.since(&samba).await.touched.is_empty());
        // All of it again; what was fetched is what the search finds.
        followed.mark = before;
        let delta = followed.since(&samba).await;
        let whom = Whom { handles: delta.touched, keys: Vec::new() };
        let found = followed.session.fetch(&followed.query, &whom).await.unwrap();
        assert_eq!(found.len(), 4, "{found:?}");
        let key = followed.people.keys().next().unwrap().to_key();
        let dates = followed.session.dates(&followed.query, std::slice::from_ref(&key)).await.unwrap();
        assert_eq!(dates.len(), 1);
        assert!(dates[0].0 == key && dates[0].1.as_second() > 1_700_000_000);
    }
}

#[tokio::test]
#[ignore = "needs root: tests/samba/run"]
async fn a_mark_of_another_database_tells_nothing() {
    let samba = Samba::shared();
    let mut followed = Followed::new(&samba, SERVICE, by(Way::Usn)).await;
    let good = followed.mark.clone();
    let Position::Usn { invocation, highest } = good.position.clone() else { panic!("{good:?}") };
    assert_eq!(invocation.len(), 36);
    followed.mark.position = Position::Usn { invocation: invocation.replace(&invocation[..1], "x"), highest };
    assert!(followed.unknown(&samba).await.contains("another one: restored from a backup?"));
    followed.mark.position = Position::Usn { invocation, highest: highest + 1_000_000 };
    assert!(followed.unknown(&samba).await.contains("restored from a snapshot?"));
    followed.mark = good;
    followed.query.changes = Changes::By(Way::Timestamp);
    assert!(followed.unknown(&samba).await.contains("no longer allows usn"));
    followed.query.changes = Changes::Auto;
    let told = followed.session.way(&followed.query).await.unwrap();
    assert_eq!(told.way, Some(Way::Usn));
    assert_eq!(told.why, "the best way there is");
    followed.query.changes = Changes::By(Way::Syncrepl);
    let told = followed.session.way(&followed.query).await.unwrap();
    assert!(told.way.is_none() && told.why.contains("does not offer RFC 4533"), "{}", told.why);
}

#[tokio::test]
#[ignore = "needs root: tests/samba/run"]
async fn what_can_not_be_read_is_said() {
    let samba = Samba::start();
    let mut followed = Followed::new(&samba, SERVICE, by(Way::Usn)).await;
    // `uSNChanged` (MS-ADA3 2.343) of nobody may be read any more.
    let rights = samba.deny(BASE, "(OD;CI;RP;bf967a6f-0de6-11d0-a285-00aa003049e2;;AU)");
    samba.set(&person_dn(1), "title", "Head");
    let why = followed.unknown(&samba).await;
    assert!(why.contains("people do not show their `uSNChanged`"), "{why}");
    let told = followed.session.way(&Query { changes: Changes::Auto, ..query() }).await.unwrap();
    assert_eq!(told.way, Some(Way::Timestamp));
    assert!(told.why.contains("not usn: people do not show their `uSNChanged`"), "{}", told.why);
    samba.set_rights(BASE, &rights);
    assert_eq!(followed.touched(&samba).await, ["E1"]);
}

#[tokio::test]
#[ignore = "needs root: tests/samba/run"]
async fn a_change_in_a_group_is_no_change_of_its_people() {
    let samba = Samba::start();
    let group = |name: &str| format!("CN={name},OU=Groups,{BASE}");
    let mut attributes = Attributes::clone(&query().attributes);
    attributes.add_group(&group("Staff"));
    let changes = |change: &str, group: &str, member: &str| {
        samba.modify(&format!("dn: {group}\nchangetype: modify\n{change}: member\nmember: {member}\n"));
    };
    for way in [Way::Usn, Way::Timestamp] {
        let query = Query { attributes: attributes.clone().into(), ..by(way) };
        let mut followed = Followed::new(&samba, SERVICE, query).await;
        followed.since(&samba).await;
        // Far down in the tree.
        changes("add", &group("Engineering"), &person_dn(4));
        assert_eq!(followed.unknown(&samba).await, "the groups that `in_group` names changed");
        changes("delete", &group("Engineering"), &person_dn(4));
        assert_eq!(followed.unknown(&samba).await, "the groups that `in_group` names changed");
    }
}

#[tokio::test]
#[ignore = "needs root: tests/samba/run"]
async fn by_timestamp_whoever_changed_lately_is_touched() {
    let samba = Samba::start();
    for (account, sees_deleted) in [(SERVICE, false), (SEES_DELETED, true)] {
        let mut followed = Followed::new(&samba, account, by(Way::Timestamp)).await;
        let Position::Timestamp { latest: Some(latest) } = followed.mark.position else {
            panic!("{:?}", followed.mark)
        };
        samba.set(&person_dn(1), "title", "Head");
        samba.rename(&person_dn(2), &format!("CN=p2,{ELSEWHERE}"));
        samba.rename(&format!("CN=p2,{ELSEWHERE}"), &person_dn(2));
        let gone = if sees_deleted { 4 } else { 3 };
        samba.delete(&person_dn(gone));
        let gone = format!("E{gone}");
        let touched = followed.touched(&samba).await;
        assert!(touched.contains(&"E1") && touched.contains(&"E2"), "{touched:?}");
        assert_eq!(touched.contains(&gone.as_str()), sees_deleted);
        assert!(matches!(followed.mark.position, Position::Timestamp { latest: Some(now) } if now >= latest));
    }
}
