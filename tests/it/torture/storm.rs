//! The daemon, the directory and the targets are killed at random moments, one by one and all at once, while people keep
//! joining, changing, leaving and returning and somebody gives commands. `ROSTERD_TORTURE=5m` makes it last that long;
//! `ROSTERD_TEST_SEED` repeats what was done in which order, though not what it happened to meet.

use std::collections::BTreeSet;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::company::{Company, STEADY_SERVICES, discreet};
use super::{duration, nothing_is_deleted_under};
use crate::fixtures::daemon::Daemon;
use crate::fixtures::ldif::uuid;
use crate::fixtures::program::{Output, Program};
use crate::fixtures::random::{Random, any_seed};

/// In which all must be well again.
const RUNS: usize = 8;

/// How long it storms when nobody says so.
const SHORT: Duration = Duration::from_secs(12);

/// More than anybody waits after a failure.
const SPAN: Duration = Duration::from_mins(15);

/// More than anybody waits after a storm of failures.
const LONG_SPAN: Duration = Duration::from_hours(2);

/// Charges are remembered for two days, and all are to be counted in the end, after as many runs as it takes.
const MOST: Duration = Duration::from_hours(30);

/// What was done, and how it ended.
#[derive(Debug, Default)]
struct Tally {
    daemons: usize,
    directories: usize,
    targets: usize,
    changes: usize,
    looks: usize,
    syncs: usize,
    turned_away: usize,
    aged: Duration,
}

struct Storm {
    company: Company,
    daemon: Option<Daemon>,
    directory_runs: bool,
    /// Syncs that somebody asked for, and nobody has waited for yet.
    asked: Vec<Program>,
    random: Random,
    tally: Tally,
}

impl Storm {
    /// Any moment will do, and so there is nothing to wait for.
    fn blow(&mut self) {
        match self.random.below(12) {
            0 | 1 => self.daemon_comes_or_goes(),
            2 => self.directory_comes_or_goes(),
            3 => self.target_comes_or_goes(),
            4 => self.all_are_killed(),
            5 | 6 => self.look(),
            7 | 8 => self.ask(),
            _ if self.directory_runs => {
                for _ in 0..3 {
                    self.company.change(&mut self.random);
                }
                self.tally.changes += 3;
            }
            _ => self.directory_comes_or_goes(),
        }
        thread::sleep(Duration::from_millis(self.random.below(200)));
    }

    fn daemon_comes_or_goes(&mut self) {
        self.see_whether_it_was_turned_away();
        if self.daemon.is_some() {
            self.kill_daemon();
        } else {
            self.daemon = Some(Daemon::of(&self.company.config_file(), &[]));
        }
    }

    /// It is, while a command without it is at work. As with systemd, it is started again.
    fn see_whether_it_was_turned_away(&mut self) {
        if self.daemon.as_mut().is_some_and(Daemon::has_ended) {
            let output = self.daemon.take().unwrap().end();
            assert!(output.code == Some(1) && output.stderr.contains("another rosterd is at work on"), "{output:?}");
            self.tally.turned_away += 1;
        }
    }

    fn kill_daemon(&mut self) {
        if let Some(daemon) = self.daemon.take() {
            daemon.signal("KILL");
            no_panic(&daemon.end());
            self.tally.daemons += 1;
        }
        if self.random.below(5) == 0 {
            self.time_passes();
        }
    }

    /// Nobody is at work meanwhile. Who failed may try again then; else most of a short storm would be waiting.
    fn time_passes(&mut self) {
        self.asked.drain(..).for_each(|program| sync_ended(&program.end()));
        if self.tally.aged < MOST {
            // A request that it still holds would take effect after its quiet period is said to be over.
            if self.company.target.runs() {
                self.company.target.kill();
                self.company.target.restart();
                self.tally.targets += 1;
            }
            self.company.age(SPAN);
            self.tally.aged += SPAN;
        }
    }

    fn directory_comes_or_goes(&mut self) {
        if self.directory_runs {
            self.company.slapd.kill();
            self.tally.directories += 1;
        } else {
            self.company.slapd.restart();
        }
        self.directory_runs = !self.directory_runs;
    }

    fn target_comes_or_goes(&mut self) {
        if self.company.target.runs() {
            self.company.target.kill();
            self.tally.targets += 1;
        } else {
            self.company.target.restart();
        }
    }

    fn all_are_killed(&mut self) {
        self.see_whether_it_was_turned_away();
        if self.directory_runs {
            self.directory_comes_or_goes();
        }
        if self.company.target.runs() {
            self.target_comes_or_goes();
        }
        self.kill_daemon();
    }

    /// Whatever runs or does not, one can look.
    fn look(&mut self) {
        let story = ["explain", &uuid(1)];
        let arguments: &[&str] = self.random.pick(&[&["status", "--json"], &["runs", "--json"], &story]);
        let output = self.company.run(arguments);
        assert_eq!(output.code, Some(0), "{arguments:?} {output:?}");
        no_panic(&output);
        self.tally.looks += 1;
        if let Some(daemon) = &self.daemon {
            nothing_is_deleted_under(daemon.id());
        }
    }

    /// Somebody has a sync run; whether anything of it can be done is another matter.
    fn ask(&mut self) {
        let name = self.random.pick(&["employees", "shoppers", "services"]);
        self.asked.push(self.company.start(&["sync", name, "--json"]));
        self.tally.syncs += 1;
        if self.asked.len() > 3 {
            let oldest = self.asked.remove(0);
            sync_ended(&oldest.end());
        }
    }

    /// Everybody is there again.
    fn calm_down(&mut self) {
        if !self.directory_runs {
            self.directory_comes_or_goes();
        }
        if !self.company.target.runs() {
            self.target_comes_or_goes();
        }
        for faults in ["faults", "boostcom/faults", "capillary/faults"] {
            self.company.turn(faults, &json!([]));
        }
        self.see_whether_it_was_turned_away();
        self.kill_daemon();
        self.time_passes();
        self.start_daemon();
    }

    /// Runs until all is well, and how many that took.
    #[track_caller]
    fn heal(&mut self) -> usize {
        let mut last = Vec::new();
        for run in 1..=RUNS {
            let output = self.company.run(&["sync", "--wait", "2m", "--json"]);
            no_panic(&output);
            last = output.lines();
            if last.iter().all(|sync| sync["result"] == "ok") {
                self.is_well(&format!("after {run} runs all is said to be well"));
                return run;
            }
            last.iter().filter_map(approval).for_each(|held| {
                self.company.run(&held.each_ref().map(String::as_str)).well();
            });
            self.is_patient();
        }
        self.is_well(&format!("after {RUNS} runs: {last:#?}"));
        panic!("all is well, but not said to be after {RUNS} runs: {last:#?}");
    }

    /// Who failed again and again in the storm waits for hours until the next try.
    fn is_patient(&mut self) {
        if let Some(daemon) = self.daemon.take() {
            assert_eq!(daemon.stop().code, Some(0));
        }
        self.company.age(LONG_SPAN);
        self.start_daemon();
    }

    fn start_daemon(&mut self) {
        let daemon = Daemon::of(&self.company.config_file(), &[]);
        daemon.hear("READY=1");
        self.daemon = Some(daemon);
    }

    /// Everybody is where they belong; of whoever is not, all is told that is known.
    #[track_caller]
    fn is_well(&self, when: &str) {
        let differences = self.company.differences();
        for who in
            differences.iter().filter_map(|difference| difference.split(' ').nth(1).filter(|word| word.contains('@')))
        {
            let story = self.company.run(&["explain", who]);
            println!("{who}: {} {:#?}", story.stdout, self.company.requests_about(who));
        }
        assert!(differences.is_empty(), "{when}: {differences:#?}");
    }
}

/// The command that lets go what a run holds.
fn approval(summary: &Value) -> Option<[String; 3]> {
    let text = |name: &str| summary[name].as_str().map(str::to_owned);
    Some(["approve".to_owned(), text("sync")?, text("plan")?])
}

#[track_caller]
fn no_panic(output: &Output) {
    assert!(!output.stderr.contains("panicked"), "{output:?}");
}

/// It ended in a way that is provided for, and says why when it failed.
#[track_caller]
fn sync_ended(output: &Output) {
    discreet(output);
    no_panic(output);
    let why = output.code == Some(1) || output.code == Some(2);
    assert!(matches!(output.code, Some(0 | 1 | 3 | 4 | 6)), "{output:?}");
    assert!(!why || output.stderr.contains("rosterd: ") || output.stdout.contains("\"error\":\""), "{output:?}");
}

#[test]
fn whatever_is_killed_everybody_is_where_they_belong_in_the_end() {
    let seed = std::env::var("ROSTERD_TEST_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or_else(any_seed);
    let duration = duration().unwrap_or(SHORT);
    println!("ROSTERD_TEST_SEED={seed} ROSTERD_TORTURE={}", humantime::format_duration(duration));
    // As many as might leave within the guard's window.
    let steady = 100 + usize::try_from(duration.as_secs()).unwrap();
    let mut storm = Storm {
        company: Company::new(steady),
        daemon: None,
        directory_runs: true,
        asked: Vec::new(),
        random: Random::new(seed),
        tally: Tally::default(),
    };
    storm.heal();
    let key = |client: &Value| client["clientKey"].as_str().unwrap().to_owned();
    let steady_clients: BTreeSet<_> = storm.company.valid_clients().iter().map(key).collect();
    assert_eq!(steady_clients.len(), STEADY_SERVICES);
    // Slow enough that many kills come while an answer is on its way.
    let slow = |target: &str| json!([{ "answer_latency": "40ms", "target": target }]);
    for (faults, target) in [("faults", "both"), ("boostcom/faults", "send"), ("capillary/faults", "all")] {
        storm.company.turn(faults, &slow(target));
    }
    let end = Instant::now() + duration;
    while Instant::now() < end {
        storm.blow();
    }
    storm.calm_down();
    let runs = storm.heal();
    in_the_end(storm, &steady_clients, runs);
}

fn in_the_end(storm: Storm, steady_clients: &BTreeSet<String>, runs: usize) {
    let Storm { company, daemon, tally, .. } = storm;
    let journal = company.journal(steady_clients);
    println!(
        "{tally:?}; well after {runs} runs; {} members sent, {} tokens asked for",
        journal.members, journal.tokens
    );
    assert_eq!(journal.locked_out, [""; 0], "were sent as leaving and never left");
    let clients: BTreeSet<_> = company.valid_clients().iter().map(|client| client["clientKey"].to_string()).collect();
    assert!(steady_clients.iter().all(|key| clients.contains(&json!(key).to_string())), "{clients:?}");
    let kept: BTreeSet<_> = company.client_secrets().iter().map(|kept| kept["clientKey"].to_string()).collect();
    assert_eq!(kept, clients, "whose secrets are kept");
    // By the sandbox's own count, and by the journal.
    let state = company.look("state?members=false");
    let (used, quota) = (&state["token_requests"]["used"], &state["token_requests"]["quota"]);
    assert_eq!((used.as_u64(), &state["requests"]["token"]["over_quota"]), (Some(journal.tokens as u64), &Value::Null));
    assert!(used.as_u64() <= quota.as_u64(), "{used} of {quota}");
    let again = company.run(&["sync", "--json"]);
    for sync in again.lines() {
        assert_eq!((&sync["result"], &sync["delivery"]["confirmed"]), (&json!("ok"), &json!(0)), "{again:?}");
    }
    let status = company.run(&["status", "--json"]).lines().remove(0);
    assert!(status["targets"].as_array().unwrap().iter().all(|target| target["pending"] == 0), "{status:#}");
    company.run(&["runs", "--json"]).well();
    nothing_is_deleted_under(daemon.as_ref().unwrap().id());
    let output = daemon.unwrap().stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    no_panic(&output);
    discreet(&output);
    company.store_is_sound();
    let charged = company
        .sql("SELECT CAST(count(*) AS TEXT) FROM token_use JOIN realm ON realm.id = realm WHERE name LIKE 'veris %'");
    let charged: usize = charged[0].parse().unwrap();
    assert!(journal.tokens <= charged, "{} requests, {charged} charged", journal.tokens);
}
