//! The service account is never locked: wrong credentials are tried once, whoever asks and however often.

use std::fs;
use std::time::{Duration, Instant};

use jiff::{SignedDuration, Timestamp};
use rosterd::daemon::{Source, SourceError};
use rosterd::directory::changes::Changes;
use rosterd::directory::{Attributes, Bind, Query, Servers, Settings, Tls};
use rosterd::store::Store;
use tempfile::TempDir;
use tokio::net::TcpListener;

use crate::fixtures::daemon::Daemon;
use crate::fixtures::ldif::{self, SERVICE};
use crate::fixtures::road::Road;
use crate::fixtures::slapd::{LOCKOUT, Slapd};

/// A directory that counts wrong passwords, and a state folder.
struct Place {
    slapd: Slapd,
    state: TempDir,
    now: Timestamp,
}

impl Place {
    async fn new() -> Self {
        let slapd = Slapd::start_with(&ldif::skeleton(), LOCKOUT);
        slapd.locks_out();
        let state = tempfile::tempdir().unwrap();
        // Made before many open it at once, as a daemon does when it starts.
        Store::open(state.path()).await.unwrap().close().await.unwrap();
        Self { slapd, state, now: Timestamp::now() }
    }

    /// Opens the directory as a run does; why that failed, if it did.
    fn open(&self, name: &str, settings: &Settings) -> impl Future<Output = Option<String>> + Send + use<> {
        let query = Query {
            searches: Vec::new(),
            attributes: Attributes::default().into(),
            key: None,
            require: Vec::new(),
            changes: Changes::Full,
        };
        let (mut source, folder, now) = (Source::new(name, settings, &query), self.state.path().to_owned(), self.now);
        async move {
            let mut store = Store::open(&folder).await.unwrap();
            let why = match source.bind(&mut store, now).await {
                Ok(_) => None,
                Err(SourceError::Directory(why)) => Some(why),
                Err(error) => panic!("{error}"),
            };
            store.close().await.unwrap();
            why
        }
    }

    async fn remembered(&self, name: &str) -> Option<String> {
        let mut store = Store::open(self.state.path()).await.unwrap();
        let known = store.bind_record(name).await.unwrap();
        known.refused.map(|(_, why)| why)
    }

    fn later(&mut self, minutes: i64) {
        self.now += SignedDuration::from_mins(minutes);
    }

    fn settings(&self, password: &str) -> Settings {
        settings(&self.slapd.url(), password)
    }
}

fn settings(url: &str, password: &str) -> Settings {
    Settings {
        servers: Servers::Listed(vec![url.to_owned()]),
        kind: None,
        bind: Bind::Simple { dn: SERVICE.0.to_owned(), password: password.into() },
        tls: Tls::default(),
        page_size: 10,
        max_entries_per_second: None,
        connect_timeout: Duration::from_secs(10),
        timeout: Duration::from_secs(10),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_one_try() {
    let place = Place::new().await;
    let wrong = place.settings("wrong-at-once");
    let all: Vec<_> = (0..12).map(|at| tokio::spawn(place.open(["corp", "emea"][at % 2], &wrong))).collect();
    for one in all {
        let why = one.await.unwrap().expect("a refusal");
        assert!(why.starts_with("the directory refused the bind: "), "{why}");
    }
    assert_eq!(place.slapd.wrong_tries(), 1);
    for name in ["corp", "emea"] {
        assert!(place.remembered(name).await.is_some(), "{name} is shown as refused");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_stands_for_an_hour_under_every_name() {
    let mut place = Place::new().await;
    let wrong = place.settings("wrong-for-long");
    for (name, minutes, tries) in [("corp", 0, 1), ("corp", 0, 1), ("renamed", 1, 1), ("corp", 58, 1), ("emea", 2, 2)] {
        place.later(minutes);
        assert!(place.open(name, &wrong).await.is_some());
        assert_eq!(place.slapd.wrong_tries(), tries, "{name} after {minutes} min");
    }
    place.later(59);
    let why = place.open("corp", &wrong).await.unwrap();
    assert!(why.contains("(not tried again before 2"), "the hour begins with the last try: {why}");
    assert_eq!(place.slapd.wrong_tries(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_secret_is_tried_at_once_and_the_former_one_is_not_forgotten() {
    let place = Place::new().await;
    let [one, other] = ["wrong-one", "wrong-other"].map(|password| place.settings(password));
    for (settings, tries) in [(&one, 1), (&other, 2), (&one, 2), (&other, 2)] {
        assert!(place.open("corp", settings).await.is_some());
        assert_eq!(place.slapd.wrong_tries(), tries);
    }
    assert_eq!(place.open("corp", &place.settings(SERVICE.1)).await, None);
    assert_eq!((place.slapd.wrong_tries(), place.remembered("corp").await), (0, None));
    assert!(place.open("corp", &one).await.is_some_and(|why| why.contains("not tried again")));
    assert_eq!(place.slapd.wrong_tries(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_that_work_again_are_refused_nowhere() {
    let mut place = Place::new().await;
    let mine = place.settings("soon-the-right-one");
    assert!(place.open("corp", &mine).await.is_some());
    assert!(place.open("emea", &mine).await.is_some());
    let dn = SERVICE.0;
    let password = "changetype: modify\nreplace: userPassword\nuserPassword: soon-the-right-one\n";
    place.slapd.modify(&format!("dn: {dn}\n{password}"));
    place.later(61);
    assert_eq!(place.open("emea", &mine).await, None);
    assert_eq!((place.remembered("corp").await, place.remembered("emea").await), (None, None));
    assert_eq!(place.open("corp", &mine).await, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hung_directory_holds_up_no_other() {
    let place = Place::new().await;
    let hung = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let hung = hung.local_addr().unwrap();
    // One that does not even speak TLS, bound to as the same account; and one that takes a bind and does not answer it.
    let connects = tokio::spawn(place.open("far", &settings(&format!("ldaps://{hung}"), SERVICE.1)));
    let binds = tokio::spawn(place.open("farther", &settings(&format!("ldap://{hung}"), "another")));
    let began = Instant::now();
    assert_eq!(place.open("corp", &place.settings(SERVICE.1)).await, None);
    assert!(began.elapsed() < Duration::from_secs(5), "{:?}", began.elapsed());
    assert!(!connects.is_finished() && !binds.is_finished());
}

/// A second directory that is the first one by another name, and a sync of each to a target of its own.
fn twice(road: &Road) -> String {
    let text = road.config.to_string();
    let (head, rest) = text.split_once("directories:\n").unwrap();
    let (directory, rest) = rest.split_once("destinations:\n").unwrap();
    let (target, sync) = rest.split_once("syncs:\n").unwrap();
    let directories = format!("{directory}{}", directory.replace("  corp:", "  emea:"));
    let targets = format!("{target}\n{}", target.replace("  veris:", "  other:").replace("127.0.0.1", "localhost"));
    let again =
        sync.replace("  people:", "  again:").replace("to: veris", "to: other").replace("from: corp", "from: emea");
    format!("{head}directories:\n{directories}destinations:\n{targets}\nsyncs:\n{sync}\n{again}")
}

#[test]
fn a_daemon_tries_a_wrong_password_once_over_syncs_reloads_and_restarts() {
    let mut road = Road::alone(3, LOCKOUT);
    road.slapd.locks_out();
    road.config.password = "wrong-in-the-daemon".to_owned();
    let daemon = Daemon::start(&road);
    let text = twice(&road);
    fs::write(road.config_file(), &text).unwrap();
    daemon.hear("STATUS=2 syncs");
    let fails = |road: &Road| {
        let both = ["people", "again"].map(|name| road.start_as_it_is(&["sync", name, "--json"]));
        for one in both {
            one.end().says("failed", 1, &["the directory refused the bind"]);
        }
    };
    fails(&road);
    assert_eq!(road.slapd.wrong_tries(), 1);
    let renamed =
        text.replace("page_size: 10", "page_size: 11").replace("  emea:", "  apac:").replace(": emea", ": apac");
    fs::write(road.config_file(), renamed).unwrap();
    daemon.signal("HUP");
    daemon.hear("READY=1");
    fails(&road);
    assert_eq!(daemon.stop().code, Some(0));
    let check = road.start_as_it_is(&["check"]).end();
    assert!(check.stdout.contains("not tried again before"), "{check:?}");
    for name in ["people", "again"] {
        road.start_as_it_is(&["sync", name, "--json"]).end().says("failed", 1, &["not tried again before"]);
    }
    assert_eq!(road.slapd.wrong_tries(), 1);
    road.config.password = SERVICE.1.to_owned();
    road.sync_well();
}
