//! What goes wrong between two runs that read changes: the next one reads everybody and says why, or makes up for it.

use std::time::Duration;

use serde_json::Value;

use crate::fixtures::ldif::ELSEWHERE;
use crate::fixtures::road::Road;
use crate::fixtures::slapd::Slapd;

const HOUR: Duration = Duration::from_hours(1);

/// A road whose first reading is over.
fn followed(changes: &str) -> Road {
    let mut road = Road::alone(12, "");
    road.config.sync().more = format!("changes: {changes}");
    road.sync_well();
    road
}

/// A sync that reads changes, and ends well.
#[track_caller]
fn by_changes(road: &mut Road) -> Value {
    let json = road.sync().ended("ok", 0);
    println!("{json}");
    road.in_step();
    assert_eq!(json["read"]["mode"], "delta", "{json}");
    json
}

/// A sync that reads everybody, says why, and ends well.
#[track_caller]
fn by_everybody(road: &mut Road, words: &str) -> Value {
    let json = road.sync().ended("ok", 0);
    println!("{json}");
    road.in_step();
    let why = json["read"]["why"].as_str().unwrap_or_default();
    assert!(json["read"]["mode"] == "full" && why.contains(words), "{words:?} is not in {json}");
    // Once, not from now on.
    by_changes(road);
    json
}

/// The mark becomes what an expression of SQL says.
fn mark(road: &Road, mark: &str) {
    let marked = road.sql(&format!("UPDATE feed SET marks = {mark} WHERE marks IS NOT NULL RETURNING marks"));
    assert_eq!(marked.len(), 1);
}

fn cookie(road: &Road, cookie: &str) {
    mark(road, &format!("json_replace(marks, '$[0].position.syncrepl.cookies[0]', '{cookie}')"));
}

#[test]
fn a_mark_that_is_worth_nothing() {
    let mut road = followed("syncrepl");
    by_changes(&mut road);
    road.people.set(1, "title", "Chief Engineer 1");
    cookie(&road, "garbage");
    by_everybody(&mut road, "the mark is no cookie of OpenLDAP");
    road.people.fire([2]);
    cookie(&road, "rid=001,csn=20990101000000.000000Z#000000#000#000000");
    by_everybody(&mut road, "the server refused the mark");
    road.people.fire([3]);
    mark(&road, "'[]'");
    by_everybody(&mut road, "the sync reads other directories than before");
    road.people.fire([4]);
    mark(&road, "'of another version'");
    by_everybody(&mut road, "the directory did not tell where it stood (why: rosterd check)");
    // From before anything the server remembers.
    road.people.fire([5]);
    road.people.set(6, "employeeType", "left");
    cookie(&road, "rid=001,csn=19990101000000.000000Z#000000#000#000000");
    road.sync_well();
    by_changes(&mut road);
}

#[test]
fn a_server_that_forgot_who_went() {
    let mut road = followed("syncrepl");
    road.people.fire([1]);
    road.people.set(2, "title", "Chief Engineer");
    road.people.set(3, "employeeType", "left");
    road.people.transfer(4, ELSEWHERE);
    road.people.forget([4]);
    road.people.hire([13]);
    road.slapd.restart();
    assert_eq!(by_changes(&mut road)["members"]["left"], 3);
    road.people.fire([5]);
    assert_eq!(by_changes(&mut road)["members"]["left"], 1);
}

#[test]
fn a_server_restored_from_a_backup() {
    let mut road = followed("syncrepl");
    let (backup, then) = (road.slapd.back_up(), road.people.snapshot());
    road.people.set(1, "title", "Chief Engineer");
    road.people.fire([2]);
    road.people.hire([13]);
    by_changes(&mut road);
    road.slapd.restore(&backup);
    road.people.restored(then);
    let json = by_everybody(&mut road, "newer than provider");
    assert_eq!(
        (&json["members"]["changed"], &json["members"]["returned"], &json["members"]["left"]),
        (&1.into(), &1.into(), &1.into())
    );
}

#[test]
fn a_server_restored_from_a_backup_and_changed_since() {
    let mut road = followed("syncrepl");
    let (backup, then) = (road.slapd.back_up(), road.people.snapshot());
    road.people.set(1, "title", "Chief Engineer");
    road.people.fire([2]);
    road.people.hire([13]);
    by_changes(&mut road);
    road.slapd.restore(&backup);
    road.people.restored(then);
    // Later than the mark: it looks as if nothing else had happened.
    road.people.set(3, "title", "Chief Engineer");
    by_everybody(&mut road, "no longer holds the change up to which it told the last time");
}

#[test]
fn who_was_changed_last_is_deleted() {
    let mut road = followed("syncrepl");
    road.people.set(1, "title", "Chief Engineer");
    by_changes(&mut road);
    road.people.fire([1]);
    by_changes(&mut road);
    // Nobody is left by whom the database could be known again.
    road.people.set(2, "title", "Chief Engineer");
    by_changes(&mut road);
}

#[test]
fn another_server() {
    let mut road = followed("syncrepl");
    road.slapd.stop();
    let other = Slapd::like(&road.slapd);
    road.slapd.restart();
    road.config.url = format!("[{}, {}]", road.slapd.url(), other.url());
    by_changes(&mut road);
    other.modify(&format!(
        "dn: uid=p1,{}\nchangetype: modify\nreplace: title\ntitle: Head Engineer\n\n",
        road.config.sync().bases[0]
    ));
    road.people.set(1, "title", "Head Engineer");
    road.slapd.stop();
    by_everybody(&mut road, "another server answers than before");
    // The first one is back, with a change of its own that the other one never heard of.
    road.slapd.restart();
    road.people.set(2, "title", "Head Engineer");
    other.stop();
    by_everybody(&mut road, "another server answers than before");
}

#[test]
fn everybody_hidden_from_the_account() {
    let mut road = followed("syncrepl");
    let base = road.config.sync().bases[0].clone();
    road.people.set(1, "title", "Chief Engineer");
    road.slapd.restart_with(&format!("access to dn.children=\"{base}\" by * none"));
    road.sync().says("failed", 1, &["found nobody at all", "rights of the bind account"]);
    road.slapd.restart_with("");
    road.sync_well();
}

#[test]
fn a_base_hidden_from_the_account() {
    let mut road = Road::alone(8, "");
    road.config.sync().more = "changes: syncrepl".to_owned();
    road.config.sync().bases.push(ELSEWHERE.to_owned());
    road.people.hire_at(ELSEWHERE, 9..=12);
    road.sync_well();
    road.people.set(1, "title", "Chief Engineer");
    by_changes(&mut road);
    let before = road.requests();
    // Who is left shows that the others are not, which a reading of everybody would not believe.
    road.people.set(1, "title", "Head Engineer");
    road.slapd.restart_with(&format!("access to dn.children=\"{ELSEWHERE}\" by * none"));
    road.sync().says("failed", 1, &["search 2 found nobody"]);
    assert_eq!(road.requests(), before);
    road.slapd.restart_with("");
    road.sync_well();
}

#[test]
fn a_probe_that_is_not_found() {
    let mut road = Road::alone(12, "");
    road.config.sync().more = "changes: syncrepl\n    require: [\"(employeeNumber=E1)\"]".to_owned();
    road.sync_well();
    by_changes(&mut road);
    let before = road.requests();
    road.people.fire([1, 2]);
    road.sync().says("failed", 1, &["`require` found nobody for (employeeNumber=E1)"]);
    assert_eq!(road.requests(), before);
    road.people.hire([1]);
    by_changes(&mut road);
}

#[test]
fn a_sync_that_is_another_one() {
    let mut road = followed("syncrepl");
    road.later(HOUR * 23);
    by_changes(&mut road);
    road.later(HOUR);
    by_everybody(&mut road, "`full_reading` is due");
    road.config.sync().more = "changes: syncrepl\n    full_reading: 2h".to_owned();
    by_changes(&mut road);
    road.later(HOUR * 2);
    by_everybody(&mut road, "`full_reading` is due");
    road.config.sync().fields = "phone: telephoneNumber".to_owned();
    by_everybody(&mut road, "search, key, mapping or identity changed");
    road.config.sync().more = "changes: timestamp".to_owned();
    by_everybody(&mut road, "`changes` is another");
    road.config.sync().more = "changes: auto".to_owned();
    by_everybody(&mut road, "`changes` is another");
    road.config.dn = "cn=admin,dc=roster,dc=test".to_owned();
    road.config.password = "admin-password".to_owned();
    by_everybody(&mut road, "the bind account");
    road.config.sync().more = "changes: full".to_owned();
    assert_eq!(road.sync_well()["read"]["mode"], "full");
    assert_eq!(road.run(&["sync", "--full"]).ended("ok", 0)["read"]["mode"], "full");
}

#[test]
fn who_is_deleted_changes_no_more() {
    let mut road = followed("timestamp");
    road.people.fire([1]);
    let json = road.sync().ended("ok", 0);
    assert_eq!((&json["read"]["mode"], &json["members"]["left"]), (&"delta".into(), &0.into()));
    road.in_step_but(&["E1"]);
    let json = road.run(&["sync", "--full"]).ended("ok", 0);
    assert_eq!((&json["read"]["why"], &json["members"]["left"]), (&"it was asked for".into(), &1.into()));
    road.in_step();
}

#[test]
fn who_is_absent_leaves_when_that_is_believed() {
    for key in ["entryUUID", "employeeNumber"] {
        let mut road = Road::alone(12, "");
        road.config.sync().more = format!("changes: syncrepl\n    key: {key}\n    absence: {{ grace: 1h }}");
        road.sync_well();
        let home = road.config.sync().bases[0].clone();
        road.people.transfer(2, ELSEWHERE);
        road.people.fire([1]);
        for _ in 0..2 {
            assert_eq!(road.sync().ended("ok", 0)["read"]["mode"], "delta");
            road.in_step_but(&["E1"]);
            road.later(HOUR / 3);
        }
        road.people.transfer(2, &home);
        road.sync().ended("ok", 0);
        road.in_step_but(&["E1"]);
        road.later(HOUR / 2);
        assert_eq!(by_changes(&mut road)["members"]["left"], 1);
    }
}
