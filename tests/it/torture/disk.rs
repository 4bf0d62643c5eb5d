//! A state folder where nothing can be written: no room at any moment of a run, read-only, no permission.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::duration;
use crate::fixtures::cramped::Cramped;
use crate::fixtures::daemon::Daemon;
use crate::fixtures::program::{Output, Program};
use crate::fixtures::road::{Road, age};

/// More than the store needs, and little enough to be filled at once.
const SIZE: u64 = 4 << 20;

/// A company whose state is on a small disk.
struct Tight {
    road: Road,
    disk: Cramped,
}

impl Tight {
    fn new(people: usize) -> Self {
        let mut road = Road::new(people);
        let everybody = "count: 100000, percent: 100";
        road.config.sync().more = format!(
            "limits: {{ leave: {{ {everybody} }}, return: {{ {everybody} }}, join: {{ {everybody} }}, change: {{ {everybody} }} }}"
        );
        road.config.destination = "quiet: 50ms\n    batch: 4".to_owned();
        let disk = Cramped::new(&road.state(), SIZE);
        Self { road, disk }
    }

    /// A command, to its end.
    fn run(&self, arguments: &[&str]) -> Output {
        self.road.write_config();
        let command = self.disk.enter(&Program::command(&self.road.config_file(), arguments));
        let output = Program::of(command).end();
        // A plan is there to show people.
        if arguments != ["plan"] {
            self.road.discreet(&output);
        }
        assert!(!output.stderr.contains("panicked"), "{output:?}");
        output
    }

    /// The store's files outside for a while, since SQLite does not find its way into another world; nobody uses them.
    fn outside<T>(&self, act: impl FnOnce(&Path) -> T) -> T {
        let folder = tempfile::tempdir().unwrap();
        let copy = |from: &Path, to: &Path| {
            for name in ["state.db", "state.db-wal"].map(|name| (from.join(name), to.join(name))) {
                // The log is there only after a crash.
                let _ = fs::copy(&name.0, &name.1);
            }
        };
        copy(&self.disk.path(), folder.path());
        let done = act(folder.path());
        let _ = fs::remove_file(self.disk.path().join("state.db-wal"));
        copy(folder.path(), &self.disk.path());
        done
    }

    /// So much time passes.
    fn later(&self, span: Duration) {
        self.road.sandbox.advance(span);
        self.outside(|state| self.road.block_on(age(state, span)));
    }

    /// A sync that brings everybody where they belong.
    #[track_caller]
    fn heal(&mut self) {
        self.run(&["sync", "--json", "--wait", "30s"]).ended("ok", 0);
        self.road.in_step();
    }

    /// Every request for a token was charged before.
    #[track_caller]
    fn was_charged(&self) {
        let charged = self.outside(|state| self.road.sql_at(state, "SELECT CAST(count(*) AS TEXT) FROM token_use"));
        let charged: usize = charged[0].parse().unwrap();
        let asked = self.road.sandbox.ledger().used;
        assert!(asked <= charged, "{asked} requests, {charged} charged");
    }
}

/// What is said of a full disk.
const NO_ROOM: &str =
    "the store: no room is left in the state folder, or for temporary files: make room; the next run goes on";

#[test]
fn no_room_at_any_moment_of_a_run() {
    let mut tight = Tight::new(12);
    tight.heal();
    let (mut stopped, mut sent) = (0, 0);
    let step = if duration().is_some() { 1 } else { 4 };
    for pages in (0..).step_by(step) {
        // Whatever of this takes effect must be undone afterwards, so it must be known that it may have.
        tight.road.people.set(1, "title", "Chief Engineer");
        tight.road.people.set(2, "employeeType", "left");
        let before = tight.road.requests();
        // The token has run out, so that charging another one is caught, too; and the guard's window is over.
        tight.later(Duration::from_hours(25));
        tight.disk.fill(pages);
        let output = tight.run(&["sync", "--json"]);
        tight.disk.make_room();
        tight.was_charged();
        tight.road.people.set(1, "title", "Engineer");
        tight.road.people.set(2, "employeeType", "staff");
        if output.code == Some(0) {
            tight.heal();
            break;
        }
        assert_eq!((output.code, &output.lines()[0]["error"]), (Some(1), &format!("people: {NO_ROOM}").into()));
        stopped += 1;
        sent += u64::from(tight.road.requests()[1] > before[1]);
        tight.heal();
    }
    println!("{stopped} runs ended for want of room, {sent} of them after something was sent");
    assert!(stopped >= 8 && sent >= 2 && sent < stopped, "{stopped} {sent}");
}

#[test]
fn every_command_says_what_is_wrong_with_the_disk() {
    let tight = Tight::new(12);
    let mut said = String::new();
    let mut tell = |when: &str| {
        said += &format!("{when}\n");
        let commands = ["sync", "plan", "status", "runs", "check", "run"].map(|command| vec![command]);
        for arguments in commands.into_iter().chain([vec!["pause", "people"]]) {
            let output = tight.run(&arguments);
            let failed = output.stdout.lines().filter(|line| line.starts_with("FAILED"));
            let why = output.stderr.lines().chain(failed).collect::<Vec<_>>().join("; ");
            let why = why.replace(tight.road.state().to_str().unwrap(), "STATE");
            said += &format!("  {} {}: {}\n", arguments.join(" "), output.code.unwrap(), why);
        }
    };
    tight.disk.fill(0);
    tell("no room, and nothing was ever there");
    tight.disk.fill(5);
    tell("no room for the store");
    tight.disk.remount("ro");
    tell("read-only, and nothing is in the store");
    tight.disk.remount("rw");
    tight.disk.make_room();
    tight.run(&["sync"]).well();
    tight.disk.fill(0);
    tell("no room any more");
    tight.disk.make_room();
    tight.disk.remount("ro");
    tell("read-only");
    insta::assert_snapshot!(said);
    assert_eq!(tight.road.requests(), [1, 3], "of the only run that could be recorded");
}

#[test]
fn a_daemon_without_room_says_so_and_goes_on_by_itself() {
    let mut tight = Tight::new(12);
    tight.heal();
    tight.road.config.sync().more += "\n    schedule: 10s";
    tight.road.write_config();
    tight.road.people.set(1, "title", "Chief Engineer");
    tight.road.people.fire([2]);
    let requests = tight.road.requests();
    // Its moment has come when the daemon starts; there is enough to begin with.
    tight.later(Duration::from_hours(25));
    tight.disk.fill(20);
    let config = tight.road.config_file();
    let daemon = Daemon::by(tight.disk.enter(&Program::command(&config, &["run"])), &config);
    daemon.hear("READY=1");
    for _ in 0..3 {
        let output = tight.run(&["sync"]);
        assert!(output.code == Some(1) && output.stderr.contains(NO_ROOM), "{output:?}");
    }
    assert_eq!(tight.road.requests(), requests, "nothing is sent that can't be recorded");
    assert_eq!(tight.run(&["status"]).code, Some(0));
    tight.disk.make_room();
    // Nobody asks: the schedule has it done.
    tight.road.wait(|road| road.requests()[1] > requests[1]);
    tight.run(&["sync", "--wait", "30s"]).well();
    tight.road.in_step();
    let output = daemon.stop();
    assert!(output.code == Some(0) && output.stderr.contains(NO_ROOM), "{output:?}");
    assert!(!output.stderr.contains("panicked"), "{output:?}");
    tight.road.discreet(&output);
}

/// A command by an account that may not do what root may.
fn powerless(road: &Road, arguments: &[&str]) -> Output {
    let command = Program::command(&road.config_file(), arguments);
    let mut less = Command::new("/usr/bin/setpriv");
    less.env_clear().args(["--bounding-set=-all", "--inh-caps=-all", "--"]);
    less.arg(command.get_program()).args(command.get_args());
    Program::of(if nix::unistd::Uid::effective().is_root() { less } else { command }).end()
}

/// Nothing is sent, everything says so, and no daemon starts.
#[track_caller]
fn is_refused(road: &mut Road) {
    let requests = road.requests();
    road.people.set(1, "title", "Chief Engineer");
    road.write_config();
    for command in ["sync", "plan", "status", "runs", "check", "run"] {
        let output = powerless(road, &[command]);
        let words = "state can't be used: Permission denied: let the account that runs rosterd make and write it";
        assert!(output.code == Some(1) && output.stderr.contains(words), "{command}: {output:?}");
    }
    assert_eq!(road.requests(), requests);
}

#[test]
fn a_state_folder_that_nobody_may_enter() {
    let mut road = Road::new(12);
    road.sync_well();
    fs::set_permissions(road.state(), fs::Permissions::from_mode(0o000)).unwrap();
    is_refused(&mut road);
    fs::set_permissions(road.state(), fs::Permissions::from_mode(0o700)).unwrap();
    road.sync_well();
}

#[test]
#[ignore = "only root can give a folder away: run tests/torture"]
fn somebody_elses_state_folder() {
    let mut road = Road::new(12);
    road.sync_well();
    chown(road.state(), Some(65534), Some(65534)).unwrap();
    is_refused(&mut road);
    // Whoever may do everything sees to it that the owner still can.
    road.sync_well();
    for file in fs::read_dir(road.state()).unwrap() {
        let file = file.unwrap();
        assert_eq!(file.metadata().unwrap().uid(), 65534, "{file:?}");
    }
}
