//! kill -9 of both sides at random moments.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::fixtures::mall::{Standing, added};
use crate::fixtures::org::{ADMIN, Org, changed, dn, removed, service, services};
use crate::fixtures::place;
use crate::fixtures::random::{Random, any_seed};
use crate::fixtures::road::age;

const KILLS: u32 = 20;
/// Some runs end before they are killed.
const ROUNDS: u32 = 60;
const SERVICES: u64 = 12;

/// Services that come, change and go, and what their clients are to be in the end.
struct Crowd {
    org: Org,
    random: Random,
    /// Who is there, with a description.
    present: BTreeMap<usize, String>,
}

impl Crowd {
    fn change(&mut self) {
        let number = 1 + usize::try_from(self.random.below(SERVICES)).unwrap();
        if !self.present.contains_key(&number) {
            self.org.modify(&added(&service(number, &name(number))));
            self.present.insert(number, "A service".to_owned());
        } else if self.random.below(3) == 0 {
            self.org.modify(&removed(number));
            self.present.remove(&number);
        } else {
            let text = format!("What for {}", self.random.below(1000));
            self.org.modify(&changed(number, "description", Some(&text)));
            self.present.insert(number, text);
        }
    }

    /// Within what a run does at first, as a rule; or while it waits.
    fn moment(&mut self) -> Duration {
        let longest = if self.random.below(4) == 0 { 4000 } else { 700 };
        Duration::from_millis(self.random.below(longest))
    }
}

/// A name of its own for each: by that a client is found again whose creation was not answered.
fn name(number: usize) -> String {
    format!("service {number}")
}

/// A run that is killed, and a target that is, before or after; whether the run was still there. Any moment will do, and so
/// there is nothing to wait for.
fn both_are_killed(crowd: &mut Crowd, target: &mut Standing) -> bool {
    let (first, later, ours_first) = (crowd.moment(), crowd.moment(), crowd.random.below(2) == 0);
    let program = crowd.org.start(&["sync", "--wait", "10s", "--json"]);
    let ended = if ours_first {
        let ended = program.end_or_kill(first);
        thread::sleep(later / 4);
        target.kill_and_restart();
        ended
    } else {
        thread::sleep(first / 2);
        target.kill_and_restart();
        program.end_or_kill(later)
    };
    ended.is_err()
}

/// Somebody else who talks to the target.
struct Client {
    http: reqwest::Client,
    url: String,
}

impl Client {
    fn clients(&self, place: &Org) -> Vec<Value> {
        let state = place.block_on(async {
            let reply = self.http.get(format!("{}/sandbox/capillary/state", self.url)).send().await.unwrap();
            reply.json::<Value>().await.unwrap()
        });
        let clients = state["clients"].as_array().unwrap().iter();
        clients.filter(|client| client["clientKey"] != ADMIN && client["isValid"] == true).cloned().collect()
    }

    /// Whether a key and a secret belong together.
    fn are_good(&self, place: &Org, kept: &Value) -> bool {
        let body = json!({ "key": kept["clientKey"], "secret": kept["clientSecret"] });
        let request = self.http.post(format!("{}/v3/oauth/token/generate", self.url)).json(&body);
        place.block_on(async { request.send().await.unwrap().status().is_success() })
    }

    fn slow(&self, place: &Org) {
        let slow = |target| json!({ "answer_latency": "40ms", "target": target });
        let faults = json!([slow("create"), slow("list"), slow("delete"), slow("update")]);
        let request = self.http.put(format!("{}/sandbox/capillary/faults", self.url)).json(&faults);
        place.block_on(async { request.send().await.unwrap().error_for_status().unwrap() });
    }
}

/// A command that takes a while, so that some kills come while a secret is on its way.
fn vault(org: &mut Org) -> PathBuf {
    let (path, got) = (org.folder().join("to-vault"), org.folder().join("got"));
    // At once, for one that was left behind by a kill may still be at work; and nothing where nothing came.
    let script =
        format!("#!/bin/sh\nsleep 0.05\nit=$(cat)\ntest -n \"$it\" && printf '%s\\n' \"$it\" >> {}\n", got.display());
    fs::write(&path, script).unwrap();
    fs::set_permissions(&path, std::os::unix::fs::PermissionsExt::from_mode(0o700)).unwrap();
    org.config.vault += &format!("\n    on_secret: {{ exec: {} }}", path.display());
    got
}

#[test]
fn kills_on_both_sides_lose_no_secret_and_leave_no_client_behind() {
    let seed = std::env::var("ROSTERD_TEST_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(any_seed);
    println!("ROSTERD_TEST_SEED={seed}");
    let mut target = Standing::start();
    let mut org = Org::new(&services([]));
    org.config.target = target.url().to_owned();
    org.config.destination = "leave: guarded\n    quiet: 50ms".to_owned();
    let got = vault(&mut org);
    let state = org.folder().join("state");
    // Wanted by the client even where nothing is encrypted; an error says that another test was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let client = Client { http: reqwest::Client::new(), url: target.url().to_owned() };
    client.slow(&org);
    let mut crowd = Crowd { org, random: Random::new(seed), present: BTreeMap::new() };
    let (mut killed, mut rounds) = (0, 0);
    while killed < KILLS {
        assert!(rounds < ROUNDS, "only {killed} of {rounds} runs could be killed");
        rounds += 1;
        for _ in 0..3 {
            crowd.change();
        }
        killed += u32::from(both_are_killed(&mut crowd, &mut target));
        if state.join("state.db").exists() {
            // So much that the target may be asked what became of a call, and that the guard's window is over.
            crowd.org.block_on(age(&state, Duration::from_hours(25)));
        }
    }
    let Crowd { org, present, .. } = crowd;
    let mut last = org.sync();
    // Everybody at once is held whatever the limits are; a client of which the secret was lost is undone first, and made anew
    // by the next run.
    for _ in 0..6 {
        if let Some(plan) = last.lines()[0]["plan"].as_str() {
            org.said(&["approve", "services", plan]);
        } else if last.code != Some(6) {
            break;
        }
        last = org.sync();
    }
    let confirmed = &last.ended("ok", 0)["delivery"]["confirmed"];
    println!("{killed} of {rounds} runs killed; the last one confirmed {confirmed}");
    let clients = client.clients(&org);
    assert_eq!(clients.len(), present.len(), "{clients:?}");
    let kept = org.kept();
    assert_eq!(kept.len(), present.len(), "{:?}", kept.keys());
    let handed = fs::read_to_string(got).unwrap();
    for (number, description) in &present {
        let theirs = clients.iter().find(|client| client["name"] == name(*number)).unwrap();
        assert_eq!(theirs["description"], description.as_str(), "{number}");
        let file = &kept[theirs["clientKey"].as_str().unwrap()];
        let uuid = org.slapd.attribute(&dn(*number), "entryUUID");
        assert_eq!(file["for"].as_str(), uuid.as_deref(), "{number}");
        assert!(client.are_good(&org, file), "{number}");
        assert!(handed.lines().any(|line| place::json(line) == *file), "{number} was not handed to the command");
    }
    assert_eq!(org.run(&["sync", "--json"]).ended("ok", 0)["delivery"]["confirmed"], 0);
}
