//! Commands in processes of their own beside a daemon that has the same store open, and commands that it runs itself.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use super::{nothing_is_deleted_under, open_files};
use crate::fixtures::daemon::Daemon;
use crate::fixtures::program::Program;
use crate::fixtures::road::Road;

const LOOKS: [&[&str]; 5] = [&["status"], &["runs"], &["explain", "E1"], &["plan"], &["check"]];

fn inode(file: &Path) -> u64 {
    fs::metadata(file).unwrap().ino()
}

/// Without this lock whoever closes the store in good order, such as a backup, would delete its log. Asked of the file as
/// the process has it open (proc(5), `fdinfo`): `/proc/locks` is read in pieces, and leaves out one that stands where another
/// process has just let go of its own.
#[track_caller]
fn is_locked_by(process: u32, file: &Path) {
    let mut seen = String::new();
    for (number, _) in open_files(process).iter().filter(|(_, to)| to == file) {
        let info = Path::new("/proc").join(process.to_string()).join("fdinfo").join(number);
        seen += &fs::read_to_string(info).unwrap_or_default();
    }
    let locked = seen.lines().any(|line| line.starts_with("lock:") && line.contains("POSIX  ADVISORY  READ "));
    assert!(locked, "no lock of {process} on {}: {seen}", file.display());
}

#[test]
fn whoever_comes_and_goes_leaves_a_daemon_its_log() {
    let mut road = Road::new(12);
    road.config.sync().more = "schedule: 1h".to_owned();
    let daemon = Daemon::start(&road);
    road.run(&["sync"]).ended("ok", 0);
    let log = road.state().join("state.db-wal");
    let before = inode(&log);
    // To this one's socket nobody listens: it looks by itself.
    let other = road.config_file().with_file_name("other.yaml");
    let text = fs::read_to_string(road.config_file()).unwrap();
    fs::write(&other, text.replace("control.sock", "nobody.sock")).unwrap();
    for round in 0..4 {
        road.people.set(1, "title", &format!("Engineer {round}"));
        road.run(&["sync"]).ended("ok", 0);
        for look in LOOKS {
            for config in [&road.config_file(), &other] {
                Program::start(config, look).end().well();
            }
            nothing_is_deleted_under(daemon.id());
            is_locked_by(daemon.id(), &road.state().join("state.db"));
        }
        assert_eq!(inode(&log), before, "{round}");
    }
    daemon.signal("KILL");
    daemon.end();
    // All that was confirmed is known.
    let requests = road.requests();
    road.run(&["sync"]).ended("ok", 0);
    assert_eq!(road.requests(), requests);
    road.in_step();
}
