//! Values that the club keeps unique.

use std::time::Duration;

use rosterd::sandbox::boostcom::{Effect, Fault, Target};

use crate::fixtures::ldif::{PEOPLE, line, uuid};
use crate::fixtures::mall::{Mall, added, changed, channels, mail, mobile, msisdn, removed, shopper, shoppers};
use crate::fixtures::road::age;

#[test]
fn a_leaver_s_number_goes_to_a_newcomer() {
    let mall = Mall::new(&shoppers(1..4));
    mall.sync_well();
    let number = |number| line("mobile", mobile(number).as_bytes());
    let newcomer = shopper(9, PEOPLE, &[]).replace(&number(9), &number(1));
    mall.modify(&(removed(1) + &added(&newcomer)));
    assert_eq!(mall.sync_well()["delivery"]["confirmed"], 2);
    let (leaver, newcomer) = (mall.member(&mail(1)), mall.member(&mail(9)));
    assert_ne!(leaver.id, newcomer.id);
    assert_eq!(newcomer.properties["msisdn"], msisdn(1));
    assert!(leaver.properties.get("msisdn").is_none(), "{}", leaver.properties);
    assert_eq!(channels(&leaver), [false; 3]);
    assert_eq!(channels(&newcomer), [true; 3]);
}

#[test]
fn of_two_with_one_number_who_has_it_keeps_it() {
    let mall = Mall::new(&shoppers(1..4));
    mall.sync_well();
    mall.modify(&changed(2, "mobile", Some(&mobile(1))));
    let json = mall.sync().ended("partial", 3);
    assert_eq!([&json["members"]["invalid"], &json["delivery"]["requests"]], [1, 0], "{json}");
    assert_eq!(
        (&mall.member(&mail(1)).properties["msisdn"], &mall.member(&mail(2)).properties["msisdn"]),
        (&msisdn(1).into(), &msisdn(2).into())
    );
    let story = mall.explain(&mail(2));
    assert!(
        story.contains("kept as they were, disputed: msisdn: somebody else has the same") && story.contains(&uuid(1)),
        "{story}"
    );
    // Whoever has it lets go of it: it goes to the other one, after them.
    mall.modify(&changed(1, "mobile", None));
    assert_eq!(mall.sync_well()["delivery"]["confirmed"], 2);
    assert_eq!(mall.member(&msisdn(1)).properties["email"], mail(2));
    assert!(mall.member(&mail(1)).properties.get("msisdn").is_none());
}

#[test]
fn another_address_with_the_same_number_is_the_same_member() {
    let mall = Mall::new(&shoppers(1..4));
    mall.sync_well();
    let before = mall.member(&mail(1));
    mall.modify(&changed(1, "mail", Some("new@corp.example.com")));
    mall.sync_well();
    let after = mall.member("new@corp.example.com");
    assert_eq!((after.id, &after.properties["msisdn"]), (before.id, &msisdn(1).into()));
    assert_eq!(mall.club().members().len(), 3, "nobody is left behind");
    assert_eq!(channels(&after), [true; 3]);
    assert_eq!(mall.sync_well()["delivery"]["requests"], 0);
}

#[test]
fn who_moves_to_another_address_before_their_return_was_delivered_is_switched_on_again() {
    let mut mall = Mall::new(&shoppers(1..4));
    mall.config.sync().more += "\n    on_return: { sms_enabled: true, email_enabled: true, push_enabled: true }";
    mall.sync_well();
    mall.modify(&changed(1, "employeeType", Some("left")));
    mall.sync_well();
    let left = mall.member(&mail(1));
    assert_eq!(channels(&left), [false; 3]);
    mall.modify(&changed(1, "employeeType", Some("staff")));
    mall.club().faults([Fault::new(Effect::Status(503)).on(Target::Send).times(1)]);
    mall.run(&["sync", "--json"]).ended("pending", 6);
    mall.modify(&changed(1, "mail", Some("new@corp.example.com")));
    mall.block_on(age(&mall.folder().join("state"), Duration::from_hours(1)));
    mall.sync_well();
    let moved = mall.member("new@corp.example.com");
    assert_eq!((moved.id, channels(&moved)), (left.id, [true; 3]));
}

#[test]
fn two_who_swap_their_numbers_have_each_others_in_the_end() {
    let mall = Mall::new(&shoppers(1..4));
    mall.sync_well();
    let ids = [mall.member(&mail(1)).id, mall.member(&mail(2)).id];
    mall.modify(&(changed(1, "mobile", Some(&mobile(2))) + &changed(2, "mobile", Some(&mobile(1)))));
    mall.sync_well();
    let [one, other] = [mall.member(&mail(1)), mall.member(&mail(2))];
    assert_eq!([one.id, other.id], ids);
    assert_eq!((&one.properties["msisdn"], &other.properties["msisdn"]), (&msisdn(2).into(), &msisdn(1).into()));
    // Without the numbers, and then with them.
    assert_eq!([one.imports, other.imports], [3, 3]);
}
