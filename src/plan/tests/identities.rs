//! Identity changes.

use super::{World, active, be, leave};
use crate::plan::Due;

#[test]
fn to_a_new_identity_is_one_change_and_the_old_one_waits() {
    let world = World::of(&["anna A"]);
    world.weigh(&[("anna", be("B", 1))]).is(&["identity anna A→B"], &["A left", "B active"], &["anna B active"]);
}

#[test]
fn to_one_that_exists() {
    // It was somebody's who left.
    let world = World::of(&["anna A", "old -B"]);
    world.weigh(&[("anna", be("B", 1))]).is(&["identity anna A→B"], &["A left", "B active"], &["anna B active"]);
    // It is somebody's who leaves now.
    let world = World::of(&["anna A", "old B"]);
    world.weigh(&[("anna", be("B", 2)), ("old", leave())]).is(
        &["identity anna A→B"],
        &["A left", "B active"],
        &["anna B active", "old -B left"],
    );
}

#[test]
fn swapped() {
    let world = World::of(&["anna A", "berit B"]);
    world.weigh(&[("anna", be("B", 2)), ("berit", be("A", 2))]).is(
        &["identity anna A→B", "identity berit B→A"],
        &["A active", "B active"],
        &["anna B active", "berit A active"],
    );
}

#[test]
fn in_a_chain_of_people() {
    let world = World::of(&["anna A", "berit B", "cato C"]);
    world.weigh(&[("anna", be("B", 1)), ("berit", be("C", 1)), ("cato", be("D", 1))]).is(
        &["identity anna A→B", "identity berit B→C", "identity cato C→D"],
        &["A left", "B active", "C active", "D active"],
        &["anna B active", "berit C active", "cato D active"],
    );
}

#[test]
fn in_a_chain_of_time_and_back() {
    // A→B was admitted and not delivered: B is not known to the target yet, so B→C is no further leave.
    let mut world = World::of(&["anna B"]).unsent("B");
    world.accounts.insert("A".to_owned(), (Due::Left, true));
    world.weigh(&[("anna", be("C", 1))]).is(&["join anna C"], &["B left", "C active"], &["anna C active"]);
    world.weigh(&[("anna", be("A", 1))]).is(&["return anna A"], &["A active", "B left"], &["anna A active"]);
    // And when it was delivered.
    world.accounts.insert("B".to_owned(), (active(1), true));
    world.weigh(&[("anna", be("A", 1))]).is(&["identity anna B→A"], &["A active", "B left"], &["anna A active"]);
}

#[test]
fn of_somebody_never_sent_is_a_join() {
    let world = World::of(&["anna A"]).unsent("A");
    world.weigh(&[("anna", be("B", 1))]).is(&["join anna B"], &["A left", "B active"], &["anna B active"]);
}

#[test]
fn of_somebody_who_left_is_a_join() {
    let world = World::of(&["anna -A"]);
    world.weigh(&[("anna", be("B", 1))]).is(&["join anna B"], &["B active"], &["anna B active"]);
}

#[test]
fn from_an_account_that_left_already_is_no_leave() {
    // Two claim an account that had left before they came; one of them turns out to be somebody else.
    let mut world = World::of(&["anna A", "berit A"]);
    world.accounts.insert("A".to_owned(), (Due::Left, true));
    world.weigh(&[("anna", be("B", 1)), ("berit", leave())]).is(
        &["join anna B"],
        &["B active"],
        &["anna B active", "berit -A left"],
    );
}
