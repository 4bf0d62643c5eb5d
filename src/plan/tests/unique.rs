//! What a target keeps unique besides the identity.

use super::*;

/// Why people are kept, by their keys.
fn whys(world: &World, wishes: &[(&str, Wish)]) -> Vec<String> {
    let question = world.question(wishes, open_grounds());
    let plan = weigh(&question);
    let why = |ruling: &super::super::Ruling| {
        format!("{}: {}", question.observed[ruling.observed].key, ruling.why.clone().unwrap_or_default())
    };
    plan.rulings.iter().filter(|ruling| ruling.verdict == Verdict::Disputed).map(why).collect()
}

#[test]
fn who_has_a_value_keeps_it_and_whoever_wants_it_too_is_not_sent() {
    let world = World::of(&["anna A+7", "bert B+8"]);
    let wishes = [("anna", be("A+7", 2)), ("bert", be("B+7", 2)), ("cora", be("C+7", 1)), ("dora", be("D+9", 1))];
    world.weigh(&wishes).is(
        &["change anna A", "join dora D"],
        &["A active", "D active"],
        &["anna A active", "bert B disputed", "cora -nothing disputed", "dora D active"],
    );
    let why = "msisdn: somebody else has the same, and the target takes it once only: anna";
    assert_eq!(whys(&world, &wishes), [format!("bert: {why}"), format!("cora: {why}")]);
}

#[test]
fn of_several_who_want_what_nobody_has_nobody_gets_it() {
    let world = World::of(&["anna A"]);
    world.weigh(&[("anna", be("A+7", 2)), ("bert", be("B+7", 1))]).is(
        &[],
        &[],
        &["anna A disputed", "bert -nothing disputed"],
    );
}

#[test]
fn who_is_not_in_this_reading_keeps_it_all_the_same() {
    let world = World::of(&["anna A+7"]);
    world.weigh(&[("bert", be("B+7", 1))]).is(&[], &[], &["bert -nothing disputed"]);
}

fn sorted(mut words: [&str; 2]) -> [&str; 2] {
    words.sort_unstable();
    words
}

#[test]
fn it_passes_on_when_its_holder_gives_it_up() {
    let world = World::of(&["anna A+7"]);
    let joined = ["bert B active"];
    for (wish, changes, dues, ruling) in [
        (be("A+9", 2), "change anna A", "A active", "anna A active"),
        (be("A", 2), "change anna A", "A active", "anna A active"),
        (leave(), "leave anna A", "A left", "anna -A left"),
    ] {
        let rulings = [ruling, joined[0]];
        world.weigh(&[("anna", wish), ("bert", be("B+7", 1))]).is(
            &sorted([changes, "join bert B"]),
            &[dues, "B active"],
            &rulings,
        );
    }
}

#[test]
fn a_holder_who_may_not_leave_yet_keeps_it() {
    let world = World::of(&["anna A+7"]);
    let mut question = world.question(&[("anna", leave()), ("bert", be("B+7", 1))], open_grounds());
    question.observed[0].needs_approval = Some("protected".to_owned());
    Shown::of(&question, &weigh(&question)).is(&["HELD leave anna A"], &[], &["anna A held", "bert -nothing disputed"]);
}

#[test]
fn two_who_change_places_both_may() {
    let world = World::of(&["anna A+7", "bert B+8"]);
    world.weigh(&[("anna", be("A+8", 2)), ("bert", be("B+7", 2))]).is(
        &["change anna A", "change bert B"],
        &["A active", "B active"],
        &["anna A active", "bert B active"],
    );
}

#[test]
fn when_its_owner_moves_and_whoever_gets_the_identity_has_the_same_nothing_changes() {
    let world = World::of(&["anna A+7", "bert B"]);
    world.weigh(&[("anna", be("C+7", 2)), ("bert", be("A+7", 2))]).is(
        &[],
        &[],
        &["anna A disputed", "bert B disputed"],
    );
}

#[test]
fn somebody_who_moves_takes_it_along() {
    let world = World::of(&["anna A+7"]);
    world.weigh(&[("anna", be("B+7", 1))]).is(&["identity anna A→B"], &["A left", "B active"], &["anna B active"]);
    // Also when somebody of another sync claims the identity by now.
    let world = World::of(&["anna A+7", "bert A"]);
    world.weigh(&[("anna", be("B+7", 1))]).is(&["identity anna A→B"], &["B active"], &["anna B active"]);
}
