//! A credential that may not do everything: the run waits, nobody is set aside, and it is said which permit is missing.

use rosterd::sandbox::boostcom::Permits;

use crate::fixtures::mall::{Mall, mail, shoppers};

#[test]
fn without_the_permit_to_create_nothing_is_sent_until_it_is_there() {
    let mall = Mall::new(&shoppers(1..4));
    mall.club().set_permits(Permits { create: false, get: true });
    let json = mall.run(&["sync", "--json"]).ended("pending", 6);
    let error = json["error"].as_str().unwrap();
    assert!(error.contains("lacks the permit BL:Api:Members:Imports:Create"), "{error}");
    let status = mall.status();
    assert!(status.contains("BL:Api:Members:Imports:Create"), "{status}");
    assert_eq!([&json["delivery"]["refused"], &json["delivery"]["pending"]], [0, 3], "{json}");
    assert!(mall.bulks().is_empty());
    mall.club().set_permits(Permits { create: true, get: true });
    assert_eq!(mall.sync_well()["delivery"]["confirmed"], 3);
}

#[test]
fn without_the_permit_to_ask_what_was_taken_waits_and_is_not_sent_again() {
    let mall = Mall::new(&shoppers(1..4));
    mall.club().set_permits(Permits { create: true, get: false });
    let json = mall.run(&["sync", "--wait", "6s", "--json"]).ended("pending", 6);
    let status = mall.status_json();
    let at_work = &status["targets"][0]["at_work"][0];
    let words = at_work["status"].as_str().unwrap_or_else(|| panic!("{status}"));
    assert!(words.contains("lacks the permit BL:Api:Members:Imports:Get"), "{status}");
    assert_eq!((&at_work["members"], &json["delivery"]["pending"]), (&3.into(), &3.into()), "{json}");
    assert!(mall.status().contains("BL:Api:Members:Imports:Get"), "{}", mall.status());
    mall.club().set_permits(Permits { create: true, get: true });
    assert_eq!(mall.sync_well()["delivery"]["confirmed"], 3);
    assert_eq!((mall.sends().len(), mall.member(&mail(1)).imports), (1, 1));
}
