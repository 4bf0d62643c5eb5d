//! Who is told what, and when.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;

use super::{Condition, Kind, Message, Seen, Stage, Terms, Told, conditions, trial};
use crate::report::{
    ConfigStatus, Daemon, Held, Ran, Refused, RefusedConfig, Status, Summary, SyncStatus, TargetStatus,
};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + second).unwrap()
}

fn terms(after: u64, again: u64) -> Terms {
    let on = Kind::ALL.into_iter().map(|(_, kind)| kind).collect();
    Terms { on, after: Duration::from_secs(after), again: Duration::from_secs(again) }
}

/// What a look sees of one condition.
#[derive(Clone, Copy, Debug)]
enum See {
    Wrong,
    Well,
    Unsure,
}

use See::{Unsure, Well, Wrong};

impl See {
    fn of(self, kind: Kind) -> Seen {
        let subject = (kind, "staff".to_owned());
        let condition = Condition { since: None, text: "staff: wrong".to_owned() };
        match self {
            Wrong => Seen { wrong: [(subject, condition)].into(), unsure: BTreeSet::new() },
            Well => Seen::default(),
            Unsure => Seen { wrong: BTreeMap::new(), unsure: [subject].into() },
        }
    }
}

/// What is told at looks ten seconds apart; `.` is nothing, a small letter could not be delivered.
fn story(terms: &Terms, looks: &[(See, bool)]) -> String {
    let mut told = Told::default();
    let mut story = String::new();
    for (at_look, (see, arrives)) in (0..).map(|look: i64| at(look * 10)).zip(looks) {
        let messages = told.look(&see.of(Kind::Held), terms, at_look);
        assert!(messages.len() < 2, "{messages:?}");
        let letter = match messages.first().map(|message| message.state) {
            None => '.',
            Some(Stage::Raised) if *arrives => 'W',
            Some(Stage::Raised) => 'w',
            Some(Stage::Recovered) if *arrives => 'R',
            Some(Stage::Recovered) => 'r',
        };
        story.push(letter);
        messages.iter().filter(|_| *arrives).for_each(|message| told.heard(message));
    }
    story
}

fn all(see: See, looks: usize) -> Vec<(See, bool)> {
    vec![(see, true); looks]
}

#[test]
fn what_lasts_is_told_once_and_again_and_its_end_once() {
    let looks = [all(Wrong, 9), all(Well, 6)].concat();
    assert_eq!(story(&terms(20, 50), &looks), "..W....W...R...");
    assert_eq!(story(&terms(0, 1_000), &looks), "W........R.....");
}

#[test]
fn what_comes_and_goes_is_not_told_but_what_was_told_stays_so_until_it_is_over_for_long() {
    let flaps = [[Wrong, Well], [Wrong, Well], [Wrong, Well]].concat();
    let flaps: Vec<_> = flaps.into_iter().map(|see| (see, true)).collect();
    assert_eq!(story(&terms(20, 1_000), &flaps), "......");
    let looks = [all(Wrong, 3), flaps, all(Well, 3)].concat();
    assert_eq!(story(&terms(20, 1_000), &looks), "..W.......R.");
}

#[test]
fn what_can_not_be_told_now_counts_as_before() {
    let looks =
        [all(Wrong, 1), all(Unsure, 3), all(Wrong, 1), all(Unsure, 4), all(Well, 1), all(Unsure, 2), all(Well, 1)];
    assert_eq!(story(&terms(20, 1_000), &looks.concat()), "....W......R.", "what is gone counts so, too");
    assert_eq!(story(&terms(0, 1_000), &all(Unsure, 3)), "...");
}

#[test]
fn what_does_not_arrive_is_told_at_the_next_look() {
    let lost = |see, looks| vec![(see, false); looks];
    let looks = [lost(Wrong, 4), all(Wrong, 2), lost(Well, 4), all(Well, 2)].concat();
    assert_eq!(story(&terms(20, 1_000), &looks), "..wwW...rrR.");
    // Over before it arrived.
    assert_eq!(story(&terms(20, 1_000), &[lost(Wrong, 4), all(Well, 4)].concat()), "..ww....");
}

#[test]
fn nobody_is_told_of_what_they_did_not_ask_for() {
    let only = Terms { on: [Kind::Failed].into(), ..terms(0, 1) };
    assert_eq!(Told::default().look(&Wrong.of(Kind::Held), &only, at(0)), []);
    assert_eq!(Told::default().look(&Wrong.of(Kind::Failed), &only, at(0)).len(), 1);
    // Somebody changed `on`: nothing is left of it.
    let mut told = Told::default();
    let messages = told.look(&Wrong.of(Kind::Held), &terms(0, 1), at(0));
    told.heard(&messages[0]);
    assert_eq!((told.look(&Seen::default(), &only, at(9)), told), (Vec::new(), Told::default()));
}

#[test]
fn a_message_is_one_line_of_json() {
    let message = Message {
        kind: Kind::Held,
        about: "employees".to_owned(),
        state: Stage::Raised,
        since: at(0),
        at: at(60),
        text: "employees: 40 changes not approved yet; who: rosterd plan employees".to_owned(),
    };
    insta::assert_snapshot!(message.json("hr1"), @r#"{"about":"employees","at":"2027-01-15T08:01:00Z","host":"hr1","kind":"held","since":"2027-01-15T08:00:00Z","state":"raised","text":"employees: 40 changes not approved yet; who: rosterd plan employees"}"#);
}

#[test]
fn a_test_message_looks_like_any_other_and_is_of_no_kind() {
    insta::assert_snapshot!(trial(at(0), "hr1"), @r#"{"about":"notify","at":"2027-01-15T08:00:00Z","host":"hr1","kind":"test","since":"2027-01-15T08:00:00Z","state":"test","text":"notify: a test, asked for by rosterd notify --test; nothing is wrong"}"#);
    assert_eq!(Kind::named("test"), None);
}

#[test]
fn every_kind_has_a_name_and_an_end() {
    for (name, kind) in Kind::ALL {
        assert_eq!((kind.name(), Kind::named(name)), (name, Some(kind)));
    }
    assert_eq!(Kind::ALL.map(|(_, kind)| kind.over()).into_iter().collect::<BTreeSet<_>>().len(), 7);
}

fn well() -> Status {
    let summary = Summary { result: "ok".to_owned(), ..Summary::default() };
    let last = Ran { run: 1, sync: "staff".to_owned(), began: at(0), ended: Some(at(1)), summary: Some(summary) };
    let staff =
        SyncStatus { sync: "staff".to_owned(), to: "veris".to_owned(), last: Some(last), ..SyncStatus::default() };
    let veris = TargetStatus { target: "veris".to_owned(), tokens: Some([90, 100]), ..TargetStatus::default() };
    let config = ConfigStatus { loaded_at: at(0), path: "rosterd.yaml".into() };
    Status {
        now: at(0),
        daemon: Some(Daemon { since: at(0), config, refused: None }),
        syncs: vec![staff],
        targets: vec![veris],
        directories: Vec::new(),
        warnings: Vec::new(),
    }
}

/// What is wrong once somebody has changed how everything stands.
fn wrong(change: impl FnOnce(&mut Status)) -> Vec<String> {
    let mut status = well();
    change(&mut status);
    let seen = conditions(&status, &[("staff", "corp"), ("other", "elsewhere")]);
    let line = |((kind, _), condition): (&(Kind, String), &Condition)| format!("{} {}", kind.name(), condition.text);
    seen.wrong
        .iter()
        .map(line)
        .chain(seen.unsure.iter().map(|(kind, about)| format!("{} {about}?", kind.name())))
        .collect()
}

fn held(changes: u64, approved: u64) -> Held {
    Held { plan: "1f2e".to_owned(), changes, approved, since: at(-60), reasons: Vec::new() }
}

#[test]
fn where_all_is_well_nothing_is_wrong() {
    assert_eq!(wrong(|_| {}), Vec::<String>::new());
    assert_eq!(wrong(|status| status.syncs[0].held = Some(held(3, 3))), Vec::<String>::new());
    assert_eq!(wrong(|status| status.syncs[0].overdue_since = Some(at(-3_600))), Vec::<String>::new());
    assert_eq!(wrong(|status| status.syncs[0].last = None), Vec::<String>::new());
}

#[test]
fn each_condition_in_words() {
    let summary = |status: &mut Status, summary| status.syncs[0].last.as_mut().unwrap().summary = summary;
    let failed = || Some(Summary { result: "failed".to_owned(), error: Some("Ada".to_owned()), ..Summary::default() });
    let refuses = |directory: &str| Refused { directory: directory.to_owned(), at: at(0), why: "Ada".to_owned() };
    let everybody = "10 members in a row were refused and nobody accepted: the target refuses everybody";
    let lines = [
        wrong(|status| summary(status, failed())),
        wrong(|status| summary(status, None)),
        wrong(|status| status.directories = vec![refuses("corp"), refuses("elsewhere")]),
        wrong(|status| status.syncs[0].held = Some(held(42, 2))),
        wrong(|status| status.syncs[0].refusals = 1),
        wrong(|status| status.syncs[0].overdue_since = Some(at(-3_601))),
        wrong(|status| status.targets[0].refused = true),
        wrong(|status| status.targets[0].why = Some(everybody.to_owned())),
        wrong(|status| status.targets[0].tokens = Some([91, 100])),
        wrong(|status| {
            let refused = RefusedConfig { at: at(0), faults: vec!["Ada".to_owned(); 2] };
            status.daemon.as_mut().unwrap().refused = Some(refused);
        }),
    ];
    insta::assert_snapshot!(lines.concat().join("\n"), @r"
    failed staff: the last run failed; why: rosterd runs staff
    failed staff?
    failed staff: the directory corp refuses the service account; why: rosterd status
    held staff: 40 changes not approved yet; who: rosterd plan staff
    refused staff: 1 member refused by veris; who: rosterd status
    leaver_overdue staff: somebody who left is still active at veris after an hour; why: rosterd status
    rejecting veris: it refuses the credentials; why: rosterd status
    rejecting veris: it refuses everybody; why: rosterd status
    quota_low veris: 9 of 100 tokens left; until when: rosterd status
    config_refused config: the file is not used (2 faults), the one before stays in force; why: rosterd check
    ");
}

proptest! {
    /// Whatever flaps and whatever does not arrive.
    #[test]
    fn never_twice_within_the_span_and_every_alarm_has_one_end(
        after in 0_u64..60,
        again in 0_u64..90,
        looks in prop::collection::vec((0_u8..3, any::<bool>(), 1_i64..40), 1..80),
    ) {
        let terms = terms(after, again);
        let (mut told, mut now, mut arrived) = (Told::default(), 0, Vec::<(i64, Stage)>::new());
        // In the end it stays gone, and everything arrives.
        let end = (0..3).map(|_| (1, true, 60));
        for (see, arrives, wait) in looks.into_iter().chain(end) {
            now += wait;
            let see = [Wrong, Well, Unsure][usize::from(see)];
            for message in told.look(&see.of(Kind::Failed), &terms, at(now)) {
                if arrives {
                    told.heard(&message);
                    arrived.push((now, message.state));
                }
            }
        }
        for pair in arrived.windows(2) {
            prop_assert!(u64::try_from(pair[1].0 - pair[0].0).unwrap() >= after, "{arrived:?}");
            prop_assert!(pair[0].1 == Stage::Raised || pair[1].1 == Stage::Raised, "{arrived:?}");
        }
        prop_assert!(arrived.first().is_none_or(|(_, state)| *state == Stage::Raised), "{arrived:?}");
        prop_assert!(arrived.last().is_none_or(|(_, state)| *state == Stage::Recovered), "{arrived:?}");
        prop_assert_eq!(told, Told::default());
    }
}
