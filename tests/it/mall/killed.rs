//! kill -9 of both sides at random moments.

use std::collections::BTreeSet;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use super::crowd::Crowd;
use crate::fixtures::mall::{Client, Mall, Standing, TOKEN, discreet, shoppers};
use crate::fixtures::random::{Random, any_seed};
use crate::fixtures::road::age;

const DAY: Duration = Duration::from_hours(24);
const KILLS: u32 = 20;
/// Some runs end before they are killed.
const ROUNDS: u32 = 60;

/// Every bulk came once.
fn nothing_came_twice(state: &Value) {
    let bulks = state["bulks"].as_array().unwrap();
    let name = |bulk: &Value| (bulk["import_id"].to_string(), bulk["request_number"].as_i64().unwrap());
    let names: BTreeSet<_> = bulks.iter().map(name).collect();
    assert_eq!(names.len(), bulks.len(), "{bulks:?}");
}

/// Within what a run does at first, as a rule; or within its wait for the club.
fn moment(random: &mut Random) -> Duration {
    let longest = if random.below(5) == 0 { 6000 } else { 600 };
    Duration::from_millis(random.below(longest))
}

/// A run that is killed, and a club that is, before or after; whether the run was still there.
fn both_are_killed(crowd: &mut Crowd, club: &mut Standing) -> bool {
    // Which side is first, and how much later the other one is: any moment will do, and so there is nothing to wait for.
    let (first, later, ours_first) = (moment(&mut crowd.random), moment(&mut crowd.random), crowd.random.below(2) == 0);
    let program = crowd.mall.start(&["sync", "--wait", "10s", "--json"]);
    let ended = if ours_first {
        let ended = program.end_or_kill(first);
        thread::sleep(later);
        club.kill_and_restart();
        ended
    } else {
        thread::sleep(first);
        club.kill_and_restart();
        program.end_or_kill(later)
    };
    discreet(ended.as_ref().unwrap_or_else(|caught| caught));
    ended.is_err()
}

#[test]
fn kills_on_both_sides_lose_nobody_and_send_nobody_twice() {
    let seed = std::env::var("ROSTERD_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(any_seed);
    println!("ROSTERD_TEST_SEED={seed}");
    let mut club = Standing::start();
    let mut mall = Mall::new(&(shoppers(1..31) + &shoppers(101..161)));
    let state = mall.folder().join("state");
    (mall.config.target, mall.config.token) = (club.url().to_owned(), TOKEN.to_owned());
    mall.config.destination = "quiet: 50ms\n    batch: 8".to_owned();
    let client = Client::new(club.url(), TOKEN);
    mall.block_on(client.turn("workers", json!({ "waiting": "50ms", "working": "50ms" })));
    // How many may come, change and leave is a share of all members; most of them stay as they are, and those who came
    // today do not count.
    mall.sync_well();
    mall.block_on(age(&state, DAY));
    // Slow enough that many kills come while an answer is on its way.
    let slow = |target, span| json!({ "answer_latency": span, "target": target });
    mall.block_on(client.turn("faults", json!([slow("send", "200ms"), slow("import_status", "20ms")])));
    let mut crowd = Crowd::new(mall, Random::new(seed), 30);
    let (mut killed, mut rounds) = (0, 0);
    while killed < KILLS {
        assert!(rounds < ROUNDS, "only {killed} of {rounds} runs could be killed");
        rounds += 1;
        for _ in 0..3 {
            crowd.change();
        }
        killed += u32::from(both_are_killed(&mut crowd, &mut club));
        if rounds % 2 == 0 {
            // So much that the club may be asked what became of a bulk.
            crowd.mall.block_on(age(&state, Duration::from_secs(6)));
        }
    }
    let before = crowd.mall.block_on(client.state());
    let json = crowd.mall.run(&["sync", "--wait", "60s", "--json"]).ended("ok", 0);
    let state = crowd.mall.block_on(client.state());
    println!(
        "{killed} of {rounds} runs killed; {} bulks before the last one, which confirmed {}",
        before["bulks"].as_array().unwrap().len(),
        json["delivery"]["confirmed"]
    );
    crowd.is_reached(&state);
    nothing_came_twice(&state);
}
