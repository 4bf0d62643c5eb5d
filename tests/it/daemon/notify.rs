//! Who is told when something is wrong: by a command and by a webhook, from a real daemon.

use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;

use crate::fixtures::daemon::Daemon;
use crate::fixtures::overheard;
use crate::fixtures::road::{Bench, Road};

/// A command that adds what it gets to a file. As long as there is another one, it adds a line to that and fails.
struct Teller {
    script: PathBuf,
    file: PathBuf,
    fails: PathBuf,
}

impl Teller {
    fn new(road: &Road) -> Self {
        let [script, file, fails] = ["tell", "heard", "fails"].map(|name| road.config_file().with_file_name(name));
        let text = format!(
            "#!/bin/sh\n[ ! -e {0} ] || {{ echo no >> {0}; exit 3; }}\ncat >> {1}\n",
            fails.display(),
            file.display()
        );
        fs::write(&script, text).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        Self { script, file, fails }
    }

    /// An item of `notify`.
    fn item(&self) -> String {
        format!("{{ command: {}, after: 1s }}", self.script.display())
    }

    fn heard(&self) -> Vec<Value> {
        messages(&fs::read_to_string(&self.file).unwrap_or_default())
    }
}

/// A webhook on this host, with its answer, and what it got.
struct Hook {
    /// As the config refers to it.
    url: String,
    answer: Arc<Mutex<axum::http::StatusCode>>,
    got: Arc<Mutex<String>>,
    refused: Arc<AtomicUsize>,
}

impl Hook {
    fn new(road: &Road) -> Self {
        let (answer, got) = (Arc::new(Mutex::new(axum::http::StatusCode::NO_CONTENT)), Arc::<Mutex<String>>::default());
        let refused = Arc::new(AtomicUsize::new(0));
        let (says, hears, refuses) = (answer.clone(), got.clone(), refused.clone());
        let take = axum::routing::post(async move |body: String| {
            let says = *says.lock().unwrap_or_else(PoisonError::into_inner);
            if says.is_success() {
                hears.lock().unwrap_or_else(PoisonError::into_inner).push_str(&(body + "\n"));
            } else {
                refuses.fetch_add(1, Ordering::Relaxed);
            }
            says
        });
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let url = format!("http://{}/planted-hook-path", listener.local_addr().unwrap());
        // Its URL is a secret, which belongs into a file.
        let file = road.config_file().with_file_name("hook");
        fs::write(&file, url).unwrap();
        let url = format!("'${{file:{}}}'", file.display());
        overheard::secret("planted-hook-path");
        let router = axum::Router::new().route("/planted-hook-path", take);
        road.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            tokio::spawn(axum::serve(listener, router).into_future());
        });
        Self { url, answer, got, refused }
    }

    fn answers(&self, status: axum::http::StatusCode) {
        *self.answer.lock().unwrap_or_else(PoisonError::into_inner) = status;
    }

    fn heard(&self) -> Vec<Value> {
        messages(&self.got.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

fn messages(text: &str) -> Vec<Value> {
    text.lines().filter_map(|line| serde_json::from_str(line).ok()).collect()
}

/// Kind, about and state of each.
fn short(messages: &[Value]) -> Vec<String> {
    let word = |message: &Value, name: &str| message[name].as_str().unwrap().to_owned();
    let short = |message| ["kind", "about", "state"].map(|name| word(message, name)).join(" ");
    messages.iter().map(short).collect()
}

/// Waits until so many messages came, and says which; none of them says anything of a person.
#[track_caller]
fn told(road: &Bench, count: usize, heard: impl Fn() -> Vec<Value>) -> Vec<String> {
    road.wait(|_| heard().len() >= count);
    let heard = heard();
    overheard::unasked(&Value::from(heard.clone()).to_string());
    short(&heard)
}

#[test]
fn what_is_held_is_told_until_it_is_approved() {
    let mut road = Road::new(30);
    let (teller, hook) = (Teller::new(&road), Hook::new(&road));
    road.config.settings = format!("notify: [{}, {{ webhook: {}, on: [held], after: 1s }}]", teller.item(), hook.url);
    road.sync_well();
    let daemon = Daemon::start(&road);
    road.people.fire(1..=8);
    let held = road.run(&["sync"]);
    assert_eq!(held.code, Some(4), "{held:?}");
    assert_eq!(told(&road, 1, || teller.heard()), ["held people raised"]);
    assert_eq!(told(&road, 1, || hook.heard()), ["held people raised"]);
    let message = teller.heard().remove(0);
    assert_eq!(message["text"], "people: 8 changes not approved yet; who: rosterd plan people", "{message}");
    assert!(message["since"].as_str().unwrap() <= message["at"].as_str().unwrap(), "{message}");
    // A restart tells nothing twice.
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    let daemon = Daemon::start(&road);
    let plan = held.lines()[0]["plan"].as_str().unwrap().to_owned();
    assert_eq!(road.run(&["approve", "people", &plan, "--reason", "seen by a test"]).code, Some(0));
    assert_eq!(told(&road, 2, || teller.heard()), ["held people raised", "held people recovered"]);
    assert_eq!(told(&road, 2, || hook.heard()), ["held people raised", "held people recovered"]);
    let output = daemon.stop();
    assert_eq!(output.code, Some(0), "{output:?}");
    assert!(!output.stderr.contains("planted-hook-path"), "{output:?}");
    road.discreet(&output);
}

#[test]
fn a_refused_config_is_told_until_it_is_mended() {
    let mut road = Road::new(2);
    let teller = Teller::new(&road);
    road.config.settings = format!("notify: {}", teller.item());
    let daemon = Daemon::start(&road);
    let good = fs::read_to_string(road.config_file()).unwrap();
    fs::write(road.config_file(), good.replace("    search:", "    serach:")).unwrap();
    daemon.hear("config refused");
    assert_eq!(told(&road, 1, || teller.heard()), ["config_refused config raised"]);
    fs::write(road.config_file(), &good).unwrap();
    let both = ["config_refused config raised", "config_refused config recovered"];
    assert_eq!(told(&road, 2, || teller.heard()), both);
    assert_eq!(daemon.stop().code, Some(0));
}

#[test]
fn who_could_not_be_told_is_told_later_and_the_log_says_so_once() {
    let mut road = Road::new(2);
    let (teller, hook) = (Teller::new(&road), Hook::new(&road));
    fs::write(&teller.fails, "").unwrap();
    hook.answers(axum::http::StatusCode::SERVICE_UNAVAILABLE);
    road.config.settings = format!("notify: [{}, {{ webhook: {}, after: 1s }}]", teller.item(), hook.url);
    road.config.client_secret = "planted-wrong-secret".to_owned();
    let daemon = Daemon::start(&road);
    assert_eq!(road.run(&["sync"]).code, Some(6));
    // Each is tried at each look.
    let tries = || fs::read_to_string(&teller.fails).unwrap().lines().count();
    road.wait(|_| tries() >= 2 && hook.refused.load(Ordering::Relaxed) >= 2);
    assert_eq!((teller.heard(), hook.heard()), (Vec::new(), Vec::new()));
    fs::remove_file(&teller.fails).unwrap();
    hook.answers(axum::http::StatusCode::OK);
    assert_eq!(told(&road, 1, || teller.heard()), ["rejecting veris raised"]);
    assert_eq!(told(&road, 1, || hook.heard()), ["rejecting veris raised"]);
    let output = daemon.stop();
    let said = |words: &str| output.stderr.matches(words).count();
    assert_eq!((said("tell could not be told"), said("exit status: 3")), (1, 1), "{output:?}");
    assert_eq!((said("the webhook at 127.0.0.1 could not be told"), said("it answered 503")), (1, 1), "{output:?}");
    assert_eq!(said("could be told again"), 2, "{output:?}");
    assert!(!output.stderr.contains("planted-hook-path"), "{output:?}");
    road.discreet(&output);
}

#[test]
fn a_failed_run_is_told() {
    let mut road = Road::new(2);
    let teller = Teller::new(&road);
    road.config.settings = format!("notify: {}", teller.item());
    road.config.sync().more = "require: [\"(uid=nobody-is-called-so)\"]".to_owned();
    let daemon = Daemon::start(&road);
    assert_eq!(road.run(&["sync"]).code, Some(1));
    assert_eq!(told(&road, 1, || teller.heard()), ["failed people raised"]);
    assert_eq!(daemon.stop().code, Some(0));
}
