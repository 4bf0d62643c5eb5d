//! Who is told when something is wrong: by a command and by a webhook, from a real daemon.

mod arriving;
mod encrypted;
mod kinds;
mod trial;

use std::fs;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::StatusCode;
use axum::serve::Listener;
use serde_json::Value;
use tokio::net::TcpListener;

use crate::fixtures::overheard;
use crate::fixtures::program::Output;
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

    /// An item of `notify`, of somebody without patience.
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
    answer: Arc<Mutex<StatusCode>>,
    got: Arc<Mutex<String>>,
    refused: Arc<AtomicUsize>,
}

impl Hook {
    fn new(road: &Road) -> Self {
        Self::at(road, "http", road.block_on(TcpListener::bind("127.0.0.1:0")).unwrap())
    }

    /// Where somebody listens.
    fn at(road: &Road, scheme: &str, listener: impl Listener<Addr = SocketAddr>) -> Self {
        let (answer, got) = (Arc::new(Mutex::new(StatusCode::NO_CONTENT)), Arc::<Mutex<String>>::default());
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
        let url = format!("{scheme}://{}/planted-hook-path", listener.local_addr().unwrap());
        // Its URL is a secret, which belongs into a file.
        let file = road.config_file().with_file_name("hook");
        fs::write(&file, url).unwrap();
        let url = format!("'${{file:{}}}'", file.display());
        overheard::secret("planted-hook-path");
        let router = axum::Router::new().route("/planted-hook-path", take);
        road.block_on(async {
            tokio::spawn(axum::serve(listener, router).into_future());
        });
        Self { url, answer, got, refused }
    }

    /// An item of `notify`, of somebody without patience.
    fn item(&self) -> String {
        format!("{{ webhook: {}, after: 1s }}", self.url)
    }

    fn answers(&self, status: StatusCode) {
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
    names_nobody(road, &heard);
    short(&heard)
}

/// Neither what the directory says of people nor the keys and identities by which the store knows them.
#[track_caller]
fn names_nobody(road: &Bench, messages: &[Value]) {
    let mut said = Value::from(messages.to_vec());
    said.as_array_mut().unwrap().iter_mut().for_each(|message| drop(message["host"].take()));
    let said = said.to_string();
    overheard::unasked(&said);
    for who in road.sql("SELECT key FROM person UNION SELECT identity FROM account") {
        assert!(!said.contains(&who), "{who} is in {said}");
    }
    road.discreet(&Output { code: None, stdout: said, stderr: String::new() });
}
