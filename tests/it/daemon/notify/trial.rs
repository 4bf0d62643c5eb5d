//! `rosterd notify --test`: whether those who are to be told can be.

use std::fs;

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::{Hook, Teller, told};
use crate::documented::claims::TOLD;
use crate::documented::compare::is_as_shown;
use crate::documented::page::texts;
use crate::documented::shell::Shell;
use crate::fixtures::daemon::Daemon;
use crate::fixtures::program::Output;
use crate::fixtures::road::Road;

/// A command that fails as long as there is such a file, with a secret among its arguments that it repeats; and a webhook.
struct Both {
    road: Road,
    teller: Teller,
    hook: Hook,
}

impl Both {
    fn new() -> Self {
        let mut road = Road::new(2);
        let (teller, hook) = (Teller::new(&road), Hook::new(&road));
        let script = fs::read_to_string(&teller.script).unwrap();
        fs::write(&teller.script, script.replace("exit 3", "echo \"no way to $1\" >&2; exit 3")).unwrap();
        // Whatever they are told of otherwise, and with however much patience.
        let command = format!("{{ command: [{}, planted-argument], on: held }}", teller.script.display());
        road.config.settings = format!("notify: [{command}, {{ webhook: {}, after: 1h }}]", hook.url);
        road.write_config();
        Self { road, teller, hook }
    }

    /// How it ended, and what was found.
    #[track_caller]
    fn test(&self) -> (Option<i32>, Vec<Value>) {
        let output = self.road.run(&["notify", "--test"]);
        keeps_secrets(&output);
        (output.code, output.lines()[0]["findings"].as_array().unwrap().clone())
    }

    fn found(&self, level: &str, command: &str, webhook: &str) -> Vec<Value> {
        let command = format!("the command {} {command}", self.teller.script.display());
        let webhook = format!("the webhook at 127.0.0.1 {webhook}");
        [command, webhook].map(|text| json!({ "level": level, "about": "notify", "text": text })).into()
    }

    /// All take it, then nobody does.
    fn try_out(&self) {
        let before = self.teller.heard().len();
        let took = self.found("ok", "took it: exit status: 0", "took it: it answered 204");
        assert_eq!(self.test(), (Some(0), took));
        for heard in [|both: &Self| both.teller.heard(), |both: &Self| both.hook.heard()] {
            let said = told(&self.road, before + 1, || heard(self));
            assert_eq!(said[before..], ["test notify test"]);
        }
        fs::write(&self.teller.fails, "").unwrap();
        self.hook.answers(StatusCode::SERVICE_UNAVAILABLE);
        let command = "did not take it: exit status: 3; it said last: no way to …";
        let failed = self.found("failed", command, "did not take it: it answered 503");
        assert_eq!(self.test(), (Some(1), failed));
        fs::remove_file(&self.teller.fails).unwrap();
        self.hook.answers(StatusCode::NO_CONTENT);
    }
}

#[track_caller]
fn keeps_secrets(output: &Output) {
    for secret in ["planted-argument", "planted-hook-path"] {
        assert!(!output.stdout.contains(secret) && !output.stderr.contains(secret), "{output:?}");
    }
}

#[test]
fn each_receiver_is_told_and_how_it_took_that_is_said_with_and_without_a_daemon() {
    let both = Both::new();
    both.road.run(&["sync"]).ended("ok", 0);
    both.try_out();
    let daemon = Daemon::start(&both.road);
    both.try_out();
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    assert_eq!(output.stderr.matches(": rosterd notify").count(), 2, "{output:?}");
    assert!(!output.stderr.contains("no way to"), "{output:?}");
    keeps_secrets(&output);
    both.road.discreet(&output);
    let noted = both.road.sql("SELECT count(*) || '' FROM told");
    assert_eq!(noted, ["0"], "a test is no news");
}

#[test]
fn one_that_takes_it_does_not_hide_one_that_does_not() {
    let both = Both::new();
    both.hook.answers(StatusCode::FORBIDDEN);
    let (code, findings) = both.test();
    let levels: Vec<_> = findings.iter().map(|finding| finding["level"].as_str().unwrap()).collect();
    assert_eq!((code, levels), (Some(1), vec!["ok", "failed"]));
    let output = both.road.start(&["notify", "--test"]).end();
    assert!(output.stdout.ends_with("FAILED   1 of 2 checks\n"), "{output:?}");
    keeps_secrets(&output);
}

#[test]
fn what_can_not_be_meant_is_a_mistake_and_tells_nobody() {
    let mut both = Both::new();
    let output = both.road.run(&["notify"]);
    assert!(output.code == Some(2) && output.stdout.contains("--test"), "{output:?}");
    assert_eq!((both.teller.heard(), both.hook.heard()), (Vec::new(), Vec::new()));
    both.road.config.settings.clear();
    let output = both.road.run(&["notify", "--test"]);
    assert!(output.code == Some(2) && output.stdout.contains("has no `notify`"), "{output:?}");
}

#[test]
fn the_page_shows_what_is_said() {
    let both = Both::new();
    let script = "#!/bin/sh\necho 'curl: (6) Could not resolve host: chat' >&2\nexit 6\n";
    fs::write(&both.teller.script, script).unwrap();
    let mut shell = Shell::beside(&both.road.config_file());
    shell.place("/usr/local/lib/rosterd/tell", both.teller.script.display());
    shell.place("hooks.example.com", "127.0.0.1");
    let [shown] = &TOLD.shown()[..] else { panic!() };
    shell.shows(shown, 1);
    let [message] = &both.hook.heard()[..] else { panic!() };
    let [_, page] = &texts("daemon.md", "json")[..] else { panic!() };
    let page = page.replace("hr1", message["host"].as_str().unwrap());
    assert!(is_as_shown(&message.to_string(), &page), "{page}{message}");
}
