//! kill -9 while the daemon is at work.

use std::time::Duration;

use jiff::Timestamp;

use crate::fixtures::daemon::Daemon;
use crate::fixtures::road::Road;

const KILLS: u32 = 12;
const DAY: Duration = Duration::from_hours(24);

/// Token requests that the store has charged.
fn charged(road: &Road) -> u64 {
    let realm = format!("veris {} sandbox", road.config.target);
    road.store(async |store| store.tokens_used(&realm, DAY, Timestamp::now()).await.unwrap())
}

#[test]
fn a_daemon_that_is_killed_again_and_again_loses_nobody_and_fetches_one_token() {
    let mut road = Road::new(40);
    let limits = "count: 100000, percent: 100";
    road.config.sync().more = format!(
        "schedule: 1h\n    limits: {{ leave: {{ {limits} }}, return: {{ {limits} }}, join: {{ {limits} }}, change: {{ {limits} }} }}"
    );
    road.config.destination = "quiet: 100ms\n    batch: 8".to_owned();
    let slow = rosterd::sandbox::veris::Effect::Latency(Duration::from_millis(20));
    road.faults([rosterd::sandbox::veris::Fault::new(slow)]);
    for kill in 0..KILLS {
        road.people.set(1 + kill as usize, "title", "Chief Engineer");
        let daemon = Daemon::begin(&road, &[]);
        daemon.hear("READY=1");
        // From before anything is read to after everything is delivered.
        let seen = road.requests()[1] + u64::from(kill % 6);
        let asked = road.start(&["sync"]);
        let deadline = std::time::Instant::now() + Duration::from_millis(500);
        while road.requests()[1] < seen && std::time::Instant::now() < deadline {
            std::thread::yield_now();
        }
        daemon.signal("KILL");
        daemon.end();
        asked.end();
        assert!(charged(&road) <= 1, "kill {kill}: {} token requests", charged(&road));
    }
    road.faults([]);
    let daemon = Daemon::start(&road);
    // A run that was cut off is made up for, and what is unsettled goes out after its quiet period.
    road.run(&["sync", "--wait", "30s"]).ended("ok", 0);
    road.in_step();
    assert_eq!(daemon.stop().code, Some(0));
    assert_eq!(charged(&road), 1);
}
