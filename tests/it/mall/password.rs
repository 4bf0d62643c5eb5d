//! A password goes with those who join, and is nowhere else.

use std::fs;

use crate::fixtures::ldif::PEOPLE;
use crate::fixtures::mall::{Mall, changed, mail, shopper, shoppers};

const PASSWORD: &str = "planted-password-1";

fn mall(people: &str) -> Mall {
    let mut mall = Mall::new(people);
    mall.config.sync().fields = "password: \"planted-password-{{ employeeNumber }}\"";
    mall
}

/// Whether a password is in any file of the state.
fn is_stored(mall: &Mall) -> bool {
    let files = fs::read_dir(mall.folder().join("state")).unwrap();
    let mut contents = files.map(|file| fs::read(file.unwrap().path()).unwrap());
    contents.any(|content| content.windows(PASSWORD.len()).any(|window| window == PASSWORD.as_bytes()))
}

#[test]
fn whoever_joins_gets_one_and_nobody_keeps_it() {
    let mall = mall(&shoppers(1..3));
    mall.sync_well();
    assert!(mall.member(&mail(1)).has_password && mall.member(&mail(2)).has_password);
    assert!(!is_stored(&mall));
    let said = mall.explain(&mail(1));
    assert!(!said.contains("planted-password"), "{said}");
}

#[test]
fn who_could_not_join_at_once_joins_with_it_after_the_next_reading() {
    let mall = mall(&shopper(1, PEOPLE, &[("preferredLanguage", "no")]));
    mall.club().set_permits(rosterd::sandbox::boostcom::Permits { create: false, get: true });
    let json = mall.run(&["sync", "--json"]).ended("pending", 6);
    assert_eq!(json["delivery"]["pending"], 1);
    assert!(!is_stored(&mall));
    mall.club().set_permits(rosterd::sandbox::boostcom::Permits { create: true, get: true });
    mall.modify(&changed(1, "title", Some("Manager")));
    mall.sync_well();
    let member = mall.member(&mail(1));
    assert!(member.has_password && member.imports == 1);
}
