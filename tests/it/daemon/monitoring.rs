//! What is in `examples/monitoring`, for a real Prometheus that reads a real daemon.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use regex_lite::Regex;
use rosterd::sandbox::veris::{Effect, Fault, Target};
use serde_json::Value;

use crate::fixtures::daemon::{Daemon, free_port};
use crate::fixtures::overheard;
use crate::fixtures::road::{Bench, Road};

fn kit() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/monitoring")
}

fn text(file: &str) -> String {
    fs::read_to_string(kit().join(file)).unwrap()
}

/// The dashboard's queries, with its variables as Grafana fills them in.
fn queries() -> Vec<String> {
    let board: Value = serde_json::from_str(&text("rosterd.dashboard.json")).unwrap();
    let panels = board["panels"].as_array().unwrap().iter();
    let targets = panels.flat_map(|panel| panel["targets"].as_array().into_iter().flatten());
    let query = |target: &Value| target["expr"].as_str().unwrap().replace("$__rate_interval", "5m");
    let all = |query: String| {
        ["$instance", "$sync", "$destination"].iter().fold(query, |query, name| query.replace(name, ".*"))
    };
    targets.map(query).map(all).collect()
}

/// A daemon with something of everything: members, a leave that was delivered, one that waits for the target, others that are
/// held.
pub fn busy(road: &mut Road, port: u16) -> Daemon {
    road.config.settings = format!("listen: 127.0.0.1:{port}");
    road.config.sync().more = "schedule: 1h\n    limits: { leave: { count: 2, percent: 100 } }".to_owned();
    let daemon = Daemon::start(road);
    road.wait(|road| road.runs().first().is_some_and(|run| run["summary"]["result"] == "ok"));
    road.people.fire([5]);
    let left = road.run(&["sync"]);
    assert_eq!(left.code, Some(0), "{left:?}");
    road.faults([Fault::new(Effect::RetryAfter(600)).on(Target::Members)]);
    road.people.fire([1]);
    let waiting = road.run(&["sync"]);
    assert_eq!(waiting.code, Some(6), "{waiting:?}");
    road.people.fire([2, 3, 4]);
    let held = road.run(&["sync"]);
    assert_eq!(held.code, Some(4), "{held:?}");
    daemon
}

pub fn get(road: &Bench, url: &str) -> String {
    rosterd::transport::install_crypto();
    let url = reqwest::Url::parse(url).unwrap();
    road.block_on(async {
        match reqwest::get(url).await {
            Ok(reply) => reply.text().await.unwrap_or_default(),
            // It has not begun to listen.
            Err(_) => String::new(),
        }
    })
}

#[test]
fn rules_and_dashboard_ask_for_what_there_is() {
    let mut road = Road::new(30);
    let port = free_port();
    let daemon = busy(&mut road, port);
    let metrics = get(&road, &format!("http://127.0.0.1:{port}/metrics"));
    overheard::unasked(&metrics);
    let families: BTreeSet<&str> =
        metrics.lines().filter_map(|line| line.strip_prefix("# TYPE ")?.split(' ').next()).collect();
    let name = Regex::new("rosterd_[a-z_]+").unwrap();
    let asked = [text("rosterd.rules.yaml"), queries().join("\n")].join("\n");
    let names: BTreeSet<&str> = name.find_iter(&asked).map(|found| found.as_str()).collect();
    assert!(names.len() > 15, "{names:?}");
    for name in names {
        let family = ["_total", "_bucket", "_info"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
        assert!(families.contains(family), "{name} is none of\n{families:?}");
    }
    daemon.stop();
}

/// Ends with this value.
struct Prometheus {
    child: Child,
    api: String,
}

impl Prometheus {
    fn start(folder: &Path, scraped: u16) -> Self {
        let config = folder.join("prometheus.yaml");
        let rules = kit().join("rosterd.rules.yaml");
        let settings = format!(
            "global: {{ scrape_interval: 1s, evaluation_interval: 1s }}\nrule_files: [{}]\nscrape_configs:\n- {{ job_name: \
             rosterd, static_configs: [{{ targets: ['127.0.0.1:{scraped}'] }}] }}\n",
            rules.display()
        );
        fs::write(&config, settings).unwrap();
        let port = free_port();
        let child = Command::new("prometheus")
            .arg(format!("--config.file={}", config.display()))
            .arg(format!("--storage.tsdb.path={}", folder.join("prometheus").display()))
            .arg(format!("--web.listen-address=127.0.0.1:{port}"))
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        Self { child, api: format!("http://127.0.0.1:{port}/api/v1") }
    }

    /// What it answers; nothing while it is not there yet.
    fn ask(&self, road: &Bench, path: &str) -> Value {
        serde_json::from_str(&get(road, &format!("{}/{path}", self.api))).unwrap_or_default()
    }

    /// What a query finds.
    fn query(&self, road: &Bench, query: &str) -> Vec<Value> {
        let url = reqwest::Url::parse_with_params("http://any/query", [("query", query)]).unwrap();
        let answer = self.ask(road, &format!("query?{}", url.query().unwrap_or_default()));
        assert_eq!(answer["status"], "success", "{query}: {answer}");
        answer["data"]["result"].as_array().unwrap().clone()
    }
}

impl Drop for Prometheus {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
#[ignore = "needs Prometheus: tests/monitoring"]
fn a_real_prometheus_reads_it_and_tells_what_waits() {
    let mut road = Road::new(30);
    let port = free_port();
    let daemon = busy(&mut road, port);
    let prometheus = Prometheus::start(road.config_file().parent().unwrap(), port);
    let pending = |road: &Bench, name: &str| {
        let alerts = prometheus.ask(road, "alerts");
        let mut alerts = alerts["data"]["alerts"].as_array().into_iter().flatten();
        alerts.any(|alert| alert["labels"]["alertname"] == name && alert["labels"]["sync"] == "people")
    };
    road.wait(|road| pending(road, "RosterdChangesHeld"));
    let rules = prometheus.ask(&road, "rules");
    let rules = rules["data"]["groups"][0]["rules"].as_array().unwrap().clone();
    assert_eq!(rules.len(), text("rosterd.rules.yaml").matches("- alert:").count());
    assert!(rules.iter().all(|rule| rule["health"] == "ok"), "{rules:?}");
    // Rates need a second look, and what never was is not there.
    let later = ["increase(", "rate(", "rosterd_members_kept"];
    for query in queries() {
        let found = prometheus.query(&road, &query);
        let there = later.iter().any(|part| query.contains(part));
        assert!(there || !found.is_empty(), "{query} finds nothing");
    }
    daemon.stop();
}
