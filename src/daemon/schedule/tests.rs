//! Schedules across the nights when clocks are set.

use std::collections::BTreeSet;

use jiff::SignedDuration;
use jiff::civil::Time;
use proptest::prelude::*;

use super::*;

fn timing(schedule: &str, zone: &str) -> Timing {
    let schedule = match humantime::parse_duration(schedule) {
        Ok(every) => Schedule::Every(every),
        Err(_) => Schedule::Cron(Box::new(schedule.parse().unwrap())),
    };
    Timing { schedule, zone: TimeZone::get(zone).unwrap(), offset: Duration::ZERO }
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// So many moments from one on, as the zone's wall clock shows them.
fn moments(timing: &Timing, from: &str, count: usize) -> Vec<String> {
    let moments = std::iter::successors(Some(timing.next(at(from))), |at| Some(timing.next(*at)));
    let shown = |at: Timestamp| at.to_zoned(timing.zone.clone()).strftime("%a %d %H:%M:%S %:z").to_string();
    moments.take(count).map(shown).collect()
}

#[track_caller]
fn check(schedule: &str, zone: &str, from: &str, expected: &[&str]) {
    assert_eq!(moments(&timing(schedule, zone), from, expected.len()), expected, "{schedule} {zone}");
}

const BERLIN: &str = "Europe/Berlin";
const YORK: &str = "America/New_York";
const HOWE: &str = "Australia/Lord_Howe";

#[test]
fn what_is_skipped_comes_once_at_the_next_moment_that_exists() {
    let spring = "2026-03-28T12:00:00Z";
    check("30 2 * * *", BERLIN, spring, &["Sun 29 03:00:00 +02:00", "Mon 30 02:30:00 +02:00"]);
    check("0 3 * * *", BERLIN, spring, &["Sun 29 03:00:00 +02:00", "Mon 30 03:00:00 +02:00"]);
    check("0,20,40 2 * * *", BERLIN, spring, &["Sun 29 03:00:00 +02:00", "Mon 30 02:00:00 +02:00"]);
    check("30 2,3 * * *", BERLIN, spring, &["Sun 29 03:00:00 +02:00", "Sun 29 03:30:00 +02:00"]);
    let night = "2026-03-29T00:40:00Z";
    check(
        "*/15 * * * *",
        BERLIN,
        night,
        &["Sun 29 01:45:00 +01:00", "Sun 29 03:00:00 +02:00", "Sun 29 03:15:00 +02:00"],
    );
    check("30 * * * *", BERLIN, night, &["Sun 29 03:00:00 +02:00", "Sun 29 03:30:00 +02:00"]);
    check("30 2 * * *", YORK, "2026-03-08T00:00:00Z", &["Sun 08 03:00:00 -04:00", "Mon 09 02:30:00 -04:00"]);
    // Half an hour is skipped there: from 2:00 to 2:30.
    check("15 2 * * *", HOWE, "2026-10-03T12:00:00Z", &["Sun 04 02:30:00 +11:00", "Mon 05 02:15:00 +11:00"]);
    check("*/15 2 * * *", HOWE, "2026-10-03T12:00:00Z", &["Sun 04 02:30:00 +11:00", "Sun 04 02:45:00 +11:00"]);
}

#[test]
fn what_is_repeated_comes_the_first_time() {
    let autumn = "2026-10-24T12:00:00Z";
    check("30 2 * * *", BERLIN, autumn, &["Sun 25 02:30:00 +02:00", "Mon 26 02:30:00 +01:00"]);
    check(
        "0,30 2 * * *",
        BERLIN,
        autumn,
        &["Sun 25 02:00:00 +02:00", "Sun 25 02:30:00 +02:00", "Mon 26 02:00:00 +01:00"],
    );
    check("*/15 * * * *", BERLIN, "2026-10-25T00:40:00Z", &["Sun 25 02:45:00 +02:00", "Sun 25 03:00:00 +01:00"]);
    // Asked in the hour that is the repetition.
    check("*/15 * * * *", BERLIN, "2026-10-25T01:20:00Z", &["Sun 25 03:00:00 +01:00"]);
    check("30 1 * * *", YORK, "2026-10-31T12:00:00Z", &["Sun 01 01:30:00 -04:00", "Mon 02 01:30:00 -05:00"]);
    // Half an hour is repeated there: from 1:30 to 2:00.
    check("45 1 * * *", HOWE, "2026-04-04T12:00:00Z", &["Sun 05 01:45:00 +11:00", "Mon 06 01:45:00 +10:30"]);
    check("*/15 1,2 * * *", HOWE, "2026-04-04T14:35:00Z", &["Sun 05 01:45:00 +11:00", "Sun 05 02:00:00 +10:30"]);
}

#[test]
fn a_midnight_that_does_not_exist_is_when_the_day_begins() {
    let paulo = ["Sun 04 01:00:00 -02:00", "Mon 05 00:00:00 -02:00"];
    check("0 0 * * *", "America/Sao_Paulo", "2018-11-03T12:00:00Z", &paulo);
    check(
        "0 0 * * 0",
        "America/Sao_Paulo",
        "2018-11-03T12:00:00Z",
        &["Sun 04 01:00:00 -02:00", "Sun 11 00:00:00 -02:00"],
    );
    check("0 0 * * *", "Asia/Beirut", "2026-03-28T12:00:00Z", &["Sun 29 01:00:00 +03:00", "Mon 30 00:00:00 +03:00"]);
    // The last hour of a day is skipped.
    check("59 23 * * *", "America/Nuuk", "2024-03-30T12:00:00Z", &["Sun 31 00:00:00 -01:00", "Sun 31 23:59:00 -01:00"]);
    // A day that did not exist.
    check(
        "0 12 30 12 *",
        "Pacific/Apia",
        "2011-12-29T12:00:00Z",
        &["Sat 31 00:00:00 +14:00", "Sun 30 12:00:00 +14:00"],
    );
}

#[test]
fn where_clocks_are_left_alone_nothing_is_special() {
    check("30 2 * * *", "Asia/Kolkata", "2026-03-28T21:00:00Z", &["Mon 30 02:30:00 +05:30", "Tue 31 02:30:00 +05:30"]);
    check("*/15 * * * *", "UTC", "2026-10-25T00:45:00Z", &["Sun 25 01:00:00 +00:00", "Sun 25 01:15:00 +00:00"]);
    check("0 6 29 2 *", "UTC", "2026-01-01T00:00:00Z", &["Tue 29 06:00:00 +00:00", "Sun 29 06:00:00 +00:00"]);
    check("0 6 1 * MON", "UTC", "2026-11-02T06:00:00Z", &["Mon 09 06:00:00 +00:00", "Mon 16 06:00:00 +00:00"]);
}

#[test]
fn no_zone_makes_a_day_with_more_or_less_than_one_moment() {
    for zone in [BERLIN, YORK, HOWE, "America/Sao_Paulo", "Asia/Beirut", "Asia/Kolkata", "Africa/Casablanca"] {
        for schedule in ["30 2 * * *", "0 0 * * *", "45 1 * * *", "59 23 * * *"] {
            let timing = timing(schedule, zone);
            let mut now = timing.next(at("2017-01-01T12:00:00Z"));
            let first = now.to_zoned(timing.zone.clone()).date();
            for day in 1..=3_650 {
                now = timing.next(now);
                let shown = now.to_zoned(timing.zone.clone()).date();
                assert_eq!(shown, first + jiff::Span::new().days(day), "{schedule} {zone}");
            }
        }
    }
}

#[test]
fn a_duration_counts_from_the_last_beginning() {
    let timing = timing("15m", "UTC");
    let now = at("2026-11-02T08:00:00Z");
    assert_eq!(timing.next(now), at("2026-11-02T08:15:00Z"));
    assert_eq!(timing.first(None, now), now);
    assert_eq!(timing.first(Some(at("2026-11-02T07:50:00Z")), now), at("2026-11-02T08:05:00Z"));
    assert_eq!(timing.first(Some(at("2026-11-01T07:50:00Z")), now), now, "what was missed comes now");
    assert_eq!(timing.replacing(Some(at("2026-11-01T07:50:00Z")), now), now);
}

#[test]
fn a_cron_schedule_makes_up_for_what_was_missed_and_not_for_what_was_not_meant() {
    let timing = timing("0 8 * * *", "UTC");
    let (last, now) = (Some(at("2026-11-01T08:00:00Z")), at("2026-11-02T09:00:00Z"));
    assert_eq!(timing.first(last, now), at("2026-11-02T08:00:00Z"));
    assert_eq!(timing.first(None, now), at("2026-11-03T08:00:00Z"));
    assert_eq!(timing.replacing(last, now), at("2026-11-03T08:00:00Z"));
}

#[test]
fn syncs_of_one_schedule_begin_apart_and_each_at_its_own_time() {
    let jitter = Duration::from_secs(30);
    let offsets: Vec<_> = ["employees", "guests", "staff", "a", "b"].map(|sync| offset(sync, jitter)).into();
    assert!(offsets.iter().all(|offset| *offset < jitter));
    assert!(offsets.iter().enumerate().all(|(nth, offset)| !offsets[..nth].contains(offset)), "{offsets:?}");
    assert_eq!(offset("employees", jitter), offsets[0]);
    assert_eq!(offset("employees", Duration::ZERO), Duration::ZERO);
    let now = at("2026-11-02T08:00:00Z");
    let cron = Timing { offset: Duration::from_secs(20), ..timing("*/15 * * * *", "UTC") };
    assert_eq!(cron.next(now), at("2026-11-02T08:00:20Z"));
    assert_eq!(cron.next(at("2026-11-02T08:00:20Z")), at("2026-11-02T08:15:20Z"));
    let every = Timing { offset: Duration::from_secs(20), ..timing("15m", "UTC") };
    assert_eq!(every.first(None, now), at("2026-11-02T08:00:20Z"));
    assert_eq!(every.first(Some(at("2026-11-01T08:00:00Z")), now), at("2026-11-02T08:00:20Z"));
    assert_eq!(every.next(now), at("2026-11-02T08:15:00Z"), "they are apart already");
}

#[test]
fn three_periods_are_three_readings_that_were_due() {
    for (schedule, zone, now, since) in [
        ("15m", "UTC", "2026-11-02T08:10:00Z", "2026-11-02T07:25:00Z"),
        ("*/15 * * * *", "UTC", "2026-11-02T08:10:00Z", "2026-11-02T07:30:00Z"),
        // On Monday morning the last success may be Friday's.
        ("0 8-17 * * MON-FRI", "UTC", "2026-11-02T08:30:00Z", "2026-10-30T16:00:00Z"),
        ("0 8-17 * * MON-FRI", "UTC", "2026-11-02T10:30:00Z", "2026-11-02T08:00:00Z"),
        // In the repetition of an hour and after what was skipped.
        ("*/15 * * * *", BERLIN, "2026-10-25T01:20:00Z", "2026-10-25T00:15:00Z"),
        ("*/15 * * * *", BERLIN, "2026-03-29T01:20:00Z", "2026-03-29T00:45:00Z"),
    ] {
        assert_eq!(timing(schedule, zone).three_periods_ago(at(now)), at(since), "{schedule} {zone} {now}");
    }
}

/// Somebody looks at the wall clock every minute, and notes what it has not shown before.
fn watched(zone: &TimeZone, due: impl Fn(Time) -> bool, from: Timestamp, to: Timestamp) -> Vec<Timestamp> {
    let mut shown = zone.to_datetime(from);
    let mut found = Vec::new();
    for now in from.series(jiff::Span::new().minutes(1)).skip(1).take_while(|now| *now <= to) {
        let wall = zone.to_datetime(now);
        let fresh = shown.series(jiff::Span::new().minutes(1)).skip(1).take_while(|at| *at <= wall);
        if fresh.filter(|at| due(at.time())).count() > 0 {
            found.push(now);
        }
        shown = shown.max(wall);
    }
    found
}

proptest! {
    #[test]
    fn as_somebody_sees_it_who_watches_the_wall_clock(
        (zone, night) in prop_oneof![
            Just((BERLIN, "2026-03-29T01:00:00Z")), Just((BERLIN, "2026-10-25T01:00:00Z")),
            Just((YORK, "2026-03-08T07:00:00Z")), Just((YORK, "2026-11-01T06:00:00Z")),
            Just((HOWE, "2026-10-03T15:30:00Z")), Just((HOWE, "2026-04-04T15:00:00Z")),
            Just(("America/Sao_Paulo", "2018-11-04T03:00:00Z")), Just(("America/Sao_Paulo", "2018-02-18T02:00:00Z")),
            Just(("Africa/Casablanca", "2026-02-15T02:00:00Z")), Just(("Pacific/Apia", "2011-12-30T10:00:00Z")),
            Just(("Asia/Kolkata", "2026-03-29T01:00:00Z")),
        ],
        minutes in proptest::collection::btree_set(0i8..60, 1..5),
        hours in proptest::option::of(proptest::collection::btree_set(0i8..6, 1..4)),
        asked in -1_500i64..400,
    ) {
        let list = |numbers: &BTreeSet<i8>| numbers.iter().map(i8::to_string).collect::<Vec<_>>().join(",");
        let hour = hours.as_ref().map_or("*".to_owned(), list);
        let timing = timing(&format!("{} {hour} * * *", list(&minutes)), zone);
        let due = |at: Time| minutes.contains(&at.minute()) && hours.as_ref().is_none_or(|hours| hours.contains(&at.hour()));
        let (first, last) = (at(night) - SignedDuration::from_hours(26), at(night) + SignedDuration::from_hours(34));
        let expected = watched(&timing.zone, due, first, last);
        let asked = at(night) + SignedDuration::from_mins(asked);
        let next = expected.iter().find(|at| **at > asked);
        prop_assert_eq!(Some(&timing.next(asked)), next, "after {}", asked);
        // Backwards it is the same.
        let before: Vec<_> = expected.iter().rev().filter(|at| **at < asked).take(3).collect();
        if let [_, _, third] = before[..] {
            prop_assert_eq!(timing.three_periods_ago(asked), *third, "before {}", asked);
        }
    }
}
