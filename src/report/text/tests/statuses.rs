use std::time::Duration;

use super::*;
use crate::report::{
    AtWork, ConfigStatus, Daemon, Held, Kept, Latency, Refused, RefusedConfig, Status, SyncStatus, TargetStatus,
};

fn sync(name: &str) -> SyncStatus {
    SyncStatus { sync: name.to_owned(), to: "veris".to_owned(), scheduled: true, ..SyncStatus::default() }
}

fn target() -> TargetStatus {
    TargetStatus { target: "veris".to_owned(), tokens: Some([0, 150]), ..TargetStatus::default() }
}

fn shown(syncs: Vec<SyncStatus>, targets: Vec<TargetStatus>) -> Status {
    Status { now: at(60), daemon: None, syncs, targets, directories: Vec::new(), warnings: Vec::new() }
}

fn took(leaves: u64, median: u64, worst: u64) -> Latency {
    Latency { leaves, median: Duration::from_secs(median), worst: Duration::from_secs(worst) }
}

fn fits(text: &str) -> &str {
    let wide = text.lines().find(|line| line.chars().count() > 80);
    assert_eq!(wide, None);
    text
}

#[test]
fn before_anything_ran() {
    insta::assert_snapshot!(fits(&status(&shown(vec![sync("employees")], vec![target()]))));
}

#[test]
fn all_is_well() {
    let employees = SyncStatus { last: Some(ran(1, Some(summary("ok")))), active: 1000, ..sync("employees") };
    let veris = TargetStatus { known: true, tokens: Some([3, 150]), token_until: Some(at(75)), ..target() };
    insta::assert_snapshot!(fits(&status(&shown(vec![employees], vec![veris]))));
}

#[test]
fn how_long_leavers_take() {
    let latency = Latency { median: Duration::from_millis(6_214), ..took(12, 0, 14) };
    let well = || SyncStatus { last: Some(ran(1, Some(summary("ok")))), active: 1000, ..sync("employees") };
    let employees = SyncStatus { latency: Some(latency), ..well() };
    let clubs = SyncStatus { latency: Some(took(1, 0, 0)), sync: "clubs".to_owned(), ..well() };
    let guests = SyncStatus { sync: "guests".to_owned(), ..well() };
    let veris = TargetStatus { known: true, ..target() };
    insta::assert_snapshot!(fits(&status(&shown(vec![clubs, employees, guests], vec![veris]))));
}

#[test]
fn a_target_is_at_work() {
    let at_work = |status: &str, batches, members| AtWork {
        status: status.to_owned(),
        batches,
        members,
        since: at(1),
        next: at(61),
    };
    let retry = "waiting_for_retry: it failed at the target, retry 2 of 5";
    let at_work = vec![at_work("working", 24, 23_500), at_work(retry, 1, 1)];
    let mall = TargetStatus { target: "mall".to_owned(), known: true, tokens: None, at_work, ..target() };
    insta::assert_snapshot!(fits(&status(&shown(vec![sync("employees")], vec![mall]))));
}

#[test]
fn the_figures_are_seconds_in_json() {
    let latency = Latency { median: Duration::from_millis(6_214), ..took(12, 0, 14) };
    let told = serde_json::to_value(SyncStatus { latency: Some(latency), ..sync("employees") }).unwrap();
    assert_eq!(told["latency"], serde_json::json!({ "leaves": 12, "median": 6.214, "worst": 14.0 }));
    assert_eq!(told["overdue_since"], serde_json::Value::Null);
}

#[test]
fn a_bad_night() {
    let kept = |verdict: &str, people, some| Kept { verdict: verdict.to_owned(), people, some };
    let some = || (1..6).map(|number| named(&format!("key-{number}"), "designation: is missing")).collect();
    let reason = Reason { why: "45 leaves within 24 h, the limit is 25".to_owned(), changes: 40 };
    let held = Held { plan: "1f2e3d4c".to_owned(), changes: 40, approved: 3, since: at(1), reasons: vec![reason] };
    let employees = SyncStatus {
        last: Some(ran(1, Some(failed()))),
        active: 960,
        kept: vec![kept("invalid", 17, some()), kept("disputed", 1, vec![named("key-9", "and key-8")])],
        quarantined: 1,
        refusals: 1,
        refused: vec![named("key-7", "answered 422: no such country\u{1b}[2J")],
        held: Some(held),
        latency: Some(took(1_204, 40, 270_000)),
        overdue_since: Some(at(-900)),
        ..sync("employees")
    };
    let veris = TargetStatus {
        known: true,
        tokens: Some([150, 150]),
        waiting_until: Some(at(90)),
        why: Some("answered 429 Too Many Requests".to_owned()),
        pending: 12,
        leaves: 1,
        unanswered: 1,
        ..target()
    };
    let spare = TargetStatus { target: "spare".to_owned(), refused: true, ..target() };
    let guests = SyncStatus { paused: true, paused_until: Some(at(600)), ..sync("guests") };
    let staff = SyncStatus {
        last: Some(ran(2, None)),
        elsewhere: Some("veris https://old.example x".to_owned()),
        ..sync("staff")
    };
    let mut all = shown(vec![employees, guests, staff], vec![veris, spare]);
    let why = "the directory refused the bind: the account is locked".to_owned();
    all.directories.push(Refused { directory: "corp".to_owned(), at: at(0), why });
    all.warnings.push("rosterd.yaml:9:5: a secret in the clear".to_owned());
    insta::assert_snapshot!(status(&all));
}

fn daemon(refused: Option<RefusedConfig>) -> Daemon {
    Daemon {
        since: at(-60),
        config: ConfigStatus { loaded_at: at(-7), path: "/etc/rosterd/rosterd.yaml".into() },
        refused,
    }
}

fn refused_config() -> RefusedConfig {
    let fault = "rosterd.yaml:12:5: unknown key `serach`\u{1b}[2J; did you mean `search`?".to_owned();
    RefusedConfig { at: at(3), faults: vec![fault] }
}

#[test]
fn a_daemon_runs() {
    let employees = SyncStatus { last: Some(ran(1, Some(summary("ok")))), active: 1000, ..sync("employees") };
    let guests = SyncStatus { next: Some(at(75)), paused: true, ..sync("guests") };
    let staff = SyncStatus { running: true, last: Some(ran(2, None)), next: Some(at(75)), ..sync("staff") };
    let clubs = SyncStatus { next: Some(at(62)), ..sync("sports-and-clubs") };
    let employees = SyncStatus { next: Some(at(75)), ..employees };
    let veris = TargetStatus { known: true, ..target() };
    let mut all = shown(vec![employees, guests, staff, clubs], vec![veris]);
    all.daemon = Some(daemon(None));
    insta::assert_snapshot!(fits(&status(&all)));
}

#[test]
fn a_refused_config_is_told_before_anything_else() {
    let employees = SyncStatus { last: Some(ran(1, Some(summary("ok")))), active: 1000, ..sync("employees") };
    let mut all = shown(vec![employees], vec![target()]);
    all.daemon = Some(daemon(Some(refused_config())));
    insta::assert_snapshot!(fits(&status(&all)));
}

#[test]
fn a_sync_without_a_schedule_misses_no_daemon() {
    let text = |scheduled| status(&shown(vec![SyncStatus { scheduled, ..sync("employees") }], Vec::new()));
    assert!(text(true).contains("no daemon runs"), "{}", text(true));
    assert!(!text(false).contains("daemon"), "{}", text(false));
}

#[test]
fn at_a_glance() {
    let calm = Glance { now: at(60), syncs: 2, running: &[], next: Some(("employees", at(75))), refused: None };
    assert_eq!(glance(&calm), "2 syncs, next employees at 04:15 UTC");
    let refused = refused_config();
    let told =
        Glance { syncs: 1, running: &["staff"], refused: Some(&refused), next: Some(("staff", at(60 * 24))), ..calm };
    let fault = "rosterd.yaml:12:5: unknown key `serach`\u{fffd}[2J; did you mean `search`?";
    let start = "1 sync, running staff, next staff at 2026-11-23 03:00 UTC; config refused at 03:03 UTC";
    assert_eq!(glance(&told), format!("{start}: {fault}"));
    let long = RefusedConfig { faults: vec!["ä".repeat(500)], ..refused };
    let text = glance(&Glance { refused: Some(&long), running: &["a", "b", "c", "d"], ..calm });
    assert!(text.chars().count() == 200 && text.ends_with("ä…") && text.contains("4 running"), "{text}");
    assert_eq!(glance(&Glance { syncs: 0, next: None, ..calm }), "0 syncs");
    assert_eq!(glance(&Glance { next: None, ..calm }), "2 syncs, none by schedule");
    assert_eq!(glance(&Glance { next: None, running: &["staff"], ..calm }), "2 syncs, running staff");
}
