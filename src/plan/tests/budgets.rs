//! The guard's counting.

use super::{World, all, be, count, crowd, leave, open_grounds, weigh};
use crate::plan::guard::{Grounds, allowance};
use crate::plan::{Kind, Limit, Limits, Plan, Wish};

fn limits(count: Option<u32>, percent: u32) -> Limits {
    let limit = Limit { count, percent };
    Limits { leave: limit, back: limit, join: limit, change: limit }
}

fn grounds(active: u64, limits: Limits) -> Grounds {
    Grounds { limits, active, ..open_grounds() }
}

#[test]
fn the_smaller_of_count_and_share_but_a_share_of_five_at_least() {
    for (count, percent, active, expected) in [
        (Some(200), 5, 0, 5),
        (Some(200), 5, 119, 5),
        (Some(200), 5, 120, 6),
        (Some(200), 5, 4_000, 200),
        (Some(200), 5, 100_000, 200),
        (Some(3), 5, 1_000, 3),
        (Some(0), 5, 1_000, 0),
        (None, 20, 1_000, 200),
        (None, 0, 1_000, 5),
        (None, 100, u64::MAX, u64::MAX / 100),
    ] {
        assert_eq!(allowance(Limit { count, percent }, active), expected, "{count:?} {percent} % of {active}");
    }
}

/// Everybody of a crowd of twenty wishes the same; sixty more are active.
fn weighed(wish: impl Fn(&str) -> Wish, before: &str, many: usize, grounds: Grounds) -> Plan {
    let (_, keys) = crowd(many);
    let people: Vec<String> = keys.iter().map(|key| format!("{key}{before}").replace('#', &key[1..])).collect();
    let world = World::of(&people.iter().map(String::as_str).collect::<Vec<_>>());
    let wishes: Vec<_> = keys.iter().map(|key| (key.as_str(), wish(&key[1..]))).collect();
    weigh(&world.question(&wishes, grounds))
}

type Case<'a> = (Kind, &'a dyn Fn(&str) -> Wish, &'a str, &'a str);

#[test]
fn each_kind_has_its_budget() {
    let cases: [Case<'_>; 5] = [
        (Kind::Leave, &|_| leave(), " a#", "leaves"),
        (Kind::Identity, &|at| be(&format!("b{at}"), 1), " a#", "leaves"),
        (Kind::Return, &|at| be(&format!("a{at}"), 1), " -a#", "returns"),
        (Kind::Join, &|at| be(&format!("a{at}"), 1), "", "joins"),
        (Kind::Change, &|at| be(&format!("a{at}"), 2), " a#", "changes"),
    ];
    for (kind, wish, before, plural) in cases {
        for (asked, held) in [(7, false), (8, true)] {
            let plan = weighed(wish, before, asked, grounds(80, limits(Some(7), 10)));
            assert_eq!(count(&plan, kind, held), asked, "{kind:?}");
            assert_eq!(plan.changes.len(), asked, "{kind:?}");
            assert_eq!(plan.id.is_some(), held);
            let why = format!("8 {plural} within 24 h, the limit is 7 (80 active)");
            assert!(plan.held().all(|change| change.held.as_ref() == Some(&why)), "{:?}", plan.changes);
        }
        // What was admitted within the window counts.
        for (spent, held) in [(4, false), (5, true)] {
            let window = [(kind, spent)].into();
            let plan = weighed(wish, before, 3, Grounds { window, ..grounds(80, limits(Some(7), 10)) });
            assert_eq!(count(&plan, kind, held), 3, "{kind:?} after {spent}");
        }
    }
}

#[test]
fn leaves_and_identity_changes_share_one() {
    let (world, keys) = crowd(6);
    let mut wishes = all(&keys[..3], &leave());
    wishes.extend(keys[3..].iter().map(|key| (key.as_str(), be(key, 1))));
    let held = weigh(&world.question(&wishes, grounds(80, limits(Some(5), 100))));
    assert_eq!((count(&held, Kind::Leave, true), count(&held, Kind::Identity, true)), (3, 3));
    let window = [(Kind::Identity, 4)].into();
    let held = weigh(&world.question(&wishes[..2], Grounds { window, ..grounds(80, limits(Some(5), 100)) }));
    assert_eq!(count(&held, Kind::Leave, true), 2);
}

#[test]
fn only_the_kind_that_tripped_is_held() {
    let (world, keys) = crowd(12);
    let mut wishes = all(&keys[..6], &leave());
    wishes.push(("p06", be("a06", 2)));
    wishes.push(("new", be("new", 1)));
    let plan = weigh(&world.question(&wishes, grounds(80, limits(None, 5))));
    assert_eq!(count(&plan, Kind::Leave, true), 6);
    assert_eq!(count(&plan, Kind::Change, false), 1);
    assert_eq!(count(&plan, Kind::Join, false), 1);
}

#[test]
fn everybody_at_once_always_holds() {
    for many in 1..=5 {
        let (world, keys) = crowd(many);
        let plan = weigh(&world.question(&all(&keys, &leave()), grounds(many as u64, limits(None, 100))));
        assert_eq!(count(&plan, Kind::Leave, true), many);
        assert!(plan.held().all(|change| change.held.as_deref().is_some_and(|why| why.starts_with("everybody"))));
        let plan = weigh(&world.question(&all(&keys, &leave()), grounds(many as u64 + 1, limits(None, 100))));
        assert_eq!(count(&plan, Kind::Leave, false), many);
    }
    // Also when some of them are held for another reason: the last one who is not protected is still the last one.
    let (world, keys) = crowd(4);
    let mut question = world.question(&all(&keys, &leave()), grounds(4, limits(None, 100)));
    for seen in &mut question.observed[..3] {
        seen.needs_approval = Some("protected".to_owned());
    }
    assert_eq!(count(&weigh(&question), Kind::Leave, true), 4);
}

#[test]
fn joins_count_once_a_first_run_was_delivered_whole() {
    let (_, keys) = crowd(90);
    let wishes: Vec<_> = keys.iter().map(|key| (key.as_str(), be(key, 1))).collect();
    for (onboarded, held) in [(false, false), (true, true)] {
        let plan = weigh(&World::of(&[]).question(&wishes, Grounds { onboarded, ..grounds(0, limits(Some(50), 10)) }));
        assert_eq!(count(&plan, Kind::Join, held), 90);
    }
}

#[test]
fn other_rules_hold_every_leave_and_return() {
    let world = World::of(&["anna A", "berit -B", "cato C", "dora D", "eva E"]);
    let grounds = Grounds { rules_changed: true, ..grounds(1_000, limits(None, 20)) };
    let wishes =
        [("anna", leave()), ("berit", be("B", 1)), ("cato", be("C", 2)), ("dora", be("X", 1)), ("new", be("N", 1))];
    let plan = weigh(&world.question(&wishes, grounds));
    assert_eq!(count(&plan, Kind::Leave, true), 1);
    assert_eq!(count(&plan, Kind::Identity, true), 1);
    assert_eq!(count(&plan, Kind::Return, true), 1);
    assert_eq!(count(&plan, Kind::Change, false), 1, "changes have their own limit");
    assert_eq!(count(&plan, Kind::Join, false), 1);
}

#[test]
fn returns_wait_while_another_server_answers() {
    let world = World::of(&["anna A", "berit -B"]);
    let wishes = [("anna", leave()), ("berit", be("B", 1))];
    let grounds = Grounds { returns_wait: Some("another server".to_owned()), ..open_grounds() };
    let plan = weigh(&world.question(&wishes, grounds));
    assert_eq!(count(&plan, Kind::Return, true), 0, "waiting needs nobody's approval");
    assert_eq!(count(&plan, Kind::Return, false), 0);
    assert_eq!(count(&plan, Kind::Leave, false), 1);
    assert!(plan.dues.iter().all(|due| due.identity.as_str() != "B"));
}

#[test]
fn more_of_a_kind_that_tripped_is_held_too() {
    // Six people move, one place up each; held, they stay, and the last one's leave comes to light.
    let (world, keys) = crowd(7);
    let mut wishes: Vec<_> = keys[..6].iter().map(|key| (key.as_str(), be("", 1))).collect();
    for (at, wish) in wishes.iter_mut().enumerate() {
        wish.1 = be(&format!("a{:02}", at + 1), 1);
    }
    wishes.push(("p06", leave()));
    let plan = weigh(&world.question(&wishes, grounds(80, limits(None, 5))));
    assert_eq!(plan.changes.iter().filter(|change| change.held.is_none()).count(), 0, "{:?}", plan.changes);
    assert!(plan.dues.is_empty());
}
