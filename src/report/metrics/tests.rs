//! The text as a strict reader takes it.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use jiff::Timestamp;

use super::*;
use crate::report::{
    ConfigStatus, Daemon, Delivery, Held, Kept, Latency, Members, Named, Ran, RefusedConfig, Summary, SyncStatus,
    TargetStatus,
};

/// Everything of a text, or what breaks the format: a family's HELP, TYPE and samples stand together, in this order,
/// each family and each sample once; at the end there is `# EOF`.
fn parsed(text: &str) -> Result<BTreeMap<String, f64>, String> {
    let mut samples = BTreeMap::new();
    let (mut helped, mut typed) = (BTreeSet::new(), None::<(String, String)>);
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let fault = |what: &str| Err(format!("{what}: {line}"));
        if line == "# EOF" {
            return if lines.next().is_none() && text.ends_with('\n') { Ok(samples) } else { fault("not the end") };
        }
        if let Some((name, help)) = line.strip_prefix("# HELP ").and_then(|rest| rest.split_once(' ')) {
            if !is_name(name) || help.is_empty() || !helped.insert(name.to_owned()) {
                return fault("a bad or second HELP");
            }
            let kind = lines.next().and_then(|line| line.strip_prefix(&format!("# TYPE {name} ")));
            let Some(kind) = kind else { return fault("no TYPE after HELP") };
            typed = Some((name.to_owned(), kind.to_owned()));
            continue;
        }
        let Some((family, kind)) = &typed else { return fault("no HELP and TYPE before") };
        let (series, value) = sample(line).ok_or_else(|| format!("no sample: {line}"))?;
        let name = series.split('{').next().unwrap_or_default();
        if !suffixes(kind).iter().any(|suffix| name == format!("{family}{suffix}")) {
            return fault("a sample of another family");
        }
        if samples.insert(series, value).is_some() {
            return fault("twice");
        }
    }
    Err("no EOF".to_owned())
}

fn suffixes(kind: &str) -> &'static [&'static str] {
    match kind {
        "gauge" => &[""],
        "counter" => &["_total"],
        "histogram" => &["_sum", "_count", "_bucket"],
        "info" => &["_info"],
        _ => &[],
    }
}

fn is_name(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// `name{label="value",…} 1.0` → the series, and its value.
fn sample(line: &str) -> Option<(String, f64)> {
    let name: String = line.chars().take_while(|&c| c != '{' && c != ' ').collect();
    let mut rest = &line[name.len()..];
    let mut seen = BTreeSet::new();
    if let Some(inner) = rest.strip_prefix('{') {
        rest = inner;
        loop {
            let (label, after) = rest.split_once("=\"")?;
            if !is_name(label) || !seen.insert(label) {
                return None;
            }
            rest = &after[quoted(after)?..];
            match rest.strip_prefix(',') {
                Some(more) => rest = more,
                None => break,
            }
        }
        rest = rest.strip_prefix('}')?;
    }
    let series = line[..line.len() - rest.len()].to_owned();
    let value = rest.strip_prefix(' ')?.parse().ok()?;
    is_name(&name).then_some((series, value))
}

/// How long a quoted value is, with the quote that ends it.
fn quoted(text: &str) -> Option<usize> {
    let mut letters = text.char_indices();
    while let Some((at, letter)) = letters.next() {
        match letter {
            '"' => return Some(at + 1),
            '\\' if !matches!(letters.next(), Some((_, '\\' | '"' | 'n'))) => return None,
            _ => {}
        }
    }
    None
}

fn at(minutes: i64) -> Timestamp {
    Timestamp::from_second(1_795_316_407 + minutes * 60).unwrap()
}

fn summary(sync: &str, result: &str) -> Summary {
    Summary {
        sync: sync.to_owned(),
        result: result.to_owned(),
        members: Members { joined: 3, changed: 2, left: 1, ..Members::default() },
        delivery: Delivery { requests: 2, token_requests: 1, ..Delivery::default() },
        ..Summary::default()
    }
}

fn sync(name: &str) -> SyncStatus {
    SyncStatus { sync: name.to_owned(), to: "veris".to_owned(), scheduled: true, ..SyncStatus::default() }
}

fn status() -> Status {
    let lovelace = || vec![Named { key: "lovelace-key".to_owned(), why: "lovelace@example.com is refused".to_owned() }];
    let employees = SyncStatus {
        last: Some(Ran {
            run: 12,
            sync: "employees".to_owned(),
            began: at(0),
            ended: Some(at(1)),
            summary: Some(summary("employees", "held")),
        }),
        last_success: Some(at(1)),
        next: Some(at(15)),
        running: true,
        active: 1000,
        kept: vec![Kept { verdict: "invalid".to_owned(), people: 17, some: lovelace() }],
        quarantined: 2,
        refusals: 3,
        refused: lovelace(),
        held: Some(Held { plan: "1f2e".to_owned(), changes: 40, approved: 3, since: at(0), reasons: Vec::new() }),
        latency: Some(Latency { leaves: 12, median: Duration::from_millis(6_214), worst: Duration::from_secs(14) }),
        overdue_since: Some(at(-60)),
        ..sync("employees")
    };
    let veris = TargetStatus {
        target: "veris".to_owned(),
        known: true,
        tokens: Some([3, 150]),
        token_until: Some(at(15)),
        waiting_until: Some(at(3)),
        pending: 12,
        leaves: 1,
        unanswered: 1,
        ..TargetStatus::default()
    };
    let config = ConfigStatus { loaded_at: at(-8), path: "/etc/rosterd/rosterd.yaml".into() };
    let refused = RefusedConfig { at: at(-1), faults: vec!["rosterd.yaml:1:1: lovelace".to_owned()] };
    Status {
        now: at(2),
        daemon: Some(Daemon { since: at(-9), config, refused: Some(refused) }),
        syncs: vec![employees, SyncStatus { paused: true, ..sync("guests") }],
        targets: vec![veris, TargetStatus { target: "mall".to_owned(), ..TargetStatus::default() }],
        directories: Vec::new(),
        warnings: Vec::new(),
    }
}

/// Samples in the order of their names and labels: the client gives them in none. Buckets stay in theirs.
fn sorted(text: &str) -> String {
    let mut sorted = String::new();
    let mut samples: Vec<&str> = Vec::new();
    let bound = |line: &str| line.find("le=\"").map(|at| at..at + line[at..].find(',').unwrap_or_default());
    for line in text.lines() {
        if line.starts_with('#') {
            samples.sort_by_cached_key(|line| match bound(line) {
                Some(bound) => {
                    format!("{}{}", &line[..bound.start], &line[bound.end..].split(' ').next().unwrap_or(""))
                }
                None => (*line).to_owned(),
            });
            samples.drain(..).for_each(|line| sorted.push_str(&format!("{line}\n")));
            sorted.push_str(&format!("{line}\n"));
        } else {
            samples.push(line);
        }
    }
    sorted
}

#[test]
fn everything_in_the_format_and_nothing_of_a_person() {
    let counted = Counted::default();
    counted.ran(&Summary::default(), &summary("employees", "ok"), Duration::from_millis(700));
    counted.ran(&Summary::default(), &summary("employees", "held"), Duration::from_secs(7));
    counted.reloaded(Reload::Refused);
    counted.commanded("approve");
    let text = render(&status(), &counted);
    let samples = parsed(&text).unwrap();
    assert!(!text.contains("lovelace"), "{text}");
    for (series, value) in [
        (r#"rosterd_runs_total{sync="employees",result="ok"}"#, 1.0),
        (r#"rosterd_runs_total{sync="guests",result="failed"}"#, 0.0),
        (r#"rosterd_member_changes_total{sync="employees",kind="join"}"#, 6.0),
        (r#"rosterd_run_duration_seconds_bucket{le="0.5",sync="employees"}"#, 0.0),
        (r#"rosterd_run_duration_seconds_bucket{le="1.0",sync="employees"}"#, 1.0),
        (r#"rosterd_run_duration_seconds_bucket{le="+Inf",sync="employees"}"#, 2.0),
        (r#"rosterd_last_run_result{sync="employees",result="held"}"#, 1.0),
        (r#"rosterd_tokens_left{destination="veris"}"#, 147.0),
        ("rosterd_config_refused", 1.0),
    ] {
        assert_eq!(samples.get(series), Some(&value), "{series}");
    }
    insta::with_settings!({ filters => vec![(r#"version="[^"]*""#, "version=[version]")] }, {
        insta::assert_snapshot!(sorted(&text));
    });
}

#[test]
fn docs_have_every_metric_with_its_labels() {
    let counted = Counted::default();
    counted.commanded("approve");
    counted.ran(&Summary::default(), &summary("employees", "ok"), Duration::from_secs(1));
    let text = render(&status(), &counted);
    let mut found = BTreeMap::<&str, BTreeSet<&str>>::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (series, _) = line.rsplit_once(' ').unwrap();
        let (name, labels) = series.split_once('{').unwrap_or((series, ""));
        let name = ["_bucket", "_sum", "_count"].iter().find_map(|part| name.strip_suffix(part)).unwrap_or(name);
        let labels = labels.trim_end_matches('}').split(',').filter_map(|label| Some(label.split_once('=')?.0));
        found.entry(name).or_default().extend(labels.filter(|label| *label != "le"));
    }
    let page = include_str!("../../../docs/daemon.md");
    let table =
        page.split("| metric | labels | meaning |\n|---|---|---|\n").nth(1).unwrap().split("\n\n").next().unwrap();
    let mut told = BTreeMap::new();
    for row in table.lines() {
        let [names, labels] = [1, 2].map(|cell| row.split('|').nth(cell).unwrap());
        let labels: BTreeSet<_> = labels.split(',').map(str::trim).filter(|label| !label.is_empty()).collect();
        told.extend(names.split('`').skip(1).step_by(2).map(|name| (name, labels.clone())));
    }
    assert_eq!(told, found);
}

#[test]
fn what_is_asked_twice_is_counted_once() {
    let counted = Counted::default();
    counted.ran(&Summary::default(), &summary("employees", "ok"), Duration::from_secs(1));
    assert_eq!(parsed(&render(&status(), &counted)), parsed(&render(&status(), &counted)));
}

#[test]
fn a_value_does_not_end_early() {
    let odd = "a\"} 1\nb\\";
    let counted = Counted::default();
    counted.commanded(odd);
    let text = render(&Status { daemon: None, syncs: vec![sync(odd)], ..status() }, &counted);
    let samples = parsed(&text).unwrap();
    assert_eq!(samples.get(r#"rosterd_commands_total{command="a\"} 1\nb\\"}"#), Some(&1.0), "{text}");
}

#[test]
fn the_reader_is_strict() {
    let head = "# HELP a A.\n# TYPE a gauge\n";
    for (text, good) in [
        (format!("{head}a 1\n# EOF\n"), true),
        (format!("{head}a{{b=\"c\"}} 1\na{{b=\"\\\"\"}} 2\n# EOF\n"), true),
        (format!("{head}a 1\n"), false),
        (format!("{head}a 1\na 2\n# EOF\n"), false),
        (format!("{head}a_total 1\n# EOF\n"), false),
        (format!("{head}a{{b=\"c\" 1\n# EOF\n"), false),
        (format!("{head}a{{b=\"\\x\"}} 1\n# EOF\n"), false),
        (format!("{head}a one\n# EOF\n"), false),
        (format!("{head}{head}# EOF\n"), false),
        ("a 1\n# EOF\n".to_owned(), false),
        ("# TYPE a gauge\na 1\n# EOF\n".to_owned(), false),
    ] {
        assert_eq!(parsed(&text).is_ok(), good, "{text}");
    }
}
