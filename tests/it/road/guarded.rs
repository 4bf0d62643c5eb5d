//! Changes that are not believed at once.

use rosterd::sandbox::veris;
use serde_json::{Value, json};

use crate::fixtures::ldif::ELSEWHERE;
use crate::fixtures::road::Road;

/// Lets a plan's changes go; says how many there are.
#[track_caller]
fn approve(road: &Road, plan: &Value) -> usize {
    let output = road.run(&["approve", "people", plan.as_str().unwrap(), "--reason", "seen by a test"]);
    assert_eq!((output.code, output.stderr.as_str()), (Some(0), ""), "{output:?}");
    output.lines()[0]["granted"].as_array().unwrap().len()
}

#[test]
fn a_mass_leave_is_held_and_goes_when_approved() {
    let mut road = Road::new(30);
    road.sync_well();
    let before = road.requests();
    // One wave, whatever the reason.
    road.people.fire(1..=6);
    road.people.set(7, "employeeType", "left");
    road.people.set(8, "employeeType", "left");
    let json = road.sync().ended("held", 4);
    assert_eq!((&json["delivery"]["held"], &json["members"]["left"]), (&json!(8), &json!(0)));
    let plan = json["plan"].clone();
    assert!(plan.is_string() && road.requests() == before, "{json}");

    // What is held does not hold up the rest, is held again, and has the same name.
    road.people.set(9, "title", "Chief Engineer");
    let json = road.sync().ended("held", 4);
    assert_eq!((&json["plan"], &json["delivery"]["confirmed"]), (&plan, &json!(1)));

    assert_eq!(approve(&road, &plan), 8);
    let json = road.sync_well();
    assert_eq!((&json["members"]["left"], &json["plan"]), (&json!(8), &json!(null)));
}

#[test]
fn somebody_moved_out_of_the_base_leaves_and_comes_back() {
    let mut road = Road::new(12);
    road.sync_well();
    let home = road.config.sync().bases[0].clone();
    road.people.transfer(3, ELSEWHERE);
    road.people.forget([3]);
    assert_eq!(road.sync_well()["members"]["left"], 1);
    road.people.hire([13]);
    road.sync_well();
    road.people.modify(&format!(
        "dn: uid=p3,{ELSEWHERE}\nchangetype: modrdn\nnewrdn: uid=p3\ndeleteoldrdn: 0\nnewsuperior: {home}\n"
    ));
    assert_eq!(road.sync().ended("ok", 0)["members"]["returned"], 1);
}

#[test]
fn under_another_filter_leaves_are_held() {
    let mut road = Road::new(12);
    road.people.set(3, "departmentNumber", "Sales");
    road.sync_well();
    road.config.sync().filter = "(&(objectClass=inetOrgPerson)(!(departmentNumber=Sales)))".to_owned();
    road.people.set(4, "title", "Chief Engineer");
    let json = road.sync().ended("held", 4);
    assert_eq!((&json["delivery"]["held"], &json["members"]["changed"]), (&json!(1), &json!(1)));
    road.in_step();
    // Not only the first time.
    let json = road.sync().ended("held", 4);
    assert_eq!((&json["delivery"]["requests"], approve(&road, &json["plan"])), (&json!(0), 1));
    road.people.forget([3]);
    road.sync_well();
}

#[test]
fn a_sync_that_points_elsewhere_is_refused() {
    let mut road = Road::new(12);
    road.sync_well();
    let (home, other) = (road.config.target.clone(), Road::to(0, veris::Options::default()));
    road.config.target.clone_from(&other.config.target);
    let json = road.sync().says("failed", 1, &["rosterd resend people --all", &home, &other.config.target]);
    assert_eq!((&json["delivery"]["requests"], other.requests()), (&json!(0), [0, 0]));
    // Pointed back, nothing has happened.
    road.config.target = home;
    assert_eq!(road.sync_well()["delivery"]["requests"], 0);
}

#[test]
fn a_renamed_sync_keeps_everybody() {
    let mut road = Road::new(12);
    road.sync_well();
    road.config.sync().name = "staff".to_owned();
    road.config.sync().more = "was: people".to_owned();
    let json = road.sync_well();
    assert_eq!((&json["sync"], &json["members"]["unchanged"]), (&json!("staff"), &json!(12)));
    assert_eq!(json["delivery"]["requests"], 0);
    road.people.fire([3]);
    road.sync_well();
}
