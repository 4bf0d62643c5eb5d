//! The config is followed while the daemon runs.

use std::fs;
use std::process::Command;

use serde_json::{Value, json};

use crate::fixtures::daemon::Daemon;
use crate::fixtures::road::{Road, Sync};

/// Waits until a config is in force that was loaded after another one.
#[track_caller]
fn loaded_after(road: &Road, before: &Value) -> Value {
    road.wait(|road| road.status()["daemon"]["config"]["loaded_at"] != before["daemon"]["config"]["loaded_at"]);
    road.status()
}

#[test]
fn a_changed_file_is_taken_up_and_only_what_changed_is_touched() {
    let mut road = Road::new(12);
    road.sync_well();
    let daemon = Daemon::start(&road);
    let before = road.status();
    let base = road.config.sync().bases[0].clone();
    let mut more = Sync::new("more", &format!("ou=more,{base}"));
    more.more = "schedule: \"0 0 1 1 *\"".to_owned();
    road.config.syncs.push(more);
    road.write_config();
    let status = loaded_after(&road, &before);
    assert_eq!(status["syncs"][0]["sync"], "more", "{status}");
    assert_eq!(status["daemon"]["refused"], Value::Null);
    road.run(&["sync", "people"]).ended("ok", 0);
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(output.stderr.contains("added: more"), "{output:?}");
}

#[test]
fn a_bad_file_is_refused_and_said_everywhere_until_it_is_mended() {
    let mut road = Road::new(12);
    road.config.settings = "listen: 127.0.0.1:0".to_owned();
    road.sync_well();
    let daemon = Daemon::start(&road);
    let before = road.status();
    let good = fs::read_to_string(road.config_file()).unwrap();
    fs::write(road.config_file(), good.replace("    search:", "    serach:")).unwrap();
    daemon.hear("config refused");
    let status = road.status();
    let faults = status["daemon"]["refused"]["faults"].to_string();
    assert!(faults.contains("serach") && faults.contains("did you mean"), "{status}");
    assert_eq!(status["daemon"]["config"], before["daemon"]["config"]);
    // What runs, runs by the one before, and says so.
    let output = road.start(&["sync", "--json"]).end();
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(output.stderr.contains("the config file was refused"), "{output:?}");
    fs::write(road.config_file(), &good).unwrap();
    road.wait(|road| road.status()["daemon"]["refused"] == Value::Null);
    let output = daemon.stop();
    assert!(output.stderr.contains("serach"), "{output:?}");
    road.discreet(&output);
}

#[test]
fn what_cannot_change_while_it_runs_is_refused_by_name() {
    let mut road = Road::new(12);
    let daemon = Daemon::start(&road);
    road.config.settings = "log: { format: json }".to_owned();
    road.config.sync().more = "schedule: 10s".to_owned();
    road.write_config();
    daemon.hear("config refused");
    let status = road.status();
    let faults = status["daemon"]["refused"]["faults"].to_string();
    assert!(faults.contains("`log.format`") && faults.contains("restart"), "{status}");
    // All of it waits, not only that key.
    assert_eq!(status["syncs"][0]["scheduled"], false);
    assert_eq!(daemon.stop().code, Some(0));
    let daemon = Daemon::start(&road);
    assert_eq!(road.status()["syncs"][0]["scheduled"], true);
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn a_signal_loads_it_at_once_and_systemd_is_told() {
    let road = Road::new(12);
    let daemon = Daemon::start(&road);
    daemon.signal("HUP");
    let reloading = daemon.hear("RELOADING=1");
    assert!(reloading.contains("MONOTONIC_USEC="), "{reloading}");
    daemon.hear("READY=1");
    let output = daemon.stop();
    assert_eq!((output.code, output.stderr.matches("config loaded").count()), (Some(0), 1), "{output:?}");
}

#[test]
fn a_new_secret_is_used_without_a_restart() {
    let mut road = Road::new(12);
    let secret = std::mem::replace(&mut road.config.client_secret, "planted-wrong-secret".to_owned());
    let daemon = Daemon::start(&road);
    let refused = road.run(&["sync"]);
    assert_eq!(refused.code, Some(6), "{refused:?}");
    let before = road.status();
    road.config.client_secret = secret;
    road.write_config();
    loaded_after(&road, &before);
    road.run(&["sync"]).ended("ok", 0);
    road.in_step();
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn a_run_ends_under_the_config_it_began_with() {
    let mut road = Road::alone(12, "");
    let daemon = Daemon::start(&road);
    let before = road.status();
    road.slapd.pause();
    let running = road.start(&["sync", "--json"]);
    road.wait(|road| road.status()["syncs"][0]["running"] == true);
    road.config.sync().fields = "city: { const: Pune }".to_owned();
    road.write_config();
    loaded_after(&road, &before);
    road.slapd.resume();
    assert_eq!(running.end().ended("ok", 0)["members"]["joined"], 12);
    let city = |road: &Road| serde_json::to_value(road.sandbox.member("E1").unwrap().fields).unwrap()["city"].clone();
    assert_eq!(city(&road), Value::Null);
    // The next one goes by the new mapping, which the guard looks at: 12 of 12 change.
    let next = road.run(&["sync"]);
    assert_eq!((next.code, &next.lines()[0]["delivery"]["held"]), (Some(4), &json!(12)), "{next:?}");
    assert_eq!(daemon.stop().code, Some(0));
}

/// As editors and tools replace a file; the shell's `$1` is the config, `$2` the new text.
const WAYS: [(&str, &str); 8] = [
    ("cp", "cp \"$2\" \"$1\""),
    ("mv", "cp \"$2\" \"$1.new\" && mv \"$1.new\" \"$1\""),
    ("install", "install -m 0600 \"$2\" \"$1\""),
    ("sed -i", "sed -i \"s/schedule: [0-9]*h/$(grep -o 'schedule: [0-9]*h' \"$2\")/\" \"$1\""),
    ("rm and anew", "rm \"$1\" && cp \"$2\" \"$1\""),
    ("truncated and written", ": > \"$1\" && cat \"$2\" >> \"$1\""),
    ("as vim does", "mv \"$1\" \"$1~\" && cp \"$2\" \"$1\" && rm \"$1~\""),
    (
        "a link that is swapped",
        "d=$(dirname \"$1\") && mkdir -p \"$d/data1\" && cp \"$2\" \"$d/data1/c.yaml\" && ln -sfn data1 \"$d/..tmp\" && mv -T \"$d/..tmp\" \"$d/..data\" && ln -sf ..data/c.yaml \"$1\"",
    ),
];

#[test]
fn however_the_file_is_replaced() {
    let mut road = Road::new(2);
    let daemon = Daemon::start(&road);
    for (at, (way, script)) in WAYS.into_iter().enumerate() {
        let before = road.status();
        road.config.sync().more = format!("schedule: {}h", at + 1);
        let text = road.config_file().with_file_name("next.yaml");
        fs::write(&text, road.config.to_string()).unwrap();
        let done = Command::new("sh").args(["-ec", script, "sh"]).arg(road.config_file()).arg(&text).status().unwrap();
        assert!(done.success(), "{way}");
        let status = loaded_after(&road, &before);
        assert_eq!(status["daemon"]["refused"], Value::Null, "{way}: {status}");
    }
    // A volume of Kubernetes: another folder takes the link's place.
    let before = road.status();
    road.config.sync().more = "schedule: 20h".to_owned();
    let folder = road.config_file().parent().unwrap().to_owned();
    fs::create_dir(folder.join("data2")).unwrap();
    fs::write(folder.join("data2/c.yaml"), road.config.to_string()).unwrap();
    std::os::unix::fs::symlink("data2", folder.join("..tmp")).unwrap();
    fs::rename(folder.join("..tmp"), folder.join("..data")).unwrap();
    loaded_after(&road, &before);
    assert_eq!(daemon.stop().code, Some(0));
}
