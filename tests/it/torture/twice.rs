//! Several at work where one is to be: on one state folder, at one control socket, at one address.

use std::fs;
use std::path::PathBuf;

use crate::fixtures::daemon::{Daemon, free_port};
use crate::fixtures::program::{Output, Program};
use crate::fixtures::road::Road;

/// A company with a daemon, and another config beside its own.
struct Two {
    road: Road,
    first: Daemon,
}

impl Two {
    fn new() -> Self {
        let mut road = Road::new(12);
        road.config.sync().more = "schedule: 1h".to_owned();
        road.config.settings = "listen: 127.0.0.1:0".to_owned();
        let first = Daemon::start(&road);
        road.run(&["sync"]).ended("ok", 0);
        Self { road, first }
    }

    /// The config with other words in it, elsewhere.
    fn other(&self, changes: &[(&str, &str)]) -> PathBuf {
        let folder = self.road.config_file().with_file_name("other");
        fs::create_dir_all(&folder).unwrap();
        let mut text = fs::read_to_string(self.road.config_file()).unwrap();
        for (word, by) in changes {
            assert!(text.contains(word), "{word} is not in {text}");
            text = text.replace(word, by);
        }
        let file = folder.join("rosterd.yaml");
        fs::write(&file, text).unwrap();
        file
    }

    fn at(&self, name: &str) -> String {
        self.road.config_file().with_file_name(name).display().to_string()
    }

    /// What a command under another config says, which is refused.
    #[track_caller]
    fn refused(&self, other: &[(&str, &str)], command: &str, words: &[&str]) -> Output {
        let output = Program::start(&self.other(other), &[command]).end();
        assert_eq!(output.code, Some(1), "{output:?}");
        for word in words {
            assert!(output.stderr.contains(word), "{output:?} lacks {word:?}");
        }
        output
    }

    /// The first one is there as before, and does what it is asked to.
    #[track_caller]
    fn first_goes_on(mut self) {
        self.road.people.fire([3]);
        self.road.run(&["sync"]).ended("ok", 0);
        self.road.in_step();
        // By the daemon, not beside it.
        let status = self.road.status();
        assert!(status["daemon"]["since"].is_string(), "{status:#}");
        super::nothing_is_deleted_under(self.first.id());
        let output = self.first.stop();
        assert!(output.code == Some(0) && output.stderr.contains("rosterd sync"), "{output:?}");
        assert_eq!(self.road.requests(), [1, 2], "nobody else sent anything");
    }
}

#[test]
fn a_second_daemon_on_one_state_folder_is_turned_away() {
    let two = Two::new();
    let process = format!("(process {})", two.first.id());
    let words = ["another rosterd is at work on", "/state", &process, "wait until it is done, or stop it"];
    two.refused(&[], "run", &words);
    let control = (&*two.at("control.sock"), &*two.at("other.sock"));
    two.refused(&[control], "run", &words);
    two.first_goes_on();
}

#[test]
fn a_command_with_another_config_on_the_same_state_changes_nothing() {
    let two = Two::new();
    let process = format!("(process {})", two.first.id());
    let words = ["another rosterd is at work on", &process];
    // The daemon at that socket goes by another config.
    two.refused(&[], "sync", &words);
    let control = (&*two.at("control.sock"), &*two.at("other.sock"));
    two.refused(&[control, ("designation: title", "designation: { const: Nobody }")], "sync", &words);
    // Looking is allowed.
    let shown = Program::start(&two.other(&[control]), &["status"]).end().well();
    assert!(shown.contains("people"), "{shown}");
    two.first_goes_on();
}

#[test]
fn a_second_daemon_does_not_take_the_first_ones_socket() {
    let two = Two::new();
    let (state, other) = (two.at("state"), two.at("other-state"));
    let state = (&*format!("state: {state}\n"), &*format!("state: {other}\n"));
    two.refused(&[state], "run", &["control.sock", "another daemon listens there", "`control`"]);
    two.first_goes_on();
}

#[test]
fn a_second_daemon_at_the_same_address_says_so() {
    let mut road = Road::new(12);
    // A port that nobody has; or else the first one says so.
    let port = free_port();
    road.config.settings = format!("listen: 127.0.0.1:{port}");
    road.config.sync().more = "schedule: 1h".to_owned();
    let first = Daemon::start(&road);
    road.run(&["sync"]).ended("ok", 0);
    let two = Two { road, first };
    let (state, other, socket, others) =
        (two.at("state"), two.at("other-state"), two.at("control.sock"), two.at("other.sock"));
    let state = (&*format!("state: {state}\n"), &*format!("state: {other}\n"));
    two.refused(&[state, (&socket, &others)], "run", &[&port.to_string(), "`listen`"]);
    two.first_goes_on();
}
