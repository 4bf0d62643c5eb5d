//! Who is known to the target as whom.

use rosterd::sandbox::veris::{Effect, Fault};
use serde_json::json;

use crate::fixtures::road::{Road, Sync};

/// What the last pushes held: members, and how many of them were leaving.
fn pushes(road: &Road, last: usize) -> Vec<(usize, usize)> {
    let receipts = road.sandbox.receipts();
    receipts.iter().rev().take(last).rev().map(|push| (push.size.unwrap(), push.in_active.unwrap())).collect()
}

#[test]
fn a_new_identity_is_there_before_the_old_one_leaves() {
    let mut road = Road::new(12);
    road.sync_well();
    road.people.set(3, "employeeNumber", "E300");
    road.faults([Fault::new(Effect::Refuse(vec!["E300".into()]))]);
    // Nobody is locked out because the new identity was refused. A lone member is not believed to be at fault at once.
    assert_eq!(road.sync().ended("pending", 6)["members"]["left"], 1);
    road.in_step_but(&["E3", "E300"]);
    road.faults([]);
    let json = road.sync_well();
    assert_eq!((&json["delivery"]["confirmed"], pushes(&road, 2)), (&json!(2), vec![(1, 0), (1, 1)]));
}

#[test]
fn somebody_hired_again_under_another_entry_is_the_same_member() {
    let mut road = Road::new(12);
    road.sync_well();
    let before = road.requests();
    road.people.fire([3]);
    road.people.hire([3]);
    road.sync_well();
    assert_eq!(road.requests(), before);

    road.people.fire([3]);
    assert_eq!(road.sync_well()["members"]["left"], 1);
    road.people.hire([3]);
    assert_eq!(road.sync_well()["members"]["returned"], 1);
}

#[test]
fn two_who_swap_identities_both_stay() {
    let mut road = Road::new(12);
    road.sync_well();
    road.people.set(3, "employeeNumber", "E4");
    road.people.set(4, "employeeNumber", "E3");
    let json = road.sync_well();
    assert_eq!((&json["members"]["left"], pushes(&road, 1)), (&json!(2), vec![(2, 0)]));
}

#[test]
fn an_identity_passed_on_never_leaves() {
    let mut road = Road::new(12);
    road.sync_well();
    road.people.set(3, "employeeNumber", "E300");
    road.people.set(4, "employeeNumber", "E3");
    road.sync_well();
    // Of the three only E4, which nobody has any more.
    assert_eq!(pushes(&road, 2), [(2, 0), (1, 1)]);
}

#[test]
fn of_two_with_one_identity_nobody_is_changed() {
    let mut road = Road::new(12);
    road.sync_well();
    let before = road.requests();
    road.people.hire([13]);
    road.people.set(13, "employeeNumber", "E3");
    road.people.set(3, "title", "Chief Engineer");
    let json = road.sync().ended("partial", 3);
    assert_eq!(json["members"]["invalid"], 2, "both are reported");
    assert_eq!(road.requests(), before);
    // The first one goes, the second one is the member now: nobody leaves meanwhile.
    road.people.fire([3]);
    road.sync_well();
    assert_eq!(pushes(&road, 1), [(1, 0)]);
}

#[test]
fn two_syncs_share_a_target() {
    let mut road = Road::new(12);
    let place = road.config.sync().bases[0].replacen("road", "second", 1);
    road.people.make_place(&place);
    road.people.hire_at(&place, 101..=112);
    road.config.syncs.push(Sync::new("second", &place));
    let output = road.sync();
    assert_eq!((output.code, output.lines().len()), (Some(0), 2), "{output:?}");
    assert_eq!(output.lines()[1]["delivery"]["token_requests"], 0, "one token serves both");
    road.in_step();

    // Somebody moves from the one to the other, whose sync sees it first: to the target they are who they were.
    road.people.transfer(3, &place);
    road.run(&["sync", "second"]).ended("partial", 3);
    road.run(&["sync", "people"]).ended("ok", 0);
    road.run(&["sync", "second"]).ended("ok", 0);
    road.in_step();
    assert!(road.sandbox.receipts().iter().all(|push| push.in_active == Some(0)), "E3 never left");
    // And may leave from there.
    road.people.fire([3]);
    road.run(&["sync", "second"]).ended("ok", 0);
    road.in_step();
}
