//! Connections that end, are reset, fall silent or trickle, at any byte; and a network that is gone without a word.

use std::process::Command;
use std::time::{Duration, Instant};

use rosterd::sandbox::veris::Status;

use crate::fixtures::daemon::Daemon;
use crate::fixtures::program::{Output, Program};
use crate::fixtures::road::Road;
use crate::fixtures::wire::{Fate, Wire};

const FATES: [Fate; 4] = [Fate::Closed, Fate::Reset, Fate::Silent, Fate::Trickle];

/// At so many places of what passes over a connection.
const PLACES: usize = 4;

/// No run with the patience below takes longer than this, however busy the machine is.
const BOUND: Duration = Duration::from_secs(12);

/// What a stop may take, as systemd is told.
const AT_MOST: Duration = Duration::from_secs(10);

/// A company behind wires: to its directory and to its target.
struct Wired {
    road: Road,
    directory: Wire,
    target: Wire,
}

impl Wired {
    fn new(people: usize) -> Self {
        let mut road = Road::alone(people, "");
        let share = "count: 1000, percent: 100";
        road.config.sync().more =
            format!("limits: {{ leave: {{ {share} }}, return: {{ {share} }}, change: {{ {share} }} }}");
        let address = |url: &str| url.rsplit('/').next().unwrap().parse().unwrap();
        let [directory, target] = [&road.config.url, &road.config.target].map(|url| address(url));
        let (directory, target) = road.block_on(async { (Wire::before(directory).await, Wire::before(target).await) });
        road.config.url = format!("ldap://{}", directory.address());
        road.config.target = format!("http://{}", target.address());
        road.config.directory = "connect_timeout: 1s\n    timeout: 1s".to_owned();
        road.config.destination = "quiet: 50ms\n    timeout: 1s\n    batch: 8".to_owned();
        Self { road, directory, target }
    }

    /// A sync, within its time.
    #[track_caller]
    fn sync(&self) -> Output {
        let began = Instant::now();
        let output = self.road.sync();
        assert!(began.elapsed() < BOUND, "{:?} {output:?}", began.elapsed());
        output
    }

    fn leaver_is_active(&self, leaver: usize) -> bool {
        self.road.sandbox.member(&format!("E{leaver}")).unwrap().fields.status == Status::Active
    }
}

#[test]
fn whatever_becomes_of_the_connection_to_the_directory_nobody_leaves_and_the_next_run_heals() {
    let mut wired = Wired::new(60);
    wired.road.sync_well();
    wired.directory.turn(Fate::Whole, 0);
    wired.road.sync_well();
    let (mut failed, mut leaver) = (0, 0);
    for fate in FATES {
        for place in 0..PLACES {
            leaver += 1;
            wired.road.people.fire([leaver]);
            let whole = wired.directory.longest();
            wired.directory.turn(fate, whole * place / PLACES);
            let before = wired.road.requests();
            let output = wired.sync();
            assert!(wired.directory.met() > 0, "{fate:?} {place}");
            // The last bytes may trickle in time.
            if output.code == Some(1) {
                output.says("failed", 1, &[]);
                failed += 1;
                assert_eq!(wired.road.requests(), before, "{fate:?} {place}");
                assert!(wired.leaver_is_active(leaver), "{fate:?} {place}");
            }
            wired.directory.turn(Fate::Whole, 0);
            wired.road.sync_well();
        }
    }
    assert!(failed >= FATES.len() * PLACES - 2, "only {failed} failed");
}

#[test]
fn whatever_becomes_of_the_connection_to_the_target_it_has_everybody_in_the_end() {
    let mut wired = Wired::new(60);
    wired.road.sync_well();
    let (mut waited, mut whole) = (0, 0);
    for fate in [Fate::Whole].into_iter().chain(FATES) {
        // What passes is measured first.
        for place in 0..if fate == Fate::Whole { 1 } else { PLACES } {
            // The token runs out, and so a token is fetched over each.
            wired.road.later(Duration::from_hours(25));
            // Whatever of this takes effect must be undone afterwards, so it must be known that it may have.
            wired.road.people.set(1, "title", "Chief Engineer");
            wired.road.people.set(2, "employeeType", "left");
            wired.target.turn(fate, whole * place / PLACES);
            let output = wired.sync();
            whole = if fate == Fate::Whole { wired.target.longest() } else { whole };
            assert_eq!(wired.target.met() > 0, fate != Fate::Whole, "{fate:?} {place} {output:?}");
            if output.code == Some(6) {
                output.says("pending", 6, &["waits until"]);
                waited += 1;
            } else {
                output.ended("ok", 0);
            }
            wired.target.turn(Fate::Whole, 0);
            wired.road.people.set(1, "title", "Engineer");
            wired.road.people.set(2, "employeeType", "staff");
            wired.road.later(Duration::from_hours(25));
            wired.road.run(&["sync", "--wait", "30s"]).ended("ok", 0);
            wired.road.in_step();
        }
    }
    assert!(waited >= FATES.len() * PLACES / 2, "only {waited} had to wait");
}

/// While a peer is silent the daemon can be asked how everything stands, and stops in time.
#[track_caller]
fn answers_and_stops(road: &Road, daemon: Daemon) {
    let began = Instant::now();
    assert_eq!(road.status()["syncs"][0]["running"], true);
    road.runs();
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    let began = Instant::now();
    let output = daemon.stop();
    assert!(output.code == Some(0) && began.elapsed() < AT_MOST, "{:?} {output:?}", began.elapsed());
    road.discreet(&output);
}

#[test]
fn a_daemon_whose_directory_says_nothing_any_more_answers_and_stops() {
    let mut wired = Wired::new(12);
    wired.road.sync_well();
    wired.road.config.directory = "connect_timeout: 1m\n    timeout: 1m".to_owned();
    wired.road.config.sync().more = "schedule: 1h".to_owned();
    wired.directory.turn(Fate::Silent, 200);
    let daemon = Daemon::start(&wired.road);
    let _asked = wired.road.start(&["sync"]);
    wired.road.wait(|_| wired.directory.met() > 0);
    answers_and_stops(&wired.road, daemon);
    wired.directory.turn(Fate::Whole, 0);
    wired.road.people.fire([3]);
    wired.road.sync_well();
}

#[test]
fn a_daemon_whose_target_says_nothing_any_more_answers_and_stops() {
    let mut wired = Wired::new(12);
    wired.road.config.destination = "quiet: 50ms\n    timeout: 1m".to_owned();
    wired.road.config.sync().more = "schedule: 1h".to_owned();
    // All of the token's request and answer, and some of what comes after.
    wired.target.turn(Fate::Silent, 1_000);
    let daemon = Daemon::start(&wired.road);
    wired.road.wait(|_| wired.target.met() > 0);
    answers_and_stops(&wired.road, daemon);
    wired.target.turn(Fate::Whole, 0);
    wired.road.later(Duration::from_hours(25));
    wired.road.run(&["sync", "--wait", "30s"]).ended("ok", 0);
    wired.road.in_step();
}

#[test]
fn a_network_that_is_gone_without_a_word() {
    let mut command = Command::new("unshare");
    let inside = "torture::network::in_a_network_of_its_own";
    command.args(["--map-root-user", "--net", "sh", "-c", "ip link set lo up && exec \"$@\"", "sh"]);
    command.arg(std::env::current_exe().unwrap()).args(["--ignored", "--exact", inside]);
    let output = Program::of(command).end();
    assert!(output.code == Some(0) && output.stdout.contains("1 passed"), "{}{}", output.stdout, output.stderr);
}

/// The loopback, with everything at both ends of it.
fn loopback(state: &str) {
    assert!(Command::new("ip").args(["link", "set", "lo", state]).status().unwrap().success());
}

#[test]
#[ignore = "takes its network away: a_network_that_is_gone_without_a_word runs it in one of its own"]
fn in_a_network_of_its_own() {
    let mut road = Road::alone(12, "");
    road.config.directory = "connect_timeout: 1s\n    timeout: 1s".to_owned();
    road.config.destination = "quiet: 50ms\n    timeout: 1s".to_owned();
    road.config.sync().more = "schedule: 1h".to_owned();
    // The first run is at the target when the network goes.
    let slow = rosterd::sandbox::veris::Effect::AnswerLatency(Duration::from_millis(500));
    road.faults([rosterd::sandbox::veris::Fault::new(slow).times(1)]);
    let daemon = Daemon::start(&road);
    road.wait(|road| road.requests()[1] > 0);
    loopback("down");
    // It is told of that at no time, and gives up by itself; so does a reading.
    road.wait(|road| road.runs().first().is_some_and(|run| run["summary"]["result"] == "pending"));
    road.run(&["sync"]).says("failed", 1, &["127.0.0.1"]);
    loopback("up");
    road.run(&["sync", "--wait", "40s"]).ended("ok", 0);
    road.in_step();
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    road.discreet(&output);
}
