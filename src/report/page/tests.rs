//! The page, from values made by hand.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::report::{
    AtWork, ConfigStatus, Daemon, Delivery, Held, Kept, Latency, Members, Named, Read, Reason, Refused, RefusedConfig,
    Summary, SyncStatus, TargetStatus,
};

/// The morning of a tired administrator, so many minutes later.
fn at(minutes: i64) -> Timestamp {
    "2026-11-22T03:00:07Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

fn ran(run: i64, result: &str, [joined, changed, left]: [u64; 3]) -> Ran {
    let read = Read { mode: "full".to_owned(), entries: 1000, why: None };
    let members = Members { joined, changed, left, ..Members::default() };
    let delivery = Delivery { confirmed: joined + changed + left, ..Delivery::default() };
    let summary = Summary { run, result: result.to_owned(), read, members, delivery, ..Summary::default() };
    let began = at(run * 15);
    let ended = Some(began + SignedDuration::from_secs(7));
    Ran { run, sync: "employees".to_owned(), began, ended, summary: Some(summary) }
}

fn employees() -> SyncStatus {
    SyncStatus { sync: "employees".to_owned(), to: "veris".to_owned(), scheduled: true, ..SyncStatus::default() }
}

fn veris() -> TargetStatus {
    TargetStatus { target: "veris".to_owned(), tokens: Some([3, 150]), known: true, ..TargetStatus::default() }
}

fn overview(syncs: Vec<SyncStatus>, targets: Vec<TargetStatus>, refused: Option<RefusedConfig>) -> Overview {
    let config = ConfigStatus { loaded_at: at(-7), path: "/etc/rosterd/rosterd.yaml".into() };
    let daemon = Some(Daemon { since: at(-60), config, refused });
    let status = Status { now: at(60), daemon, syncs, targets, directories: Vec::new(), warnings: Vec::new() };
    let pace = Pace { per: Duration::from_hours(24), lately: Duration::from_hours(1), used: 1 };
    let paces = status.targets.iter().map(|target| (target.target.clone(), pace)).collect();
    Overview { status, courses: BTreeMap::new(), paces }
}

fn well() -> Overview {
    let last = ran(3, "ok", [3, 2, 1]);
    let latency = Latency { leaves: 12, median: Duration::from_secs(6), worst: Duration::from_secs(869) };
    let sync = SyncStatus {
        last: Some(last.clone()),
        active: 1_002,
        next: Some(at(75)),
        latency: Some(latency),
        ..employees()
    };
    let mut all = overview(vec![sync], vec![TargetStatus { token_until: Some(at(75)), ..veris() }], None);
    let runs = [last, ran(2, "failed", [0; 3]), ran(1, "ok", [1_000, 0, 0])];
    let steps = runs.map(|ran| Step { ran, moved: 0 }).to_vec();
    all.courses.insert("employees".to_owned(), steps);
    all
}

/// Of everything something, and people in every place that has any.
fn trouble() -> Overview {
    let some = |why: &str| vec![Named { key: "secret-key".to_owned(), why: why.to_owned() }];
    let kept = |verdict: &str, why| Kept { verdict: verdict.to_owned(), people: 17, some: some(why) };
    let reason = Reason { why: "45 leaves within 24 h, the limit is 25".to_owned(), changes: 40 };
    let mut failed = ran(2, "failed", [0; 3]);
    failed.summary.as_mut().unwrap().error = Some("search 1 found nobody: nothing is admitted".to_owned());
    let employees = SyncStatus {
        last: Some(failed),
        active: 960,
        kept: vec![kept("invalid", "designation: is missing"), kept("disputed", "and secret-other")],
        refusals: 1,
        refused: some("answered 422: secret-other has it"),
        held: Some(Held { plan: "1f2e3d4c".to_owned(), changes: 40, approved: 3, since: at(1), reasons: vec![reason] }),
        overdue_since: Some(at(-900)),
        ..employees()
    };
    let guests =
        SyncStatus { sync: "guests".to_owned(), paused: true, paused_until: Some(at(600)), ..employees.clone() };
    let work = AtWork { status: "working".to_owned(), batches: 2, members: 1_500, since: at(1), next: at(61) };
    let waits = TargetStatus {
        tokens: Some([150, 150]),
        waiting_until: Some(at(90)),
        why: Some("answered 429: <b>slow</b> down\u{1b}".to_owned()),
        pending: 12,
        leaves: 1,
        unanswered: 1,
        at_work: vec![work],
        ..veris()
    };
    let spare = TargetStatus { target: "spare".to_owned(), refused: true, ..veris() };
    let fault = "rosterd.yaml:12:5: unknown key `<serach>`".to_owned();
    let refused = RefusedConfig { at: at(3), faults: vec![fault] };
    let mut all = overview(vec![employees, guests], vec![waits, spare], Some(refused));
    let why = "the directory refused the bind".to_owned();
    all.status.directories.push(Refused { directory: "corp".to_owned(), at: at(0), why });
    all.status.warnings.push("rosterd.yaml:9:5: a secret in the clear".to_owned());
    all
}

#[test]
fn all_is_well() {
    insta::assert_snapshot!(page(&well()));
}

#[test]
fn trouble_of_every_kind() {
    insta::assert_snapshot!(page(&trouble()));
}

#[test]
fn before_anything_ran() {
    let page = page(&overview(vec![employees()], vec![TargetStatus { known: false, ..veris() }], None));
    insta::assert_snapshot!(page);
}

#[test]
fn without_a_schedule_it_runs_when_asked() {
    let page = |scheduled| page(&overview(vec![SyncStatus { scheduled, ..employees() }], Vec::new(), None));
    assert!(page(false).contains("when asked") && !page(true).contains("when asked"));
}

#[test]
fn an_empty_config() {
    let page = page(&overview(Vec::new(), Vec::new(), None));
    assert!(page.contains("names no sync") && page.contains("names no destination"), "{page}");
}

#[test]
fn nobody_is_on_it() {
    let page = page(&trouble());
    assert!(!page.contains("secret-"), "{page}");
    assert!(page.contains("designation: is missing") && page.contains("<code>rosterd status</code>"), "{page}");
}

#[test]
fn whatever_a_target_says_is_text() {
    let page = page(&trouble());
    assert!(page.contains("answered 429: &lt;b&gt;slow&lt;&#x2f;b&gt; down\u{fffd}"), "{page}");
    assert!(page.contains("`&lt;serach&gt;`") && !page.contains("<serach"), "{page}");
}

#[test]
fn it_needs_no_script_and_nothing_from_elsewhere() {
    let page = page(&trouble()) + &page(&well());
    for part in ["<script", "style=", "onclick", "http:", "https:", "http-equiv"] {
        assert!(!page.contains(part), "{part}");
    }
    assert!(!STYLE.contains("url(") && !STYLE.contains("@import"));
}

#[test]
fn members_are_reckoned_back_from_those_confirmed_now() {
    let mut all = well();
    let steps = all.courses.get_mut("employees").unwrap();
    steps[0].moved = 1;
    let moved = page(&all);
    // An identity change among the leaves takes nobody away: 1,002 now, three joined.
    assert!(moved.contains("1,002 members confirmed now, between 999 and 1,002."), "{moved}");
    assert!(page(&well()).contains("1,002 members confirmed now, between 1,000 and 1,002."));
}

#[test]
fn who_still_runs_has_no_end_yet() {
    let mut all = well();
    let steps = all.courses.get_mut("employees").unwrap();
    steps[0].ran = Ran { ended: None, summary: None, ..steps[0].ran.clone() };
    assert!(page(&all).contains("<span class=\"state bad\">no end</span>"));
    all.status.syncs[0].running = true;
    let running = page(&all);
    assert!(
        running.contains("<span class=\"state good\">running</span>") && !running.contains(">no end<"),
        "{running}"
    );
}

#[test]
fn numbers_are_grouped() {
    assert_eq!([0, 999, 1_000, 1_048_576].map(grouped), ["0", "999", "1,000", "1,048,576"]);
}
