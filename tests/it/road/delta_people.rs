//! People of whom a change shows elsewhere than in their own entry.

use crate::fixtures::ldif::{BASE, ELSEWHERE, entry};
use crate::fixtures::road::Road;

fn added(dn: &str, attributes: &[(&str, &str)]) -> String {
    let ldif = entry(dn, &[&[("changetype", "add")], attributes].concat());
    ldif.replacen("changetype:: YWRk", "changetype: add", 1)
}

/// The next run reads changes, and misses nothing.
#[track_caller]
fn nothing_is_missed(road: &mut Road, mode: &str) {
    let output = road.sync();
    println!("{output:?}");
    assert_eq!(output.lines()[0]["read"]["mode"], mode);
    road.nothing_was_missed();
}

#[test]
fn who_is_one_of_two_with_a_key() {
    let mut road = Road::alone(12, "");
    road.config.sync().more = "changes: syncrepl\n    key: employeeNumber".to_owned();
    road.people.set(2, "employeeType", "left");
    road.people.set(3, "employeeType", "left");
    road.sync_well();
    // Of the other one nothing changed.
    road.people.set(5, "employeeNumber", "E2");
    road.people.set(6, "employeeNumber", "E7");
    nothing_is_missed(&mut road, "delta");
    road.people.set(5, "employeeNumber", "E5");
    road.people.set(7, "employeeNumber", "E3");
    nothing_is_missed(&mut road, "delta");
    road.people.fire([3, 2, 6]);
    nothing_is_missed(&mut road, "delta");
}

#[test]
fn whose_place_is_moved() {
    for changes in ["syncrepl", "timestamp"] {
        let mut road = Road::alone(12, "");
        road.config.sync().more = format!("changes: {changes}");
        let home = road.config.sync().bases[0].clone();
        road.people.make_place(&format!("ou=team,{home}"));
        road.people.hire_at(&format!("ou=team,{home}"), [13]);
        road.sync_well();
        // Of the people below it nothing changes.
        let moved = format!("changetype: modrdn\nnewrdn: ou=team\ndeleteoldrdn: 1\nnewsuperior: {ELSEWHERE}\n");
        road.slapd.modify(&format!("dn: ou=team,{home}\n{moved}"));
        road.people.forget([13]);
        let json = road.sync_well();
        let read = (json["read"]["mode"].as_str().unwrap(), json["read"]["why"].as_str().unwrap_or_default());
        assert_eq!(
            read,
            ("full", "a place in the directory was moved, renamed, made or removed, with whoever is there")
        );
        assert_eq!(road.sync_well()["read"]["mode"], "delta");
    }
}

#[test]
fn who_is_found_by_a_group() {
    let settings = "moduleload memberof\noverlay memberof";
    let mut road = Road::alone(12, settings);
    let home = road.config.sync().bases[0].clone();
    let group = format!("cn=staff,{BASE}");
    let members: Vec<String> = (1..=12).map(|number| format!("uid=p{number},{home}")).collect();
    let members: Vec<_> = members.iter().map(|member| ("member", member.as_str())).collect();
    road.slapd.modify(&added(&group, &[&[("objectClass", "groupOfNames"), ("cn", "staff")], &members[..]].concat()));
    road.config.sync().filter = format!("(&(objectClass=inetOrgPerson)(memberOf={group}))");
    road.config.sync().more = "changes: auto".to_owned();
    road.sync_well();
    road.slapd.modify(&format!("dn: {group}\nchangetype: modify\ndelete: member\nmember: uid=p3,{home}\n"));
    road.people.forget([3]);
    assert_eq!(road.sync_well()["read"]["why"], "the directory did not tell where it stood (why: rosterd check)");
}

#[test]
fn whose_number_is_missing_may_be_anybody() {
    let mut road = Road::alone(12, "");
    road.config.sync().more = "changes: syncrepl\n    key: employeeNumber".to_owned();
    road.sync_well();
    let home = road.config.sync().bases[0].clone();
    road.people.modify(&format!("dn: uid=p3,{home}\nchangetype: modify\ndelete: employeeNumber\n"));
    let held = road.sync().ended("held", 4);
    assert_eq!(held["read"]["mode"], "delta");
    road.people.fire([4]);
    let held = road.sync().ended("held", 4);
    assert_eq!((&held["read"]["mode"], &held["delivery"]["held"]), (&"delta".into(), &2.into()), "{held}");
    road.nothing_was_missed();
}
