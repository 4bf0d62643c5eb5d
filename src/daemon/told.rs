//! The daemon's events: their words and fields in one place. No names, no identities, no secrets.
//!
//! The message says everything; fields repeat it for programs (see [`super::log`]).

use std::io;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use tracing::{debug, error, info, warn};

use super::DaemonError;
use super::listen::Place;
use crate::config::{Address, Changes};
use crate::report::{Summary, text};
use crate::store;

/// The daemon runs.
pub fn started(version: &str, config: &Path, syncs: &[&str]) {
    let (config, syncs) = (config.display(), syncs.join(", "));
    info!(version, %config, syncs, "rosterd {version} runs with {config}: {syncs}");
}

/// Health and metrics can be asked for, and the status page where there is one.
pub fn listening(place: &Place) {
    let (address, url) = (place.address(), place.url());
    let page = if place.has_pages() { "; status page: /" } else { "" };
    info!(%address, "health and metrics at {url}: /healthz, /readyz, /metrics{page}");
}

/// Somebody did not know the login: from where, how often lately, and how many tries from anywhere were not looked at since
/// the last wrong one.
pub fn wrong_login(from: IpAddr, times: u32, refused: u64) {
    let unseen =
        if refused == 0 { String::new() } else { format!("; {refused} more from anywhere were not looked at") };
    warn!(%from, times, refused, "wrong login from {from}: {times} lately{unseen}");
}

/// A new config is in force; with what it changes, in words.
pub fn loaded(config: &Path, changes: &Changes) {
    let config = config.display();
    info!(%config, %changes, "config loaded from {config}: {changes}");
}

/// Something in the config in force is allowed but unwise.
pub fn unwise(warning: &str) {
    warn!("config: {warning}");
}

/// A config was refused; with its faults, a line each, secrets masked.
pub fn refused(config: &Path, faults: &[String]) {
    let config = config.display();
    for fault in faults {
        error!(%config, fault, "config refused: {fault}");
    }
    error!(%config, faults = faults.len(), "the config before stays in force; more of it: rosterd check");
}

/// An event of a level known only as the program runs, whose fields are a run's.
macro_rules! run_event {
    ($level:ident, $summary:expr, $took:expr, $message:expr) => {{
        let Summary { sync, run, result, members, delivery, .. } = $summary;
        $level!(
            sync,
            run,
            result,
            seconds = $took.as_secs_f64(),
            joined = members.joined,
            changed = members.changed,
            left = members.left,
            returned = members.returned,
            confirmed = delivery.confirmed,
            refused = delivery.refused,
            pending = delivery.pending,
            held = delivery.held,
            "{}",
            $message
        )
    }};
}

/// A run came to its end.
pub fn ended(summary: &Summary, took: Duration) {
    let message = in_short(summary);
    match summary.result.as_str() {
        "ok" => run_event!(info, summary, took, message),
        "failed" => run_event!(error, summary, took, message),
        _ => run_event!(warn, summary, took, message),
    }
}

/// Something about a run that somebody may want to know although all went well.
pub fn noted(sync: &str, note: &str) {
    warn!(sync, note, "{sync}: {note}");
}

/// A run came to nothing, as the one before: at a schedule of seconds there would be nothing else to read.
pub fn idle(summary: &Summary, took: Duration) {
    let message = in_short(summary);
    run_event!(debug, summary, took, message);
}

/// The headline, with what somebody has to know or do.
fn in_short(summary: &Summary) -> String {
    let Summary { sync, error, plan, delivery, .. } = summary;
    let sentences = text::sentences(summary, &[], &[]);
    let mut text = sentences.lines().next().unwrap_or_default().to_owned();
    if let Some(plan) = plan {
        text.push_str(&format!("; {} held until approved: rosterd approve {sync} {plan}", delivery.held));
    }
    if let Some(error) = error {
        text.push_str(&format!("; {error}"));
    }
    text
}

/// A run could not go on, because of the store.
pub fn broke(sync: &str, error: &DaemonError) {
    error!(sync, error = %error, "{sync}: the run could not go on: {error}");
}

/// What is due to go could not be removed, for now.
pub fn untidy(error: &store::Error) {
    error!(%error, "what was kept for long enough could not be removed, which is tried again: {error}");
}

/// A receiver of `notify` could not be told something, for now.
pub fn untold(receiver: &Address, why: &str) {
    warn!(%receiver, why, "{receiver} could not be told, which is tried again: {why}");
}

/// It can be told again.
pub fn heard_again(receiver: &Address) {
    info!(%receiver, "{receiver} could be told again");
}

/// What was told, or is to be told, can't be looked up or noted, for now.
pub fn unnoted(error: &store::Error) {
    error!(%error, "who is to be told of what can't be looked up or noted, which is tried again: {error}");
}

/// Somebody had the daemon do something. Their reason, free text, is in the audit only.
pub fn commanded(by: &str, command: &str, sync: Option<&str>) {
    let of = sync.map(|sync| format!(" {sync}")).unwrap_or_default();
    info!(by, command, sync, "{by}: rosterd {command}{of}");
}

/// Somebody asked for a link to the pages that show people.
pub fn link_asked(by: &str) {
    info!(by, "{by}: a link to the pages that show people was asked for");
}

/// It was used, by whoever had it.
pub fn link_used(by: &str) {
    info!(by, "{by}: the link to the pages that show people was used");
}

/// systemd can't be told something.
pub fn unheard(error: &io::Error) {
    warn!(%error, "systemd can't be told how things are: {error}");
}

/// Asked to stop; runs are brought to a point where nothing is lost.
pub fn stopping(why: &str) {
    info!(why, "stopping: {why}");
}

/// Nothing runs any more.
pub fn stopped() {
    info!("stopped");
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::config::Http;
    use crate::daemon::log::tests::logged;
    use crate::report::{Delivery, Members, Read};

    fn summary(result: &str) -> Summary {
        Summary {
            sync: "employees".to_owned(),
            run: 12,
            result: result.to_owned(),
            read: Read { mode: "full".to_owned(), entries: 1000, why: None },
            members: Members { joined: 3, unchanged: 997, ..Members::default() },
            delivery: Delivery { confirmed: 3, requests: 2, ..Delivery::default() },
            ..Summary::default()
        }
    }

    fn one(act: impl FnOnce()) -> Value {
        let mut lines = logged(act);
        assert_eq!(lines.len(), 1, "{lines:?}");
        lines.remove(0)
    }

    #[test]
    fn a_run_is_told_by_its_headline_and_its_counts() {
        let mut told = one(|| ended(&summary("ok"), Duration::from_millis(1500)));
        told.as_object_mut().unwrap().remove("timestamp");
        assert_eq!(
            told,
            json!({
                "level": "INFO", "target": "rosterd::daemon::told",
                "message": "employees: ok (run 12): 1000 read, 3 joined, 997 unchanged",
                "sync": "employees", "run": 12, "result": "ok", "seconds": 1.5,
                "joined": 3, "changed": 0, "left": 0, "returned": 0,
                "confirmed": 3, "refused": 0, "pending": 0, "held": 0,
            })
        );
    }

    #[test]
    fn what_needs_somebody_is_louder_and_says_why() {
        let held = Summary { plan: Some("1f2e3d4c".to_owned()), ..summary("held") };
        let held = Summary { delivery: Delivery { held: 40, ..Delivery::default() }, ..held };
        let failed = Summary { error: Some("search 1 found nobody".to_owned()), ..summary("failed") };
        let waits = Summary { error: Some("answered 429".to_owned()), ..summary("pending") };
        let told = [&held, &failed, &waits, &summary("partial")].map(|summary| {
            let told = one(|| ended(summary, Duration::ZERO));
            format!("{} {}", told["level"].as_str().unwrap(), told["message"].as_str().unwrap())
        });
        let counts = "(run 12): 1000 read, 3 joined, 997 unchanged";
        assert_eq!(
            told,
            [
                format!("WARN employees: held {counts}; 40 held until approved: rosterd approve employees 1f2e3d4c"),
                format!("ERROR employees: failed {counts}; search 1 found nobody"),
                format!("WARN employees: pending {counts}; answered 429"),
                format!("WARN employees: partial {counts}"),
            ]
        );
    }

    #[test]
    fn each_fault_of_a_refused_config_is_a_line() {
        let faults = ["rosterd.yaml:1:1: a", "rosterd.yaml:2:1: b"].map(str::to_owned);
        let told = logged(|| refused(Path::new("/etc/rosterd/rosterd.yaml"), &faults));
        let told: Vec<_> = told.iter().map(|line| (line["level"].as_str(), line["message"].as_str())).collect();
        let error = |message| (Some("ERROR"), Some(message));
        assert_eq!(
            told,
            [
                error("config refused: rosterd.yaml:1:1: a"),
                error("config refused: rosterd.yaml:2:1: b"),
                error("the config before stays in force; more of it: rosterd check"),
            ]
        );
    }

    #[test]
    fn the_rest_in_words() {
        let path = Path::new("/etc/rosterd/rosterd.yaml");
        let told = logged(|| {
            started("0.1.0", path, &["employees", "guests"]);
            loaded(path, &Changes::default());
            let changes =
                Changes { added: ["guests".to_owned()].into(), settings: vec!["log.level"], ..Changes::default() };
            loaded(path, &changes);
            listening(&Place::new(([127, 0, 0, 1], 9464).into(), None));
            listening(&Place::new(([0, 0, 0, 0], 9464).into(), None));
            listening(&Place::new(([0, 0, 0, 0], 9464).into(), Some("rosterd.example.com")));
            wrong_login([10, 0, 0, 7].into(), 1, 0);
            wrong_login([10, 0, 0, 7].into(), 2, 7);
            commanded("root", "approve", Some("employees"));
            commanded("ada", "reload", None);
            link_asked("ada");
            link_used("ada");
            broke("employees", &DaemonError::Store(store::Error::Damaged("a run".to_owned())));
            untidy(&store::Error::Damaged("a run".to_owned()));
            let tell = Address::Command(vec!["/usr/local/bin/tell".to_owned(), "hush".to_owned()]);
            untold(&tell, "exit status: 3");
            let http = Http { proxy: None, ca: None, timeout: Duration::ZERO };
            heard_again(&Address::Webhook("https://hooks.example.com/hush".into(), http));
            unnoted(&store::Error::Damaged("a run".to_owned()));
            stopping("SIGTERM");
            stopped();
        });
        let told: String = told.iter().map(|line| line["message"].as_str().unwrap().to_owned() + "\n").collect();
        insta::assert_snapshot!(told);
    }
}
