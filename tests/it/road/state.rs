//! The state folder: for its owner only, and for one program at a time.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use rosterd::sandbox::veris::{Effect, Fault, When};

use crate::fixtures::road::{Road, SECRETS};

fn mode(path: &std::path::Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[test]
fn only_its_owner_reads_it() {
    let mut road = Road::new(12);
    road.faults([Fault::new(Effect::Hang(When::Before))]);
    // Looked at while the program is at work, too, when there are more files.
    let program = road.start(&["sync"]);
    road.wait(|road| road.requests()[1] > 0);
    let mut looked_at = 0;
    for entry in fs::read_dir(road.state()).unwrap() {
        let path = entry.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        looked_at += 1;
    }
    assert!(looked_at >= 4, "database, its log, its index, and the lock");
    assert_eq!(mode(&road.state()), 0o700);
    drop(program);
    road.faults([]);
    road.sync_well();
    let stored = fs::read(road.state().join("state.db")).unwrap();
    for secret in &SECRETS[..3] {
        let found = stored.windows(secret.len()).any(|bytes| bytes == secret.as_bytes());
        assert!(!found, "{secret} is stored");
    }
}

#[test]
fn of_two_programs_the_second_is_told_who_is_at_work() {
    let mut road = Road::new(12);
    road.faults([Fault::new(Effect::Hang(When::Before)).times(1)]);
    let first = road.start(&["sync"]);
    road.wait(|road| road.requests()[1] > 0);
    let second = road.run(&["sync"]);
    let line = second.stdout.trim_end();
    assert_eq!((second.code, second.stderr.as_str(), line.lines().count()), (Some(1), "", 1), "{second:?}");
    let state = road.state();
    let words = format!("another rosterd is at work on {} (process {})", state.display(), first.id());
    assert!(line.contains(&words), "{line}");
    // The lock goes with its holder, however that ends.
    drop(first);
    assert_eq!(road.sync_well()["delivery"]["confirmed"], 12);
}
