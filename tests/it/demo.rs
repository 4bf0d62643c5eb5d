//! `rosterd demo` as a newcomer runs it.

use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// The program, with nothing of this environment but a proxy that leads nowhere.
fn demo(folder: &TempDir, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rosterd"));
    command.env_clear().env("TMPDIR", folder.path());
    command.env("HTTP_PROXY", "http://127.0.0.1:9").env("http_proxy", "http://127.0.0.1:9");
    command.arg("demo").args(arguments);
    command
}

/// What it printed, when it ended well and left nothing behind.
fn printed(folder: &TempDir, output: Output) -> String {
    assert_eq!(String::from_utf8(output.stderr).unwrap(), "");
    let printed = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(0), "{printed}");
    assert_empty(folder);
    printed
}

fn assert_empty(folder: &TempDir) {
    let left: Vec<_> = folder.path().read_dir().unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn the_story_ends_as_told() {
    let folder = tempfile::tempdir().unwrap();
    let printed = printed(&folder, demo(&folder, &[]).output().unwrap());
    assert_eq!(printed.lines().last(), Some("   ✓ one token for the whole story: 1 of 150"));
    let long: Vec<_> = printed.lines().filter(|line| line.chars().count() > 80 && !line.contains("state ")).collect();
    assert!(long.is_empty(), "{long:#?}");
    assert!(printed.lines().count() < 120);
    insta::with_settings!({ filters => [(r"127\.0\.0\.1:\d+ +", "[address]  "), (r"/\S*/rosterd-demo-\w+", "[folder]")] }, {
        insta::assert_snapshot!("demo", printed);
    });
}

#[test]
fn programs_get_a_line_a_step() {
    let folder = tempfile::tempdir().unwrap();
    let printed = printed(&folder, demo(&folder, &["--json"]).output().unwrap());
    let lines: Vec<Value> = printed.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(printed.lines().all(|line| line.starts_with(r#"{"step":""#)), "{printed}");
    assert!(lines.iter().all(|line| line["ok"] == true && line.get("differs").is_none()), "{printed}");
    let last = lines.last().unwrap();
    assert_eq!((&last["step"], &last["token_requests"]), (&"ledger".into(), &1.into()));
}

#[test]
fn stopped_in_the_middle_it_leaves_nothing_behind() {
    for name in ["INT", "TERM", "HUP"] {
        let folder = tempfile::tempdir().unwrap();
        let piped = demo(&folder, &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        let mut child = piped.unwrap();
        let mut story = BufReader::new(child.stdout.take().unwrap());
        let mut line = String::new();
        story.read_line(&mut line).unwrap();
        assert!(line.starts_with("rosterd"), "{line}");
        let sent = Command::new("sh").arg("-c").arg(format!("kill -{name} {}", child.id())).status();
        assert!(sent.unwrap().success());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        // A signal may come too late, when the story has ended; what must not be is that it kills.
        let ended = (output.status.code(), said.as_str());
        let stopped = (Some(1), "rosterd: stopped; nothing is left behind\n");
        assert!(ended == stopped || ended == (Some(0), ""), "{name}: {ended:?}");
        assert_empty(&folder);
    }
}

#[test]
fn nobody_reads_on_and_it_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = demo(&folder, &[]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8(output.stderr).unwrap().starts_with("rosterd: can't print: "));
    assert_empty(&folder);
}

#[test]
fn the_config_it_runs_can_be_seen() {
    let folder = tempfile::tempdir().unwrap();
    let printed = printed(&folder, demo(&folder, &["--show-config"]).output().unwrap());
    assert_eq!(printed, include_str!("../../examples/demo.yaml"));
}
