//! Directories that answer, but not with everybody: an incomplete reading admits nothing.

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::json;

use crate::fixtures::ldif::{self, SERVICE};
use crate::fixtures::proxy::{Fault, Proxy};
use crate::fixtures::road::Road;

/// A run that fails with these words and changes nothing.
#[track_caller]
fn fails(road: &mut Road, words: &[&str]) {
    let before = road.requests();
    road.sync().says("failed", 1, words);
    assert_eq!(road.requests(), before);
}

#[test]
fn a_base_that_is_not_there() {
    let mut road = Road::new(12);
    road.sync_well();
    let config = road.config.clone();
    road.config.sync().bases = vec!["ou=nowhere,dc=roster,dc=test".to_owned()];
    fails(&mut road, &["`ou=nowhere,dc=roster,dc=test` does not exist"]);
    road.config = config;
    assert_eq!(road.sync_well()["members"]["unchanged"], 12);
}

#[test]
fn a_size_limit() {
    let limit = format!("limits dn.exact=\"{}\" size.prtotal=15", SERVICE.0);
    let mut road = Road::alone(12, &limit);
    road.sync_well();
    road.people.hire(13..=17);
    fails(&mut road, &["size limit", "page 2"]);
    road.people.fire(14..=17);
    assert_eq!(road.sync_well()["members"]["joined"], 1);
}

#[test]
fn a_connection_that_ends_anywhere() {
    let mut road = Road::new(45);
    road.sync_well();
    road.people.fire([1, 45]);
    road.people.set(20, "title", "Chief Engineer");
    // From the bind through all pages to the look-up of the missing.
    let (mut after, mut said) = (0, BTreeSet::new());
    let proxy = loop {
        let proxy = road.block_on(Proxy::start(road.slapd.port(), Fault::Cut, after));
        road.config.url = proxy.url();
        let output = road.sync();
        if output.code == Some(0) {
            break proxy;
        }
        let json = output.says("failed", 1, &["the connection was lost during"]);
        said.extend(json["error"].as_str().unwrap().split(" during ").nth(1).map(str::to_owned));
        road.in_step_but(&["E1", "E20", "E45"]);
        // What comes after the last page is small.
        after += if said.iter().any(|said| said.starts_with("page 5 of")) { 60 } else { 700 };
    };
    for during in ["the bind", "page 1 of", "page 5 of", "the look-up"] {
        assert!(said.iter().any(|said| said.starts_with(during)), "never during {during}: {said:?}");
    }
    // The server is another one now: that somebody is missing there is believed when it still is half an hour later.
    road.in_step_but(&["E1", "E45"]);
    road.later(Duration::from_mins(29));
    assert_eq!(road.sync().ended("ok", 0)["members"]["left"], 0);
    road.later(Duration::from_mins(2));
    assert_eq!(road.sync_well()["members"]["left"], 2);
    drop(proxy);
}

#[test]
fn nobody_at_all() {
    let mut road = Road::new(12);
    road.sync_well();
    road.people.fire(1..=12);
    road.sync().says("failed", 1, &["found nobody at all"]);
    assert!(road.sandbox.receipts().iter().all(|push| push.in_active == Some(0)), "nobody left");
    road.people.hire(1..=12);
    road.sync_well();
}

#[test]
fn one_base_of_two_with_nobody_left() {
    let mut road = Road::new(12);
    let second = road.config.sync().bases[0].replacen("road", "second", 1);
    road.people.make_place(&second);
    road.people.hire_at(&second, [13, 14]);
    road.config.sync().bases.push(second.clone());
    road.sync_well();
    road.people.fire([13, 14]);
    road.people.set(1, "title", "Chief Engineer");
    road.sync().says("failed", 1, &["search 2 found nobody, the last time it found 2"]);
    assert!(road.sandbox.receipts().iter().all(|push| push.in_active == Some(0)), "nobody left");
    road.people.hire_at(&second, [13]);
    road.sync_well();
}

#[test]
fn values_that_are_no_values() {
    let mut road = Road::new(12);
    road.config.sync().fields = "city: audio".to_owned();
    road.people.add(1, "audio: Tromsoe");
    road.people.add(2, "audio: Oslo");
    let two_megabytes = "Engineer".repeat(1 << 18);
    road.people.set(3, "title", &two_megabytes);
    road.people.add(4, &ldif::line("audio", &[0xff, 0xfe, 0xfd]));
    let json = road.sync().ended("partial", 3);
    assert_eq!((&json["members"]["joined"], &json["members"]["invalid"]), (&json!(10), &json!(2)));
    assert_eq!(road.sandbox.member("E1").unwrap().fields.city.as_deref(), Some("Tromsoe"));
    assert!(road.sandbox.member("E3").is_none() && road.sandbox.member("E4").is_none());
    // Known since yesterday is no news, and who was there already stays.
    road.people.set(3, "title", "Engineer");
    assert_eq!(road.sync().ended("ok", 0)["members"]["joined"], 1);
    road.people.set(3, "title", &two_megabytes);
    road.sync().ended("partial", 3);
    assert_eq!(road.sandbox.member("E3").unwrap().fields.designation, "Engineer");
    road.sync().ended("ok", 0);
}

#[test]
fn a_template_that_fails_on_some_people() {
    let mut road = Road::new(12);
    road.config.sync().fields = "city: \"{{ audio | int }}\"".to_owned();
    road.people.add(1, "audio: 41");
    road.people.add(2, "audio: Oslo");
    let json = road.sync().ended("partial", 3);
    assert_eq!((&json["members"]["joined"], &json["members"]["invalid"]), (&json!(11), &json!(1)));
    assert_eq!(road.sandbox.member("E1").unwrap().fields.city.as_deref(), Some("41"));
    assert!(road.sandbox.member("E2").is_none());
    let output = road.start(&["status"]).end();
    road.discreet(&output);
    assert!(output.stdout.contains("city: ") && !output.stdout.contains("Oslo"), "{output:?}");
}

#[test]
fn a_referral_is_named_and_not_followed() {
    let mut road = Road::alone(12, "");
    let base = road.config.sync().bases[0].clone();
    road.people.modify(&format!(
        "dn: ou=branch,{base}\nchangetype: add\nobjectClass: referral\nobjectClass: extensibleObject\nou: branch\n\
         ref: ldap://127.0.0.1:1/ou=branch,dc=elsewhere\n"
    ));
    let json = road.sync().ended("ok", 0);
    assert_eq!(json["members"]["joined"], 12);
    road.in_step();
    let output = road.start(&["sync"]).end();
    assert!(output.stdout.contains("referral") && output.stdout.contains("127.0.0.1:1"), "{output:?}");
}

#[test]
fn an_entry_without_the_key() {
    let mut road = Road::new(12);
    road.config.sync().more = "key: employeeNumber".to_owned();
    road.sync_well();
    // Somebody's key is gone: that is no proof that somebody is.
    road.people.clear(3, "employeeNumber");
    road.people.forget([3]);
    road.people.set(4, "title", "Chief Engineer");
    let json = road.sync().says("held", 4, &["1 entry has no usable key", "employeeNumber"]);
    assert_eq!((&json["members"]["left"], &json["members"]["changed"]), (&json!(0), &json!(1)));
    assert_eq!(json["delivery"]["held"], 1);
    road.in_step_but(&["E3"]);
}
