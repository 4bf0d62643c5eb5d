//! The same commands, whether a daemon runs or not.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;

use crate::fixtures::daemon::Daemon;
use crate::fixtures::program::{Output, Program};
use crate::fixtures::road::Road;

/// Somebody who is neither root nor the daemon.
const NOBODY: u32 = 65534;

fn by_nobody(road: &Road, arguments: &[&str]) -> Output {
    let mut command = Program::command(&road.config_file(), arguments);
    command.uid(NOBODY).gid(NOBODY);
    Program::of(command).end()
}

/// A mass leave, which is held.
fn held(road: &mut Road) -> String {
    road.sync_well();
    road.people.fire(1..=10);
    let json = road.run(&["sync"]).ended("held", 4);
    json["plan"].as_str().unwrap().to_owned()
}

#[test]
fn a_command_says_the_same_through_the_daemon_as_without_one() {
    let mut road = Road::new(30);
    let plan = held(&mut road);
    let commands: [&[&str]; 6] = [
        &["runs"],
        &["explain", "E12", "--offline"],
        &["explain", "E1", "--json"],
        &["plan", "people"],
        &["plan", "nobody"],
        &["approve", "people", "0000"],
    ];
    let said = |arguments: &[&str]| Program::start(&road.config_file(), arguments).end();
    let moment = |text: &str| {
        let lines = text
            .lines()
            .filter(|line| !line.contains("as of ") && !line.starts_with("daemon:") && !line.starts_with("config:"));
        lines.collect::<Vec<_>>().join("\n").replace(&road.state().display().to_string(), "STATE")
    };
    let alone: Vec<Output> = commands.iter().map(|arguments| said(arguments)).collect();
    let daemon = Daemon::start(&road);
    for (arguments, alone) in commands.iter().zip(alone) {
        let through = said(arguments);
        assert_eq!(through.code, alone.code, "{arguments:?}: {through:?}");
        assert_eq!(moment(&through.stdout), moment(&alone.stdout), "{arguments:?}");
        assert_eq!(through.stderr, alone.stderr, "{arguments:?}");
    }
    let approved = road.run(&["approve", "people", &plan, "--reason", "the office closed"]);
    assert_eq!(approved.code, Some(0), "{approved:?}");
    road.run(&["sync"]).ended("ok", 0);
    road.in_step();
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(output.stderr.contains("approve") && output.stderr.contains("sync"), "who steered is logged: {output:?}");
    road.discreet(&output);
}

#[test]
fn an_import_reads_the_file_of_whoever_asks() {
    let mut road = Road::new(12);
    road.sync_well();
    let daemon = Daemon::start(&road);
    let file = road.config_file().with_file_name("there.csv");
    fs::write(&file, "unique_id\nE1\nE99\n").unwrap();
    let output = road.run(&["import", "people", file.to_str().unwrap()]);
    assert_eq!(output.lines()[0]["imported"], 1, "{output:?}");
    let missing = road.run(&["import", "people", "/no/such/file.csv"]);
    assert_eq!(missing.code, Some(2), "{missing:?}");
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn who_may_open_the_socket_may_look_and_only_approvers_may_steer() {
    if !nix::unistd::Uid::effective().is_root() {
        eprintln!("left out: only root can be somebody else");
        return;
    }
    let mut road = Road::new(12);
    road.sync_well();
    let open = |path: &std::path::Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    let socket = road.config_file().with_file_name("control.sock");
    let daemon = Daemon::start(&road);
    assert_eq!(fs::metadata(&socket).unwrap().permissions().mode() & 0o777, 0o660);
    // Somebody who may come as far as the socket, but may not open it.
    open(socket.parent().unwrap(), 0o755);
    let shut_out = by_nobody(&road, &["status"]);
    assert!(shut_out.code == Some(1) && shut_out.stderr.contains("is not for you"), "{shut_out:?}");
    // In its group, say.
    open(&socket, 0o666);
    let looks = by_nobody(&road, &["status"]);
    assert_eq!((looks.code, looks.stderr.as_str()), (Some(0), ""), "{looks:?}");
    let forgets = ["forget", "E1"];
    let [retries, resends] = [&["retry", "people"][..], &["resend", "people", "--all"]];
    for steers in [&["sync"][..], &["notify", "--test"], &forgets, &["pause", "people"], retries, resends] {
        let refused = by_nobody(&road, steers);
        assert!(refused.code == Some(1) && refused.stderr.contains("approvers"), "{refused:?}");
    }
    assert_eq!(road.runs().len(), 1);
    assert_eq!(daemon.stop().code, Some(0));
    // Named in the config.
    road.config.settings = "approvers: [nobody]".to_owned();
    let daemon = Daemon::start(&road);
    open(&socket, 0o666);
    let paused = by_nobody(&road, &["pause", "people"]);
    assert_eq!(paused.code, Some(0), "{paused:?}");
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn a_daemon_answers_for_its_own_config_only() {
    let mut road = Road::new(12);
    road.sync_well();
    let daemon = Daemon::start(&road);
    let other = road.config_file().with_file_name("other.yaml");
    let text = road.config.to_string().replace("  people:", "  others:");
    fs::write(&other, text).unwrap();
    let output = Program::start(&other, &["status", "--json"]).end();
    assert_eq!(output.lines()[0]["syncs"][0]["sync"], "others", "{output:?}");
    // The state is the daemon's, whatever else the file says.
    let busy = Program::start(&other, &["sync", "--json"]).end();
    assert!(busy.code == Some(1) && busy.stdout.contains(&format!("(process {})", daemon.id())), "{busy:?}");
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn a_socket_that_a_killed_daemon_left_stops_nobody() {
    let mut road = Road::new(12);
    let daemon = Daemon::start(&road);
    daemon.signal("KILL");
    daemon.end();
    assert!(road.config_file().with_file_name("control.sock").exists());
    road.sync_well();
    let daemon = Daemon::start(&road);
    road.run(&["sync"]).ended("ok", 0);
    assert_eq!(daemon.stop().code, Some(0));
    assert!(!road.config_file().with_file_name("control.sock").exists());
}

/// Everything of the directory that must not be seen: whatever somebody's fields say.
const SAID: [&str; 4] = ["Engineer", "@corp.example.com", "India", "Żoë"];

#[test]
fn values_are_for_those_who_may_read_the_state_folder() {
    if !nix::unistd::Uid::effective().is_root() {
        eprintln!("left out: only root can be somebody else");
        return;
    }
    let mut road = Road::new(12);
    road.sync_well();
    road.people.set(1, "title", "Chief Engineer");
    // Whoever steers may not see more for that.
    road.config.settings = "approvers: [nobody]".to_owned();
    let daemon = Daemon::start(&road);
    let open = |path: &std::path::Path, mode| fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
    open(road.config_file().parent().unwrap(), 0o755);
    open(&road.config_file().with_file_name("control.sock"), 0o666);
    let looks: [&[&str]; 5] = [
        &["explain", "E1"],
        &["explain", "E1", "--json"],
        &["explain", "E1", "--offline"],
        &["plan"],
        &["plan", "--json"],
    ];
    for arguments in looks {
        let (by_root, by_nobody) = (Program::start(&road.config_file(), arguments).end(), by_nobody(&road, arguments));
        assert_eq!((by_root.code, by_nobody.code), (Some(0), Some(0)), "{by_nobody:?}");
        assert!(SAID.iter().any(|value| by_root.stdout.contains(value)), "{by_root:?}");
        let seen = SAID.iter().find(|value| by_nobody.stdout.contains(**value));
        assert_eq!(seen, None, "{by_nobody:?}");
        // The same in every other way.
        assert!(by_nobody.stdout.contains("title") == by_root.stdout.contains("title"), "{by_nobody:?}");
        assert!(by_nobody.stdout.contains('…') && by_nobody.stderr.contains("the state folder"), "{by_nobody:?}");
        assert_eq!(by_nobody.stdout.lines().count(), by_root.stdout.lines().count());
        assert_eq!(by_root.stderr, "");
    }
    // The folder's owner, or whoever the modes let.
    for path in [road.state(), road.state().join("state.db")] {
        std::os::unix::fs::chown(path, Some(NOBODY), None).unwrap();
    }
    let owner = by_nobody(&road, &["plan"]);
    assert!(owner.stdout.contains("Chief Engineer") && owner.stderr.is_empty(), "{owner:?}");
    assert_eq!(daemon.stop().code, Some(0));
}
