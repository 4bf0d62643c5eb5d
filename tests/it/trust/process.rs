//! What others on the host can see of the program.

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::fixtures::daemon::Daemon;
use crate::fixtures::place::wait;
use crate::fixtures::program::Program;
use crate::fixtures::road::{Road, SECRETS};

/// Somebody who is not root.
const NOBODY: u32 = 65534;

/// What the kernel says of a process.
fn kernel(id: u32, file: &str) -> String {
    String::from_utf8_lossy(&fs::read(format!("/proc/{id}/{file}")).unwrap()).into_owned()
}

#[test]
fn arguments_and_environment_have_no_secret() {
    let mut road = Road::new(3);
    road.config.sync().more = "schedule: 1h".to_owned();
    let daemon = Daemon::start(&road);
    road.wait(|road| road.runs().first().is_some_and(|run| run["summary"]["result"] == "ok"));
    let seen = kernel(daemon.id(), "cmdline") + &kernel(daemon.id(), "environ");
    assert!(seen.contains("rosterd.yaml") && seen.contains("NOTIFY_SOCKET"), "{seen}");
    assert!(!SECRETS.iter().any(|secret| seen.contains(secret)), "{seen}");
}

#[test]
fn files_are_nobody_elses_whoever_starts_it() {
    let mut road = Road::new(3);
    road.config.sync().more = "schedule: 1h".to_owned();
    road.write_config();
    let mut command = Command::new("sh");
    command.env_clear().args(["-c", "umask 000; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_rosterd"), "--config"]);
    let daemon = Program::of({
        command.arg(road.config_file()).arg("run");
        command
    });
    road.wait(|road| road.sandbox.members().len() == 3);
    assert!(kernel(daemon.id(), "status").contains("Umask:\t0077"));
    let files: Vec<_> = fs::read_dir(road.state()).unwrap().map(|file| file.unwrap()).collect();
    assert!(files.iter().any(|file| file.file_name() == "state.db-wal"), "{files:?}");
    for file in files {
        assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600, "{file:?}");
    }
    assert_eq!(fs::metadata(road.state()).unwrap().mode() & 0o777, 0o700);
    assert_eq!(fs::metadata(road.config_file().with_file_name("control.sock")).unwrap().mode() & 0o777, 0o660);
}

/// To whom a process's memory belongs.
fn owner_of_memory(id: u32) -> u32 {
    fs::metadata(format!("/proc/{id}/mem")).unwrap().uid()
}

#[test]
fn memory_ends_in_no_core_dump_and_is_not_to_be_read_by_the_same_user() {
    if !nix::unistd::Uid::effective().is_root() {
        eprintln!("left out: only root can be somebody else");
        return;
    }
    let road = Road::new(3);
    road.write_config();
    let folder = road.config_file().parent().unwrap().to_owned();
    give(&folder);
    let as_nobody = |mut command: Command| {
        command.uid(NOBODY).gid(NOBODY);
        Program::of(command)
    };
    let mut plain = Command::new("sleep");
    plain.arg("1m");
    let plain = as_nobody(plain);
    let daemon = as_nobody(Program::command(&road.config_file(), &["run"]));
    wait(|| folder.join("control.sock").exists());
    // The kernel gives what must not be dumped (prctl(2), PR_SET_DUMPABLE) to root.
    assert_eq!((owner_of_memory(plain.id()), owner_of_memory(daemon.id())), (NOBODY, 0));
}

/// Gives a folder and its files to nobody.
fn give(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).unwrap();
    for file in fs::read_dir(folder).unwrap() {
        chown(file.unwrap().path(), Some(NOBODY), Some(NOBODY)).unwrap();
    }
    chown(folder, Some(NOBODY), Some(NOBODY)).unwrap();
}

#[test]
fn what_is_dangerous_is_said_wherever_somebody_looks() {
    let mut road = Road::new(1);
    road.config.directory = "tls: { danger_allow_plaintext: true, danger_accept_any_certificate: true }".to_owned();
    road.write_config();
    fs::set_permissions(road.config_file(), fs::Permissions::from_mode(0o646)).unwrap();
    let dangers = ["danger_allow_plaintext", "danger_accept_any_certificate", "anybody on this host may change it"];
    for command in ["status", "plan"] {
        let output = Program::start(&road.config_file(), &[command]).end();
        let said = output.stdout + &output.stderr;
        assert!(dangers.iter().all(|danger| said.contains(danger)), "{command}: {said}");
    }
    fs::set_permissions(road.config_file(), fs::Permissions::from_mode(0o644)).unwrap();
    assert!(!Program::start(&road.config_file(), &["status"]).end().stdout.contains("anybody on this host"));
}
