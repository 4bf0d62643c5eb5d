//! kill -9 at random moments.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rosterd::sandbox::veris::{Effect, Fault, Status, Target, When};

use crate::fixtures::random::{Random, any_seed};
use crate::fixtures::road::Road;

const KILLS: u64 = 30;
/// Some runs end before they are killed.
const ROUNDS: u64 = 200;
const DAY: Duration = Duration::from_hours(24);

/// People of whom nothing ever says that they leave.
const STEADY: std::ops::RangeInclusive<usize> = 1..=10;

/// What the store says of tokens: charges within a day, and whether a good one is kept.
fn tokens(road: &Road) -> (u64, bool) {
    let realm = format!("veris {} sandbox", road.config.target);
    let now = Timestamp::now();
    road.store(async |store| {
        // A kill may come before there is a target.
        let charges = store.tokens_used(&realm, DAY, now).await.unwrap();
        let row = store.realm_row(&realm, DAY, now).await.unwrap();
        (charges, row.is_some_and(|row| row.token_until.is_some_and(|until| until > now)))
    })
}

/// A few people come, go, and change.
fn change(road: &mut Road, random: &mut Random, present: &mut BTreeSet<usize>) {
    for _ in 0..3 {
        let number = 11 + usize::try_from(random.below(30)).unwrap();
        match (present.contains(&number), random.below(3)) {
            (false, _) => {
                road.people.hire([number]);
                present.insert(number);
            }
            (true, 0) => {
                road.people.fire([number]);
                present.remove(&number);
            }
            (true, _) => road.people.set(number, "title", &format!("Engineer {}", random.below(3))),
        }
    }
    let steady = 1 + usize::try_from(random.below(10)).unwrap();
    road.people.set(steady, "title", &format!("Engineer {}", random.below(3)));
}

#[test]
fn thirty_kills_lose_nobody_and_cost_no_token() {
    kills_lose_nobody_and_cost_no_token(Road::new(40), "full", KILLS);
}

#[test]
fn kills_of_runs_that_read_changes() {
    kills_lose_nobody_and_cost_no_token(Road::alone(40, ""), "syncrepl", KILLS / 2);
}

fn kills_lose_nobody_and_cost_no_token(mut road: Road, changes: &str, kills: u64) {
    let seed = std::env::var("ROSTERD_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(any_seed);
    println!("ROSTERD_TEST_SEED={seed}");
    let mut random = Random::new(seed);
    let everybody = "count: 100000, percent: 100";
    road.config.sync().more = format!(
        "changes: {changes}\n    full_reading: 365d\n    limits: {{ leave: {{ {everybody} }}, return: {{ {everybody} }}, join: {{ {everybody} }}, change: {{ {everybody} }} }}"
    );
    road.config.destination = "quiet: 50ms\n    batch: 8".to_owned();
    // Slow enough that many kills come while a request is on its way, or its answer.
    let slow = Duration::from_millis(10);
    let slow = [Effect::Latency(slow), Effect::AnswerLatency(slow)].map(|slow| Fault::new(slow).on(Target::Both));
    road.faults(slow);
    road.sync_well();
    let mut present: BTreeSet<usize> = (11..=40).collect();
    change(&mut road, &mut random, &mut present);
    let began = Instant::now();
    road.sync_well();
    let mut typical = began.elapsed();

    let (mut killed, mut round, mut sent, mut wasted) = (0, 0, 0, 0);
    while killed < kills {
        assert!(round < ROUNDS, "only {killed} of {round} runs could be killed");
        change(&mut road, &mut random, &mut present);
        if round % 3 == 0 {
            // The token runs out, and the guard forgets.
            road.later(DAY);
        }
        round += 1;
        let (charges, good) = tokens(&road);
        let pushed = road.requests()[1];
        // A run that has to wait for what the last one left unanswered takes longer than a typical one.
        let moment = typical * u32::try_from(random.below(250)).unwrap() / 100;
        let output = match road.start(&["sync", "--json", "--wait", "1s"]).end_or_kill(moment) {
            Ok(ended) => {
                // The typical run was slower than they are now: the next one is to be caught.
                typical = typical * 19 / 20;
                ended
            }
            Err(caught) => {
                killed += 1;
                caught
            }
        };
        road.discreet(&output);
        sent += u64::from(road.requests()[1] > pushed);
        let (after, kept) = tokens(&road);
        wasted += u64::from(after > charges && !kept);
        // A good token is used, over restarts; and no run asks twice, wherever it ends.
        assert!(after - charges <= u64::from(!good), "round {round}: {charges} → {after}, a good token: {good}");
        assert!(road.sandbox.ledger().used as u64 <= after, "the target saw requests that nobody counted");
        for (id, member) in road.sandbox.members() {
            let steady = STEADY.contains(&id[1..].parse().unwrap());
            assert!(!steady || member.fields.status == Status::Active, "round {round}: {id} never left");
        }
    }
    println!(
        "{killed} of {round} runs killed, {sent} sent something, {wasted} while they asked for a token; {typical:?} each"
    );
    let json = road.run(&["sync", "--wait", "30s"]).ended("ok", 0);
    assert_eq!(json["read"]["mode"], if changes == "full" { "full" } else { "delta" });
    // With which values somebody left depends on the run that was killed.
    road.people.forget_last_values();
    road.in_step();
}

#[test]
fn what_took_effect_before_a_kill_is_undone_when_it_is_not_wanted_any_more() {
    let mut road = Road::new(12);
    road.config.destination = "quiet: 50ms".to_owned();
    road.sync_well();
    road.people.set(1, "title", "Chief Engineer");
    road.people.set(2, "employeeType", "left");
    road.people.hire([13]);
    road.faults([Fault::new(Effect::Hang(When::After)).times(1)]);
    let program = road.start(&["sync"]);
    road.wait(|road| road.sandbox.member("E13").is_some());
    drop(program);
    // To the program, all is as it was the last time that it heard of anybody.
    road.people.set(1, "title", "Engineer");
    road.people.set(2, "employeeType", "staff");
    road.people.fire([13]);
    let json = road.run(&["sync", "--wait", "30s"]).ended("ok", 0);
    assert_eq!(json["delivery"]["confirmed"], 3);
    road.people.forget_last_values();
    road.in_step();
}
