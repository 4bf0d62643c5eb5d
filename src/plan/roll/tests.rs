use std::collections::{BTreeMap, BTreeSet};

use proptest::collection::{btree_map, vec};
use proptest::prelude::*;

use super::*;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn print(content: u8) -> Fingerprint {
    Fingerprint::of(&[content])
}

fn someone(id: i64, key: &str) -> Known {
    Known { id, key: Key::new(key), claims: true, active: true, protected: false, awaited: None }
}

/// Of people whose entries were as `print(0)` says.
fn roll(people: impl IntoIterator<Item = Known>) -> Roll {
    roll_of(people.into_iter().map(|known| (known, Some(print(0)))))
}

fn roll_of(people: impl IntoIterator<Item = (Known, Option<Fingerprint>)>) -> Roll {
    let mut gathering = Gathering::default();
    people.into_iter().for_each(|(known, seen)| gathering.push(&known, seen));
    gathering.roll()
}

/// Those of whom no entry was read, by their ids.
fn unread(roll: &Roll) -> Vec<Known> {
    let mut unread: Vec<_> = roll.unread().collect();
    unread.sort_unstable_by(|one, other| (one.id, &one.key).cmp(&(other.id, &other.key)));
    unread
}

fn guid(number: u32) -> String {
    format!("{number:08x}-0000-4000-8000-00000000000a")
}

#[test]
fn a_person_takes_31_bytes() {
    assert_eq!(size_of::<Row>(), 31);
}

#[test]
fn everybody_is_found_and_nobody_else() {
    for count in [0, 1, 2, 3, 4_227, 4_228, 4_229, 20_000] {
        let roll = roll((0..count).map(|id| someone(i64::from(id), &guid(id))));
        assert_eq!((roll.len(), roll.is_empty(), roll.active()), (count as usize, count == 0, u64::from(count)));
        for id in 0..count {
            assert_eq!(roll.find(&Key::new(guid(id))), Some(someone(i64::from(id), &guid(id))));
        }
        for stranger in [&guid(count), &guid(0).to_uppercase(), "", &guid(0)[1..], "anna"] {
            assert_eq!(roll.find(&Key::new(stranger)), None, "{stranger}");
        }
    }
}

#[test]
fn keys_that_look_alike_are_different_ones() {
    let zeros = "\0".repeat(15);
    let keys = ["", "\0", "0", &zeros, &guid(10), &guid(10).to_uppercase(), &"x".repeat(15), &"x".repeat(16)];
    let roll = roll((0..).zip(keys).map(|(id, key)| someone(id, key)));
    for (id, key) in (0..).zip(keys) {
        assert_eq!(roll.find(&Key::new(key)).map(|known| (known.id, known.key)), Some((id, Key::new(key))));
    }
}

#[test]
fn long_keys_fill_several_portions_of_text() {
    let text = |id| format!("uid={id},{}", "ou=somewhere,".repeat(38));
    let roll = roll((0..1_000).map(|id| someone(id, &text(id))));
    assert!((0..1_000).all(|id| roll.find(&Key::new(text(id))).is_some_and(|known| known.id == id)));
    assert!(unread(&roll).into_iter().map(|known| known.key).eq((0..1_000).map(|id| Key::new(text(id)))));
}

#[test]
#[should_panic(expected = "one after the other")]
fn an_id_that_has_no_room_is_not_another_one() {
    roll([someone(Roll::IDS.end, "anna")]);
}

#[test]
fn somebody_is_judged_once_and_unchanged_people_are_not() {
    let mut roll = roll([someone(1, "anna"), someone(2, "bert")]);
    let mut meet = |key: &str, content| roll.meet(&Key::new(key), print(content), at(0));
    assert_eq!(meet("anna", 0), Some(Met::AsItWas));
    assert_eq!(meet("anna", 0), Some(Met::Again));
    assert_eq!(meet("bert", 1), Some(Met::Changed(someone(2, "bert"))));
    assert_eq!(meet("bert", 1), Some(Met::Again));
    assert_eq!(meet("cato", 1), None);
}

#[test]
fn of_two_entries_by_turns_the_unchanged_one_counts_once() {
    let mut roll = roll([someone(1, "anna")]);
    let mut meet = |content| roll.meet(&Key::new("anna"), print(content), at(0));
    assert_eq!(meet(0), Some(Met::AsItWas));
    for (content, told) in [(1, true), (0, false), (1, false), (0, false)] {
        let Some(Met::Another { known, was }) = meet(content) else { panic!("another entry") };
        assert_eq!((known.id, was), (1, told));
    }
}

#[test]
fn somebody_of_whom_something_is_awaited_is_judged_once_it_is_due() {
    let awaited = |absent_since, recheck_at| Awaited { absent_since, recheck_at };
    for (awaited, due) in [
        (awaited(None, Some(at(11))), false),
        (awaited(None, Some(at(10))), true),
        (awaited(Some(at(1)), None), true),
        (awaited(Some(at(1)), Some(at(99))), true),
    ] {
        let waiting = Known { awaited: Some(awaited.clone()), ..someone(1, "anna") };
        let mut late = roll([someone(1, "anna")]);
        late.wait(&Key::new("anna"), awaited);
        for mut roll in [roll([waiting.clone()]), late] {
            let met = roll.meet(&Key::new("anna"), print(0), at(10)).unwrap();
            assert_eq!(met, if due { Met::Changed(waiting.clone()) } else { Met::AsItWas });
        }
    }
}

#[test]
fn who_is_doubted_is_judged_whatever_their_entry_says() {
    let mut roll = roll([someone(1, "anna"), someone(2, "bert")]);
    roll.doubt(&Key::new("anna"));
    roll.doubt(&Key::new("nobody"));
    assert_eq!(["anna", "bert", "nobody"].map(|key| roll.is_doubted(&Key::new(key))), [Some(true), Some(false), None]);
    // Nor is an entry whose fingerprint has no bit set taken for the one that is not known.
    let nothing = Fingerprint::from_slice(&[0; 16]).unwrap();
    assert_eq!(roll.meet(&Key::new("anna"), nothing, at(0)), Some(Met::Changed(someone(1, "anna"))));
    assert_eq!(roll.meet(&Key::new("anna"), nothing, at(0)), Some(Met::Again));
    assert_eq!(roll.meet(&Key::new("bert"), print(0), at(0)), Some(Met::AsItWas));
}

/// Some are GUIDs in either case, some fit, some do not.
fn key() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<[u8; 16]>().prop_map(|bytes| crate::directory::attribute::guid_text(&bytes).unwrap()),
        any::<u32>().prop_map(|number| guid(number).to_uppercase()),
        "[a-cä0-]{0,15}",
        "\\PC{0,40}",
        "[ab]{16,40}",
    ]
}

fn moment() -> impl Strategy<Value = Option<Timestamp>> {
    proptest::option::of((0_i64..20).prop_map(at))
}

fn person() -> impl Strategy<Value = (Known, Option<Fingerprint>)> {
    let seen = proptest::option::of((0_u8..3).prop_map(print));
    let id = prop_oneof![0_i64..9, Roll::IDS];
    (id, seen, any::<[bool; 3]>(), proptest::option::of((moment(), moment()))).prop_map(|(id, seen, flags, awaited)| {
        let [claims, active, protected] = flags;
        let awaited = awaited.map(|(absent_since, recheck_at)| Awaited { absent_since, recheck_at });
        (Known { id, key: Key::new(""), claims, active, protected, awaited }, seen)
    })
}

fn people(most: usize) -> impl Strategy<Value = Vec<(Known, Option<Fingerprint>)>> {
    btree_map(key(), person(), 1..most).prop_map(|people| {
        people.into_iter().map(|(key, (known, seen))| (Known { key: Key::new(key), ..known }, seen)).collect()
    })
}

/// What a reading makes of its entries, told the long way round.
#[derive(Default)]
struct Plain {
    read: BTreeMap<Key, Fingerprint>,
    as_it_was: BTreeSet<Key>,
}

impl Plain {
    fn meet(&mut self, (known, seen): &(Known, Option<Fingerprint>), entry: Fingerprint, now: Timestamp) -> Met {
        let key = known.key.clone();
        if let Some(before) = self.read.insert(key.clone(), entry) {
            let another = Met::Another { known: known.clone(), was: before != entry && self.as_it_was.remove(&key) };
            return if before == entry { Met::Again } else { another };
        }
        let waits = known.absent_since().is_some() || known.recheck_at().is_some_and(|recheck| recheck <= now);
        if *seen == Some(entry) && !waits {
            self.as_it_was.insert(key);
            return Met::AsItWas;
        }
        Met::Changed(known.clone())
    }
}

proptest! {
    #[test]
    fn people_are_as_they_were_put_in(people in people(40), strangers in vec(key(), 0..20)) {
        let roll = roll_of(people.clone());
        for (known, seen) in &people {
            prop_assert_eq!(roll.find(&known.key), Some(known.clone()));
            prop_assert_eq!(roll.is_doubted(&known.key), Some(seen.is_none()));
        }
        let mut people: Vec<Known> = people.into_iter().map(|(known, _)| known).collect();
        for stranger in strangers.into_iter().map(Key::new) {
            prop_assert_eq!(roll.find(&stranger), people.iter().find(|known| known.key == stranger).cloned());
        }
        prop_assert_eq!(roll.active(), people.iter().filter(|known| known.active).count() as u64);
        people.sort_unstable_by(|one, other| (one.id, &one.key).cmp(&(other.id, &other.key)));
        prop_assert_eq!(unread(&roll), people);
    }

    #[test]
    fn a_reading_is_what_it_is_with_plain_maps(
        people in people(20),
        entries in vec((any::<prop::sample::Index>(), 0_u8..3), 0..80),
    ) {
        let (mut roll, mut plain) = (roll_of(people.clone()), Plain::default());
        for (whose, content) in entries {
            let (person, entry, now) = (whose.get(&people), print(content), at(10));
            prop_assert_eq!(roll.meet(&person.0.key, entry, now), Some(plain.meet(person, entry, now)));
        }
        for (known, _) in people {
            let is_unread = roll.unread().any(|other| other == known);
            prop_assert_eq!(is_unread, !plain.read.contains_key(&known.key));
        }
    }
}
