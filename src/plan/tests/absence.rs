//! What absence means: sighting × policy × grace × settling.

use std::time::Duration;

use crate::directory::{Kind, Sighting};
use crate::plan::absence::{judge, word};
use crate::plan::{Absence, Policy, Verdict, Wish};
use crate::roster::Timestamp;

const ALL: [Sighting; 7] = [
    Sighting::Matches,
    Sighting::Filtered,
    Sighting::Disabled,
    Sighting::Moved,
    Sighting::Deleted,
    Sighting::Unreadable,
    Sighting::Gone,
];

fn at(minute: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + minute * 60).unwrap()
}

fn settings(policy: Policy, grace: Option<u64>) -> Absence {
    Absence {
        grace: grace.map(Duration::from_mins),
        settle: Duration::from_mins(30),
        deleted: policy,
        gone: policy,
        moved: policy,
        filtered: policy,
        unreadable: policy,
    }
}

#[test]
fn every_sighting_under_every_policy() {
    for sighting in ALL {
        for policy in [Policy::Leave, Policy::Hold] {
            let settings = settings(policy, Some(0));
            let absent = judge(sighting, true, &settings, Kind::Generic, at(0), false, at(0));
            let expected = match (sighting, policy) {
                (Sighting::Matches, _) => (Wish::Keep(Verdict::Absent), false),
                (Sighting::Disabled, _) | (_, Policy::Leave) => (Wish::Leave(None), false),
                (_, Policy::Hold) => (Wish::Leave(None), true),
            };
            assert_eq!((absent.wish, absent.needs_approval.is_some()), expected, "{sighting:?} {policy:?}");
        }
    }
}

#[test]
fn each_has_its_own_policy() {
    type Set = fn(&mut Absence);
    let cases: [(Sighting, Set); 5] = [
        (Sighting::Deleted, |it| it.deleted = Policy::Hold),
        (Sighting::Gone, |it| it.gone = Policy::Hold),
        (Sighting::Moved, |it| it.moved = Policy::Hold),
        (Sighting::Filtered, |it| it.filtered = Policy::Hold),
        (Sighting::Unreadable, |it| it.unreadable = Policy::Hold),
    ];
    for (meant, set) in cases {
        let mut settings = settings(Policy::Leave, Some(0));
        set(&mut settings);
        for sighting in ALL {
            let absent = judge(sighting, false, &settings, Kind::Generic, at(0), false, at(0));
            assert_eq!(absent.needs_approval.is_some(), sighting == meant, "{sighting:?} under {meant:?}");
        }
    }
    // Where the deleted can be seen, whoever is nowhere was not deleted.
    let default = Absence::default();
    for (sees_deleted, held) in [(true, true), (false, false)] {
        let settings = Absence { grace: Some(Duration::ZERO), ..default };
        let absent = judge(Sighting::Gone, sees_deleted, &settings, Kind::ActiveDirectory, at(0), false, at(0));
        assert_eq!(absent.needs_approval.is_some(), held, "{absent:?}");
    }
    assert_eq!((default.unreadable, default.gone), (Policy::Hold, Policy::Leave));
}

#[test]
fn nobody_leaves_before_the_grace_is_over() {
    let hour = Some(60);
    for (kind, grace, minute, leaves) in [
        (Kind::ActiveDirectory, None, 59, false),
        (Kind::ActiveDirectory, None, 60, true),
        (Kind::ActiveDirectory, Some(0), 0, true),
        (Kind::OpenLdap, None, 0, true),
        (Kind::Generic, None, 0, true),
        (Kind::Generic, hour, 59, false),
        (Kind::Generic, hour, 60, true),
    ] {
        for sighting in [Sighting::Filtered, Sighting::Moved, Sighting::Deleted, Sighting::Unreadable, Sighting::Gone] {
            let absent = judge(sighting, true, &settings(Policy::Leave, grace), kind, at(0), false, at(minute));
            assert_eq!(absent.wish == Wish::Leave(None), leaves, "{sighting:?} {kind:?} {grace:?} {minute}");
        }
        // Held people are not asked about before that either.
        let absent = judge(Sighting::Gone, true, &settings(Policy::Hold, grace), kind, at(0), false, at(minute));
        assert_eq!(absent.needs_approval.is_some(), leaves);
        // Disabled is a fact of the entry, not of its absence.
        let absent = judge(Sighting::Disabled, true, &settings(Policy::Leave, grace), kind, at(0), true, at(minute));
        assert_eq!(absent.wish, Wish::Leave(None));
    }
}

#[test]
fn after_a_change_of_server_a_second_reading_must_agree() {
    for (grace, minute, leaves) in [(0, 0, false), (0, 29, false), (0, 30, true), (60, 30, false), (60, 60, true)] {
        let settings = settings(Policy::Leave, Some(grace));
        let absent = judge(Sighting::Deleted, true, &settings, Kind::Generic, at(0), true, at(minute));
        assert_eq!(absent.wish == Wish::Leave(None), leaves, "{grace} {minute}");
    }
}

#[test]
fn the_reason_is_said() {
    assert!(word(Sighting::Gone, true).contains("without a trace"));
    assert!(word(Sighting::Gone, false).contains("deleted, or not readable"));
    let waiting = judge(Sighting::Moved, true, &settings(Policy::Leave, Some(60)), Kind::Generic, at(0), false, at(0));
    assert!(waiting.why.starts_with("moved") && waiting.why.contains("believed from"), "{}", waiting.why);
}
