//! Groups within groups of a real domain: a change in a group touches nobody's entry, and concerns exactly those below.

use rosterd::sandbox::veris;
use serde_json::Value;

use crate::fixtures::program::Output;
use crate::fixtures::road::{Bench, Sync};
use crate::fixtures::samba::{BASE, PEOPLE, SERVICE, Samba, person_dn};

/// A company whose people are in Oslo when they are in a group.
struct Company {
    bench: Bench,
    samba: Samba,
}

impl Company {
    fn of(samba: Samba, group: &str) -> Self {
        let sync = Sync::of_active_directory("people", PEOPLE);
        let mut bench = Bench::new(&samba.ldaps_url(), SERVICE, sync, veris::Options::default());
        bench.config.directory = format!("tls: {{ ca: {} }}", samba.ca().display());
        bench.config.sync().fields = format!("city: \"{{{{ 'Oslo' if in_group('{group}') else 'Bergen' }}}}\"");
        bench.config.sync().more = "limits: { change: { percent: 100 } }".to_owned();
        Self { bench, samba }
    }

    /// A sync of twelve that ends well, and so many of them changed: the others were not even judged.
    #[track_caller]
    fn changes(&self, changed: i64, in_oslo: &[usize]) {
        let json = self.sync().ended("ok", 0);
        let count = |name: &str| json["members"][name].as_i64().unwrap();
        assert_eq!((count("changed"), count("joined") + count("unchanged")), (changed, 12 - changed), "{json}");
        let members = self.bench.sandbox.members().into_iter();
        let members = members.map(|(id, member)| (id, serde_json::to_value(member.fields).unwrap()));
        let there: Vec<_> = members.filter(|(_, fields)| fields["city"] == "Oslo").map(|(id, _)| id).collect();
        let mut expected: Vec<String> = in_oslo.iter().map(|number| format!("E{number}")).collect();
        expected.sort();
        assert_eq!(there, expected);
    }

    fn sync(&self) -> Output {
        self.bench.sync()
    }

    fn members(&self, group: &str, change: &str, member: &str) {
        self.samba.modify(&format!("dn: {group}\nchangetype: modify\n{change}: member\nmember: {member}\n"));
    }
}

fn group(name: &str) -> String {
    format!("CN={name},OU=Groups,{BASE}")
}

const STAFF: [usize; 9] = [1, 2, 3, 5, 6, 7, 9, 10, 11];

#[test]
#[ignore = "needs root: tests/samba/run"]
fn three_deep_and_in_a_circle() {
    let company = Company::of(Samba::start(), &group("staff").replace(',', ", "));
    company.changes(0, &STAFF);
    company.changes(0, &STAFF);
    company.members(&group("Staff"), "delete", &group("Engineering"));
    company.changes(6, &[3, 7, 11]);
    company.members(&group("Staff"), "add", &group("Platform"));
    company.changes(3, &[1, 3, 5, 7, 9, 11]);
    company.members(&group("Platform"), "add", &group("Staff"));
    company.changes(0, &[1, 3, 5, 7, 9, 11]);
    company.members(&group("Platform"), "add", &group("Engineering"));
    company.changes(3, &STAFF);
    // Who was in it twice is in it still.
    company.members(&group("Engineering"), "delete", &group("Platform"));
    company.changes(0, &STAFF);
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn the_primary_group() {
    let users = format!("CN=Domain Users,CN=Users,{BASE}");
    let everybody: Vec<usize> = (1..=12).collect();
    let samba = Samba::start();
    let all = group("All");
    let new = "changetype: add\nobjectClass: group\nsAMAccountName: All\ngroupType: -2147483644\n";
    samba.modify(&format!("dn: {all}\n{new}member: {users}\n"));
    let company = Company::of(samba, &all);
    company.changes(0, &everybody);
    // Another primary group: Domain Users is a link now, and Staff is none any more.
    let staff = company.samba.value(&group("Staff"), "primaryGroupToken").unwrap();
    company.samba.set(&person_dn(3), "primaryGroupID", &staff);
    company.changes(0, &everybody);
    company.members(&users, "delete", &person_dn(3));
    company.changes(1, &[1, 2, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    company.members(&all, "add", &group("Staff"));
    company.changes(1, &everybody);
}

#[test]
#[ignore = "needs root: tests/samba/run"]
fn what_can_not_be_seen_is_not_guessed() {
    let company = Company::of(Samba::start(), &group("Staff"));
    company.changes(0, &STAFF);
    let says = |words: &[&str]| drop::<Value>(company.sync().says("failed", 1, words));
    company.samba.rename(&group("Staff"), &group("Crew"));
    says(&["the group `CN=Staff,OU=Groups,", "does not exist"]);
    company.samba.rename(&group("Crew"), &group("Staff"));
    company.changes(0, &STAFF);
    // `memberOf` of nobody may be read.
    let rights = company.samba.deny(BASE, "(OD;CI;RP;bf967991-0de6-11d0-a285-00aa003049e2;;AU)");
    says(&["the members of the group `CN=Staff,", "let the bind account read `memberOf`"]);
    company.samba.set_rights(BASE, &rights);
    company.changes(0, &STAFF);
}
