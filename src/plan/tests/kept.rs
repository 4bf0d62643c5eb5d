//! People whose account stays as it is, or who never get one.

use super::{World, active, be, invalid, leave, open_grounds, weigh};
use crate::plan::tests::Shown;
use crate::plan::{Due, FirstSeenInactive, Verdict, Wish};
use crate::roster::Identity;

#[test]
fn invalid_is_not_absent() {
    for (verdict, word) in
        [(Verdict::Invalid, "invalid"), (Verdict::Unreadable, "unreadable"), (Verdict::Absent, "absent")]
    {
        let world = World::of(&["anna A", "berit -B"]);
        world.weigh(&[("anna", Wish::Keep(verdict))]).is(&[], &[], &[&format!("anna A {word}")]);
        world.weigh(&[("berit", Wish::Keep(verdict))]).is(&[], &[], &[&format!("berit -B {word}")]);
        world.weigh(&[("cato", Wish::Keep(verdict))]).is(&[], &[], &[&format!("cato -nothing {word}")]);
    }
}

#[test]
fn whoever_is_kept_is_judged_again() {
    let world = World::of(&["anna A", "berit B"]);
    let question = world.question(&[("anna", invalid()), ("berit", be("A", 1)), ("cato", be("C", 1))], open_grounds());
    let settled: Vec<bool> = weigh(&question).rulings.iter().map(|ruling| ruling.settled).collect();
    assert_eq!(settled, [false, false, true]);
}

#[test]
fn somebody_invalid_who_must_leave_leaves() {
    // The mapping failed, so the wish carries no member; the store has the last good one.
    World::of(&["anna A"]).weigh(&[("anna", leave())]).is(&["leave anna A"], &["A left"], &["anna -A left"]);
}

#[test]
fn the_skipped_leave_when_they_were_sent() {
    let world = World::of(&["anna A", "berit -B"]);
    world.weigh(&[("anna", Wish::Skip)]).is(&["leave anna A"], &["A left"], &["anna -A skipped"]);
    world.weigh(&[("berit", Wish::Skip)]).is(&[], &[], &["berit -B skipped"]);
    world.weigh(&[("cato", Wish::Skip)]).is(&[], &[], &["cato -nothing skipped"]);
    world.unsent("A").weigh(&[("anna", Wish::Skip)]).is(&[], &["A left"], &["anna -A skipped"]);
}

#[test]
fn a_join_that_was_never_sent_is_taken_back_in_silence() {
    let world = World::of(&["anna A"]).unsent("A");
    world.weigh(&[("anna", leave())]).is(&[], &["A left"], &["anna -A left"]);
    // And comes back as a join.
    let mut world = World::of(&["anna -A"]).unsent("A");
    world.weigh(&[("anna", be("A", 1))]).is(&["join anna A"], &["A active"], &["anna A active"]);
    world.accounts.insert("A".to_owned(), (active(2), false));
    world.weigh(&[("anna", be("A", 1))]).is(&["change anna A"], &["A active"], &["anna A active"]);
}

#[test]
fn who_is_inactive_when_first_seen_is_skipped_or_sent() {
    let member = || Wish::Leave(Some((Identity::new("A"), super::fp(1))));
    let weighed = |world: &World, wish: Wish, policy| {
        let mut question = world.question(&[("anna", wish)], open_grounds());
        question.first_seen_inactive = policy;
        Shown::of(&question, &weigh(&question))
    };
    let nobody = World::of(&[]);
    weighed(&nobody, member(), FirstSeenInactive::Skip).is(&[], &[], &["anna -nothing never"]);
    weighed(&nobody, member(), FirstSeenInactive::Send).is(&["join anna A"], &["A left"], &["anna -A left"]);
    // Without a payload there is nothing to send.
    weighed(&nobody, leave(), FirstSeenInactive::Send).is(&[], &[], &["anna -nothing never"]);
    // Known to the target by another key: that one decides.
    let known = World::of(&["berit A"]);
    weighed(&known, member(), FirstSeenInactive::Send).is(&[], &[], &["anna -A left"]);
    assert_eq!(known.accounts["A"].0, active(1));
    // Recorded as never before, sent once the policy says so.
    let never = World::of(&["anna"]);
    weighed(&never, member(), FirstSeenInactive::Send).is(&["join anna A"], &["A left"], &["anna -A left"]);
    // Somebody who left is not first seen.
    let left = World::of(&["anna -A"]);
    weighed(&left, member(), FirstSeenInactive::Send).is(&[], &[], &["anna -A left"]);
    assert_eq!(left.accounts["A"].0, Due::Left);
}
