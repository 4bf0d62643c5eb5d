//! Groups within groups: who is in them is part of what is known of a person.

use serde_json::Value;

use crate::fixtures::ldif::entry;
use crate::fixtures::road::Road;

/// A road of people 1 to 6 whose city is Oslo for those in the group `top`: 1, 2 by the group `low` in `middle`, 3.
fn road() -> (Road, impl Fn(&str) -> String) {
    let mut road = Road::new(6);
    let base = road.config.sync().bases[0].clone();
    let at = move |name: &str| format!("{name},{base}");
    let group = |name: &str, members: &[&str]| {
        let members: Vec<String> = members.iter().map(|member| at(member)).collect();
        let members: Vec<_> = members.iter().map(|member| ("member", member.as_str())).collect();
        let ldif =
            entry(&at(name), &[&[("changetype", "add"), ("objectClass", "groupOfNames")], &members[..]].concat());
        road.people.modify(&ldif.replacen("changetype:: YWRk", "changetype: add", 1));
    };
    group("cn=top", &["cn=middle", "uid=p3"]);
    group("cn=middle", &["cn=low"]);
    group("cn=low", &["uid=p1", "uid=p2", "cn=top"]);
    let rule = format!("city: \"{{{{ 'Oslo' if in_group('{}') else 'Bergen' }}}}\"", at("CN=Top"));
    road.config.sync().fields = rule;
    (road, at)
}

/// The members in Oslo.
fn in_oslo(road: &Road) -> Vec<String> {
    let members = road.sandbox.members().into_iter();
    let members = members.map(|(id, member)| (id, serde_json::to_value(member.fields).unwrap()));
    members.filter(|(_, fields)| fields["city"] == "Oslo").map(|(id, _)| id).collect()
}

fn counts(json: &Value) -> [i64; 3] {
    ["joined", "changed", "unchanged"].map(|name| json["members"][name].as_i64().unwrap())
}

#[test]
fn a_change_far_up_concerns_exactly_those_below() {
    let (road, at) = road();
    assert_eq!(counts(&road.sync().ended("ok", 0)), [6, 0, 0]);
    assert_eq!(in_oslo(&road), ["E1", "E2", "E3"]);
    assert_eq!(counts(&road.sync().ended("ok", 0)), [0, 0, 6]);

    let change = |what: &str, member: &str| {
        let dn = at("cn=top");
        road.people.modify(&format!("dn: {dn}\nchangetype: modify\n{what}: member\nmember: {}\n\n", at(member)));
    };
    change("delete", "cn=middle");
    assert_eq!(counts(&road.sync().ended("ok", 0)), [0, 2, 4]);
    assert_eq!(in_oslo(&road), ["E3"]);
    change("add", "cn=low");
    change("add", "uid=p6");
    assert_eq!(counts(&road.sync().ended("ok", 0)), [0, 3, 3]);
    assert_eq!(in_oslo(&road), ["E1", "E2", "E3", "E6"]);
    let story = road.start(&["explain", "E6"]).end().well();
    assert!(story.contains(&at("CN=Top")), "{story}");
}

#[test]
fn the_board_is_protected_through_a_group_too() {
    let (mut road, at) = road();
    road.config.sync().more = format!("protect: \"in_group('{}')\"", at("cn=top"));
    road.sync().ended("ok", 0);
    road.people.set(1, "employeeType", "left");
    road.people.set(5, "employeeType", "left");
    let json = road.sync().ended("held", 4);
    assert_eq!((&json["members"]["left"], &json["delivery"]["held"]), (&1.into(), &1.into()), "{json}");
    assert_eq!(serde_json::to_value(&road.sandbox.members()["E1"].fields).unwrap()["status"], "active");
}

#[test]
fn who_is_in_a_group_that_is_gone_is_not_guessed() {
    let (road, at) = road();
    road.sync().ended("ok", 0);
    road.people.modify(&format!("dn: {}\nchangetype: delete\n\n", at("cn=top")));
    let words = ["the group `CN=Top,", "does not exist", "correct the DN or its rights"];
    road.sync().says("failed", 1, &words);
    assert_eq!(in_oslo(&road), ["E1", "E2", "E3"]);
    let findings = road.run(&["check"]).stdout;
    assert!(findings.contains("that `in_group` names does not exist"), "{findings}");
}
