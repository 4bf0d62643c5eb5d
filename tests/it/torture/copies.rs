//! Stores that are copied while they are used, and restored later: what docs/backup.md says.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use jiff::Timestamp;
use nix::unistd::{Gid, Group, Uid, User};
use rosterd::sandbox::veris::Status;
use sqlx::Connection;

use super::nothing_is_deleted_under;
use crate::documented::claims::BACKUP;
use crate::fixtures::daemon::Daemon;
use crate::fixtures::program::Program;
use crate::fixtures::road::{Road, age, same};

/// Rows of every table; of which there are none where the store's tables are not there.
const ROWS: &str = "SELECT 'run ' || count(*) FROM run UNION ALL SELECT 'event ' || count(*) FROM event
    UNION ALL SELECT 'account ' || count(*) FROM account UNION ALL SELECT 'person ' || count(*) FROM person
    UNION ALL SELECT 'token ' || count(*) FROM token_use";

/// A copy as it is made while everything goes on.
fn copy(road: &Road, to: &Path) {
    fs::create_dir_all(to).unwrap();
    let copy = to.join("state.db");
    assert!(road.sql(&format!("VACUUM INTO '{}'", copy.display())).is_empty());
}

#[track_caller]
fn is_sound(road: &Road, state: &Path) {
    assert_eq!(road.sql_at(state, "PRAGMA integrity_check"), ["ok"]);
    assert_eq!(road.sql_at(state, "SELECT \"table\" FROM pragma_foreign_key_check"), [""; 0]);
}

#[test]
fn a_copy_of_the_file_alone_lacks_what_is_in_the_log() {
    let mut road = Road::new(12);
    road.config.sync().more = "schedule: 1h".to_owned();
    road.store(async |_| ());
    // Else the daemon's first look through its store might empty the log in between.
    let reader = road.reader();
    let daemon = Daemon::start(&road);
    road.run(&["sync"]).ended("ok", 0);
    let folder = tempfile::tempdir().unwrap();
    let (wrong, right) = (folder.path().join("wrong"), folder.path().join("right"));
    fs::create_dir(&wrong).unwrap();
    fs::copy(road.state().join("state.db"), wrong.join("state.db")).unwrap();
    copy(&road, &right);
    let tell = |state| road.sql_at(state, "SELECT CAST(count(*) AS TEXT) FROM person WHERE active = 1");
    assert_eq!((tell(&wrong), tell(&right)), (vec!["0".to_owned()], vec!["12".to_owned()]));
    same(&road.sql(ROWS), &road.sql_at(&right, ROWS), "the store, and its copy");
    is_sound(&road, &right);
    nothing_is_deleted_under(daemon.id());
    road.block_on(reader.close()).unwrap();
    daemon.stop();
    // Whoever closes it last, which may be this test, brings all of it into the file.
    let all = road.sql(ROWS);
    fs::copy(road.state().join("state.db"), wrong.join("state.db")).unwrap();
    same(&all, &road.sql_at(&wrong, ROWS), "the store, and its file");
}

#[test]
fn copies_made_at_any_moment_are_whole_and_hold_nothing_up() {
    let mut road = Road::new(40);
    road.config.sync().more = "schedule: 1h\n    limits: { change: { count: 1000, percent: 100 } }".to_owned();
    road.config.destination = "quiet: 50ms\n    batch: 4".to_owned();
    let daemon = Daemon::start(&road);
    let folder = tempfile::tempdir().unwrap();
    for round in 0..6 {
        for person in 1..=6 {
            road.people.set(person, "title", &format!("Engineer {round}"));
        }
        let mut asked = road.start(&["sync", "--json"]);
        let mut copies = 0;
        while !asked.has_ended() || copies == 0 {
            copy(&road, &folder.path().join(format!("{round}-{copies}")));
            copies += 1;
        }
        asked.end().ended("ok", 0);
        for made in 0..copies {
            is_sound(&road, &folder.path().join(format!("{round}-{made}")));
        }
        nothing_is_deleted_under(daemon.id());
    }
    road.in_step();
    daemon.stop();
}

/// A company with a copy of its store from some time ago, and what has happened at its target since.
struct Restored {
    road: Road,
    copy: PathBuf,
}

impl Restored {
    /// 1 and 2 left and came back, 3 was changed and changed back, 4 left, 13 joined, 14 joined and is gone.
    fn new() -> Self {
        let mut road = Road::new(12);
        road.config.sync().more = "schedule: 1h".to_owned();
        let daemon = Daemon::start(&road);
        road.run(&["sync"]).ended("ok", 0);
        let copy_at = road.config_file().with_file_name("copy");
        copy(&road, &copy_at);
        road.people.set(1, "employeeType", "left");
        road.people.set(2, "employeeType", "left");
        road.people.set(3, "title", "Chief Engineer");
        road.people.set(4, "employeeType", "left");
        road.people.hire([13, 14]);
        road.run(&["sync"]).ended("ok", 0);
        road.in_step();
        // As after a loss of power: the log is left behind.
        daemon.signal("KILL");
        daemon.end();
        assert!(road.state().join("state.db-wal").exists());
        road.people.set(1, "employeeType", "staff");
        road.people.set(2, "employeeType", "staff");
        road.people.set(3, "title", "Engineer");
        road.people.fire([14]);
        Self { road, copy: copy_at }
    }

    /// As docs/backup.md has it.
    fn restore(&self) {
        for left in ["state.db-wal", "state.db-shm"] {
            fs::remove_file(self.road.state().join(left)).unwrap();
        }
        fs::copy(self.copy.join("state.db"), self.road.state().join("state.db")).unwrap();
    }

    fn status_of(&self, person: usize) -> Status {
        self.road.sandbox.member(&format!("E{person}")).unwrap().fields.status
    }
}

#[test]
fn a_restored_store_is_right_again_once_all_is_sent_again_and_the_targets_list_is_imported() {
    let mut restored = Restored::new();
    restored.restore();
    let tokens = restored.road.requests()[0];
    let road = &mut restored.road;
    let said = road.start(&["resend", "people", "--all"]).end().well();
    assert!(said.contains("12 to be sent again"), "{said}");
    road.run(&["sync", "--wait", "30s"]).ended("ok", 0);
    assert_eq!(road.requests()[0], tokens, "the token of that time is still good");
    assert_eq!([1, 2, 3, 13].map(|person| restored.status_of(person)), [Status::Active; 4]);
    assert_eq!(restored.status_of(4), Status::InActive);
    assert_eq!(restored.status_of(14), Status::Active, "nobody knows of them");
    let list = restored.road.config_file().with_file_name("target.csv");
    let row = |(id, member): (String, rosterd::sandbox::veris::Record)| {
        let fields = serde_json::to_value(member.fields).unwrap();
        let text = |name: &str| fields[name].as_str().unwrap().to_owned();
        let names = ["first_name", "last_name", "designation", "email", "country", "department", "group"];
        format!("{id},{}\n", names.map(text).join(","))
    };
    let rows: String = restored.road.sandbox.members().into_iter().map(row).collect();
    fs::write(&list, format!("unique_id,first_name,last_name,designation,email,country,department,group\n{rows}"))
        .unwrap();
    restored.road.start(&["import", "people", list.to_str().unwrap()]).end().well();
    restored.road.run(&["sync", "--wait", "30s"]).ended("ok", 0);
    assert_eq!(restored.status_of(14), Status::InActive);
    restored.road.people.forget_last_values();
    restored.road.in_step();
}

#[test]
fn without_that_who_left_and_came_back_stays_locked_out() {
    let restored = Restored::new();
    restored.restore();
    restored.road.run(&["sync", "--wait", "30s"]).ended("ok", 0);
    // What docs/backup.md warns of; should it ever be otherwise, the page is to say so.
    assert_eq!([1, 2].map(|person| restored.status_of(person)), [Status::InActive; 2]);
    let title = restored.road.sandbox.member("E3").unwrap().fields.designation;
    assert_eq!(title, "Chief Engineer");
    // Also later it is not too late.
    restored.road.start(&["resend", "people", "--all"]).end().well();
    restored.road.run(&["sync", "--wait", "30s"]).ended("ok", 0);
    assert_eq!([1, 2].map(|person| restored.status_of(person)), [Status::Active; 2]);
}

#[test]
fn the_ledger_of_a_restored_store_is_as_it_was_and_a_token_costs_no_more_than_one_request() {
    let restored = Restored::new();
    let road = &restored.road;
    // Since the copy two more were asked for.
    for _ in 0..2 {
        road.sandbox.advance(Duration::from_mins(20));
        road.block_on(age(&road.state(), Duration::from_mins(20)));
        road.start(&["resend", "people", "--all"]).end().well();
        road.run(&["sync", "--wait", "30s"]).ended("ok", 0);
    }
    let realm = format!("veris {} sandbox", road.config.target);
    let charged = || {
        road.store(async |store| store.tokens_used(&realm, Duration::from_hours(24), Timestamp::now()).await.unwrap())
    };
    assert_eq!((charged(), road.requests()[0]), (3, 3));
    for left in ["state.db-wal", "state.db-shm"] {
        // Whoever ended well has left none.
        let _ = fs::remove_file(road.state().join(left));
    }
    fs::copy(restored.copy.join("state.db"), road.state().join("state.db")).unwrap();
    road.block_on(age(&road.state(), Duration::from_mins(40)));
    assert_eq!(charged(), 1, "the two are forgotten");
    road.start(&["resend", "people", "--all"]).end().well();
    road.run(&["sync", "--wait", "30s"]).ended("ok", 0);
    assert_eq!((charged(), road.requests()[0]), (2, 4));
}

#[test]
#[ignore = "needs sqlite3: run tests/torture"]
fn the_page_is_right_about_its_own_commands() {
    let shown: Vec<_> = BACKUP.shown().into_iter().map(|shown| shown.typed).collect();
    let [copying, restoring] = &shown[..] else { panic!("{shown:?}") };
    let mut road = Road::new(12);
    road.sync_well();
    as_here(&road, copying);
    road.people.fire([3]);
    road.sync_well();
    let said = as_here(&road, restoring);
    assert!(said.contains("people: 12 to be sent again") && said.contains("1 leave"), "{said}");
    road.sync_well();
}

/// Runs commands of the page with the paths and accounts of this place, where there is no service to stop.
fn as_here(road: &Road, commands: &str) -> String {
    let folder = road.config_file().parent().unwrap().display().to_string();
    let owner = User::from_uid(Uid::effective()).unwrap().unwrap().name;
    let group = Group::from_gid(Gid::effective()).unwrap().unwrap().name;
    let rosterd = format!("\n{} --config {} ", env!("CARGO_BIN_EXE_rosterd"), road.config_file().display());
    let commands = commands
        .replace("/var/lib/rosterd", road.state().to_str().unwrap())
        .replace("/var/backups", &folder)
        .replace("-o rosterd -g rosterd", &format!("-o {owner} -g {group}"))
        .replace("\nrosterd ", &rosterd)
        .replace("NAME", "people")
        .replace("systemctl ", "true ");
    let mut shell = Command::new("sh");
    shell.args(["-euc", &commands]);
    Program::of(shell).end().well()
}
