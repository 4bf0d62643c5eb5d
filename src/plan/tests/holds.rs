//! Holding, approving, and plan ids.

use super::{Shown, World, all, be, count, crowd, grants, leave, open_grounds, weigh};
use crate::plan::guard::{Grounds, pair, plan_id};
use crate::plan::{Due, Kind, Question};

fn tight(active: u64) -> Grounds {
    Grounds { active, ..open_grounds() }
}

/// What the guard would know the next time.
fn sticky(question: &Question) -> Grounds {
    let plan = weigh(question);
    let held = plan.held().map(|change| (pair(&question.observed, change), change.held.clone().unwrap())).collect();
    Grounds { held, ..question.guard.clone() }
}

#[test]
fn what_is_held_is_not_due_and_stays_as_it_was() {
    let (world, keys) = crowd(6);
    let shown = {
        let question = world.question(&all(&keys, &leave()), tight(80));
        Shown::of(&question, &weigh(&question))
    };
    assert_eq!(shown.dues, [""; 0]);
    assert_eq!(shown.rulings[0], "p00 a00 held");
    assert_eq!(shown.changes[0], "HELD leave p00 a00");
}

#[test]
fn holds_stick_when_the_others_come_back() {
    let (world, keys) = crowd(6);
    let held = sticky(&world.question(&all(&keys, &leave()), tight(80)));
    // Five return to the directory: one alone would not trip, but was held.
    let question = world.question(&all(&keys[..1], &leave()), held.clone());
    assert_eq!(count(&weigh(&question), Kind::Leave, true), 1);
    // Another change of the same person was not.
    let question = world.question(&[("p00", be("a00", 2))], held.clone());
    assert_eq!(count(&weigh(&question), Kind::Change, false), 1);
    // Nor somebody else's leave.
    let (world, _) = crowd(7);
    let question = world.question(&[("p00", leave()), ("p06", leave())], held);
    let plan = weigh(&question);
    assert_eq!((count(&plan, Kind::Leave, true), count(&plan, Kind::Leave, false)), (1, 1));
}

#[test]
fn what_waits_for_approval_takes_nothing_of_the_budget() {
    let (world, keys) = crowd(11);
    let held = sticky(&world.question(&all(&keys[..6], &leave()), tight(80)));
    for (many, admitted) in [(11, 5), (10, 4)] {
        let plan = weigh(&world.question(&all(&keys[..many], &leave()), held.clone()));
        assert_eq!((count(&plan, Kind::Leave, true), count(&plan, Kind::Leave, false)), (6, admitted));
    }
}

#[test]
fn an_approval_grants_exactly_its_pairs() {
    let (world, keys) = crowd(8);
    let question = world.question(&all(&keys[..6], &leave()), tight(80));
    let plan = weigh(&question);
    let granted = Grounds { granted: grants(&question, &plan).collect(), ..sticky(&question) };
    let question = world.question(&all(&keys[..6], &leave()), granted.clone());
    assert_eq!(count(&weigh(&question), Kind::Leave, false), 6);
    assert_eq!(weigh(&question).id, None);
    // What comes on top is judged afresh: two are fine, six would not be.
    let question = world.question(&all(&keys, &leave()), granted);
    assert_eq!(count(&weigh(&question), Kind::Leave, false), 8);
    let one = Grounds { granted: grants(&question, &plan).take(1).collect(), ..tight(80) };
    let question = world.question(&all(&keys, &leave()), one);
    let plan = weigh(&question);
    assert_eq!((count(&plan, Kind::Leave, false), count(&plan, Kind::Leave, true)), (1, 7));
}

#[test]
fn an_approval_of_a_change_is_of_these_fields() {
    let (world, keys) = crowd(7);
    let wishes =
        |version| keys.iter().map(|key| (key.as_str(), be(&format!("a{}", &key[1..]), version))).collect::<Vec<_>>();
    let mut tight = tight(10);
    tight.limits.change.percent = 0;
    let question = world.question(&wishes(2), tight.clone());
    let plan = weigh(&question);
    assert_eq!(count(&plan, Kind::Change, true), 7);
    let granted = Grounds { granted: grants(&question, &plan).collect(), ..tight };
    assert_eq!(count(&weigh(&world.question(&wishes(2), granted.clone())), Kind::Change, false), 7);
    assert_eq!(count(&weigh(&world.question(&wishes(3), granted)), Kind::Change, true), 7);
}

#[test]
fn the_protected_always_need_approval() {
    let world = World::of(&["anna A", "berit A"]);
    let mut question = world.question(&[("anna", leave()), ("berit", leave())], tight(80));
    // They share an account: it leaves when the protected one is approved, whoever was read first.
    question.observed[1].needs_approval = Some("protected".to_owned());
    let plan = weigh(&question);
    assert_eq!(Shown::of(&question, &plan).changes, ["HELD leave berit A"]);
    assert!(plan.dues.is_empty());
    question.guard.granted = grants(&question, &plan).collect();
    assert_eq!(Shown::of(&question, &weigh(&question)).changes, ["leave berit A"]);
    // Joins and changes do not ask.
    let mut question = world.question(&[("cato", be("C", 1))], tight(80));
    question.observed[0].needs_approval = Some("protected".to_owned());
    assert_eq!(Shown::of(&question, &weigh(&question)).changes, ["join cato C"]);
}

#[test]
fn an_account_does_not_leave_because_its_new_owner_is_held() {
    // Re-hired under a new key with other fields, while so many change that the guard holds them all.
    let mut grounds = open_grounds();
    grounds.limits.change.count = Some(0);
    let world = World::of(&["old A"]);
    let question = world.question(&[("new", be("A", 2)), ("old", leave())], grounds);
    let plan = weigh(&question);
    Shown::of(&question, &plan).is(&["HELD change new A"], &[], &["new A held", "old -A left"]);
    // Nor the next time, when only the held one is read again, and not when that one leaves unheard either.
    let world = world.after(&question, &plan);
    let question = world.question(&[("new", be("A", 2))], sticky(&question));
    Shown::of(&question, &weigh(&question)).is(&["HELD change new A"], &[], &["new A held"]);
    world.weigh(&[("new", leave())]).is(&["leave new A"], &["A left"], &["new -A left"]);
}

#[test]
fn newcomers_in_a_dispute_keep_an_account_alive_while_others_are_held() {
    let mut grounds = open_grounds();
    grounds.limits.change.count = Some(0);
    let world = World::of(&["old A", "other B"]);
    let wishes = [("anna", be("A", 1)), ("berit", be("A", 1)), ("old", leave()), ("other", be("B", 2))];
    let question = world.question(&wishes, grounds);
    Shown::of(&question, &weigh(&question)).is(
        &["HELD change other B"],
        &[],
        &["anna A disputed", "berit A disputed", "old -A left", "other B held"],
    );
}

#[test]
fn a_held_return_claims_its_account() {
    // A leave still on its way must not be sent of somebody who is active again.
    let world = World::of(&["anna -A"]);
    let mut grounds = open_grounds();
    grounds.limits.back.count = Some(0);
    let question = world.question(&[("anna", be("A", 1))], grounds);
    let plan = weigh(&question);
    Shown::of(&question, &plan).is(&["HELD return anna A"], &[], &["anna A held"]);
    // And lets go of it again.
    world.after(&question, &plan).weigh(&[("anna", leave())]).is(&[], &[], &["anna -A left"]);
}

#[test]
fn whoever_left_and_is_held_elsewhere_claims_that() {
    // Cato's return as B was held; by now he is to be A, which Anna gives up. Else A would leave, and what is held as a
    // change would come about as a return.
    let mut world = World::of(&["anna A", "cato B"]);
    world.accounts.insert("B".to_owned(), (Due::Left, true));
    let mut grounds = open_grounds();
    grounds.limits.change.count = Some(0);
    let wishes = [("anna", leave()), ("cato", be("A", 2))];
    let question = world.question(&wishes, grounds);
    let plan = weigh(&question);
    Shown::of(&question, &plan).is(&["HELD change cato A"], &[], &["anna -A left", "cato A held"]);
    let question = world.after(&question, &plan).question(&wishes, sticky(&question));
    Shown::of(&question, &weigh(&question)).is(&["HELD change cato A"], &[], &["anna -A left", "cato A held"]);
}

#[test]
fn a_held_move_disputes_what_it_would_have_left() {
    let world = World::of(&["anna A"]);
    let mut question = world.question(&[("anna", be("B", 1)), ("berit", be("A", 1))], tight(80));
    question.observed[0].needs_approval = Some("protected".to_owned());
    let plan = weigh(&question);
    Shown::of(&question, &plan).is(&["HELD identity anna A→B"], &[], &["anna A held", "berit A disputed"]);
    // That Berit claims it by now makes it no other change the next time.
    let world = world.after(&question, &plan);
    let question = world.question(&[("anna", be("B", 1)), ("berit", be("A", 1))], sticky(&question));
    Shown::of(&question, &weigh(&question)).is(&["HELD identity anna A→B"], &[], &["anna A held", "berit A disputed"]);
}

#[test]
fn a_plans_id_is_of_its_pairs_whatever_their_order() {
    let (world, keys) = crowd(6);
    let mut wishes = all(&keys, &leave());
    let id = weigh(&world.question(&wishes, tight(80))).id;
    assert_eq!(id.as_ref().map(String::len), Some(8));
    wishes.reverse();
    assert_eq!(weigh(&world.question(&wishes, tight(80))).id, id);
    wishes[0].1 = be("other", 1);
    assert_ne!(weigh(&world.question(&wishes, tight(80))).id, id);
    assert_eq!(plan_id(&[], &[]), None);
}

#[test]
fn who_is_held_is_told_with_what_the_directory_shows_of_them() {
    let world = World::of(&["anna A", "berit B", "cato C", "dora D"]);
    let wishes = [("anna", leave()), ("berit", leave()), ("cato", leave()), ("dora", be("D", 1))];
    let mut question = world.question(&wishes, open_grounds());
    let say = |(cause, why): (Option<&str>, &str)| (cause.map(str::to_owned), Some(why.to_owned()));
    let given =
        [(Some("disabled"), "protected"), (Some("deleted"), "deleted; `absence` says hold"), (None, "protected")];
    for (seen, given) in question.observed.iter_mut().zip(given) {
        (seen.why, seen.needs_approval) = say(given);
    }
    let plan = weigh(&question);
    let told: Vec<_> = plan.rulings[..3].iter().map(|ruling| ruling.why.as_deref().unwrap()).collect();
    assert_eq!(told, ["disabled; protected", "deleted; `absence` says hold", "protected"]);
    let held: Vec<_> = plan.changes.iter().map(|change| change.held.as_deref().unwrap()).collect();
    assert_eq!(
        held,
        ["protected", "deleted; `absence` says hold", "protected"],
        "what all are held for stays one reason"
    );
}
