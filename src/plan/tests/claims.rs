//! Who owns an account.

use super::{World, be, invalid, leave, open_grounds, weigh};
use crate::plan::tests::Shown;
use crate::plan::{FirstSeenInactive, Wish};

#[test]
fn one_active_claimant_owns() {
    let world = World::of(&["anna A"]);
    world.weigh(&[("anna", be("A", 1))]).is(&[], &["A active"], &["anna A active"]);
    world.weigh(&[("anna", be("A", 2))]).is(&["change anna A"], &["A active"], &["anna A active"]);
    world.weigh(&[("anna", leave())]).is(&["leave anna A"], &["A left"], &["anna -A left"]);
    World::of(&[]).weigh(&[("anna", be("A", 1))]).is(&["join anna A"], &["A active"], &["anna A active"]);
}

#[test]
fn inactive_claimants_yield() {
    // Re-hired under a new key: the old key has left, or leaves in this very reading.
    let rehired = World::of(&["old -A"]);
    rehired.weigh(&[("new", be("A", 1))]).is(&["return new A"], &["A active"], &["new A active"]);
    let replaced = World::of(&["old A"]);
    let shown = replaced.weigh(&[("old", leave()), ("new", be("A", 1))]);
    shown.is(&[], &["A active"], &["new A active", "old -A left"]);
    let shown = replaced.weigh(&[("old", leave()), ("new", be("A", 2))]);
    shown.is(&["change new A"], &["A active"], &["new A active", "old -A left"]);
    // Recycled: whoever had it moved on to another one.
    let shown = replaced.weigh(&[("old", be("B", 1)), ("new", be("A", 2))]);
    shown.is(&["change new A", "identity old A→B"], &["A active", "B active"], &["new A active", "old B active"]);
}

#[test]
fn one_who_leaves_takes_nobody_along() {
    // Both claim it: one sync says yes, the other no.
    let world = World::of(&["anna A", "other A"]);
    world.weigh(&[("anna", leave())]).is(&[], &[], &["anna -A left"]);
    world.weigh(&[("anna", leave()), ("other", leave())]).is(
        &["leave anna A"],
        &["A left"],
        &["anna -A left", "other -A left"],
    );
}

#[test]
fn two_who_share_an_account_both_change_identity() {
    let world = World::of(&["anna A", "berit A"]);
    world.weigh(&[("anna", be("B", 1)), ("berit", be("C", 1))]).is(
        &["identity anna A→B", "identity berit A→C"],
        &["A left", "B active", "C active"],
        &["anna B active", "berit C active"],
    );
    // Whoever moves decides when it leaves.
    world.weigh(&[("anna", leave()), ("berit", be("C", 1))]).is(
        &["identity berit A→C"],
        &["A left", "C active"],
        &["anna -A left", "berit C active"],
    );
}

#[test]
fn two_active_claimants_change_nothing() {
    // Two newcomers of nobody's account.
    let shown = World::of(&[]).weigh(&[("anna", be("A", 1)), ("berit", be("A", 2))]);
    shown.is(&[], &[], &["anna -nothing disputed", "berit -nothing disputed"]);
    // A newcomer against its owner, who was read anew or not: the newcomer claims it from now on.
    let world = World::of(&["anna A"]);
    world.weigh(&[("berit", be("A", 2))]).is(&[], &[], &["berit A disputed"]);
    let shown = world.weigh(&[("anna", be("A", 2)), ("berit", be("A", 3))]);
    shown.is(&[], &[], &["anna A disputed", "berit A disputed"]);
    // Somebody who has an account keeps it while they dispute another one.
    let world = World::of(&["anna A", "berit B"]);
    world.weigh(&[("berit", be("A", 1))]).is(&[], &[], &["berit B disputed"]);
    // Three, one of whom was not read.
    let shown = world.weigh(&[("berit", be("A", 1)), ("cato", be("A", 1))]);
    shown.is(&[], &[], &["berit B disputed", "cato A disputed"]);
}

#[test]
fn whoever_disputes_is_told_with_how_many_and_with_whom_first() {
    let whys = |world: &World, wishes: &[(&str, Wish)]| {
        let rulings = weigh(&world.question(wishes, open_grounds())).rulings;
        rulings.into_iter().map(|ruling| ruling.why.unwrap()).collect::<Vec<_>>()
    };
    let want = |key| (key, be("A", 2));
    let owned = World::of(&["xenia A"]);
    assert_eq!(whys(&owned, &[want("berit")]), ["2 people claim this identity, among them xenia"]);
    let shared = World::of(&["anna A", "xenia A"]);
    assert_eq!(whys(&shared, &[want("xenia")]), ["2 people claim this identity, among them anna"]);
    assert_eq!(
        whys(&owned, &[want("anna"), want("berit")]),
        ["3 people claim this identity, among them berit", "3 people claim this identity, among them anna"],
    );
    // Whoever keeps it while others dispute it.
    let told = whys(&World::of(&["anna B", "berit C", "old A"]), &[want("anna"), want("berit"), ("old", leave())]);
    assert_eq!(told[2], "2 other people claim this identity");
}

#[test]
fn whoever_stays_because_of_a_dispute_disputes_what_they_would_have_left() {
    let world = World::of(&["anna A", "berit B"]);
    let shown = world.weigh(&[("anna", be("B", 1)), ("cato", be("A", 1))]);
    shown.is(&[], &[], &["anna A disputed", "cato A disputed"]);
}

#[test]
fn a_dispute_ends_when_one_gives_in() {
    let world = World::of(&["anna A", "berit A"]);
    world.weigh(&[("anna", leave()), ("berit", be("A", 2))]).is(
        &["change berit A"],
        &["A active"],
        &["anna -A left", "berit A active"],
    );
    // Which of the two the target knows as A can't be told: Berit's move counts as one, and A stays Anna's.
    let shown = world.weigh(&[("anna", be("A", 1)), ("berit", be("B", 1))]);
    shown.is(&["identity berit A→B"], &["A active", "B active"], &["anna A active", "berit B active"]);
}

#[test]
fn an_account_that_is_disputed_does_not_leave_with_its_last_owner() {
    // Neither of the two newcomers gets it, but one of them should: it stays as it is.
    let world = World::of(&["old A"]);
    let shown = world.weigh(&[("anna", be("A", 1)), ("berit", be("A", 1)), ("old", leave())]);
    shown.is(&[], &[], &["anna A disputed", "berit A disputed", "old -A left"]);
    // Both have an account of their own to stay at, so its owner keeps it until that is settled.
    let world = World::of(&["anna B", "berit C", "old A"]);
    for wish in [leave(), Wish::Skip, be("D", 1)] {
        let shown = world.weigh(&[("anna", be("A", 1)), ("berit", be("A", 1)), ("old", wish)]);
        shown.is(&[], &[], &["anna B disputed", "berit C disputed", "old A disputed"]);
    }
    // One alone is no dispute, and moves in.
    let shown = world.weigh(&[("anna", be("A", 2)), ("old", leave())]);
    shown.is(&["identity anna B→A"], &["A active", "B left"], &["anna A active", "old -A left"]);
}

#[test]
fn somebody_who_left_elsewhere_claims_what_they_dispute() {
    // Else Anna's leaving, seen by another sync, would send it although Berit is to be active there.
    let world = World::of(&["anna A", "berit -B"]);
    world.weigh(&[("berit", be("A", 1))]).is(&[], &[], &["berit A disputed"]);
    let world = World::of(&["anna A", "berit -A"]);
    world.weigh(&[("berit", be("A", 1))]).is(&[], &[], &["berit A disputed"]);
}

#[test]
fn invalid_people_keep_what_they_have_from_others() {
    let world = World::of(&["anna A"]);
    let shown = world.weigh(&[("anna", invalid()), ("berit", be("A", 1))]);
    shown.is(&[], &[], &["anna A invalid", "berit A disputed"]);
}

#[test]
fn of_two_first_seen_inactive_with_one_identity_one_is_sent() {
    let member = || Wish::Leave(Some((crate::roster::Identity::new("A"), super::fp(1))));
    let world = World::of(&[]);
    let mut question = world.question(&[("anna", member()), ("berit", member())], open_grounds());
    question.first_seen_inactive = FirstSeenInactive::Send;
    let shown = Shown::of(&question, &weigh(&question));
    shown.is(&["join anna A"], &["A left"], &["anna -A left", "berit -A left"]);
    // Nor when somebody active wants it.
    let mut question = world.question(&[("anna", member()), ("berit", be("A", 1))], open_grounds());
    question.first_seen_inactive = FirstSeenInactive::Send;
    let shown = Shown::of(&question, &weigh(&question));
    shown.is(&["join berit A"], &["A active"], &["anna -A left", "berit A active"]);
}
