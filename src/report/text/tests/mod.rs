//! Every text, from values made by hand.

mod plans;
mod runs;
mod statuses;
mod stories;

use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::report::{Delivery, Findings, Granted, GrantedChange, Link, Members, Named, Ran, Read, Reason, Summary};

/// The morning of a tired administrator, so many minutes later.
fn at(minutes: i64) -> Timestamp {
    "2026-11-22T03:00:07Z".parse::<Timestamp>().unwrap() + SignedDuration::from_mins(minutes)
}

fn named(key: &str, why: &str) -> Named {
    Named { key: key.to_owned(), why: why.to_owned() }
}

/// A run like the documentation's.
fn summary(result: &str) -> Summary {
    Summary {
        sync: "employees".to_owned(),
        run: 12,
        result: result.to_owned(),
        error: None,
        plan: None,
        read: Read { mode: "full".to_owned(), entries: 1000, why: None },
        members: Members { joined: 3, changed: 2, left: 1, unchanged: 994, ..Members::default() },
        delivery: Delivery { confirmed: 6, requests: 2, token_requests: 1, ..Delivery::default() },
    }
}

fn ran(run: i64, summary: Option<Summary>) -> Ran {
    let began = at(run * 15);
    let ended = summary.as_ref().map(|_| began + SignedDuration::from_secs(run * 7));
    Ran { run, sync: "employees".to_owned(), began, ended, summary }
}

fn held() -> Summary {
    let delivery = Delivery { held: 40, confirmed: 6, requests: 2, token_requests: 1, ..Delivery::default() };
    Summary { plan: Some("1f2e3d4c".to_owned()), delivery, ..summary("held") }
}

fn failed() -> Summary {
    Summary {
        sync: "employees".to_owned(),
        run: 13,
        result: "failed".to_owned(),
        error: Some("search 1 found nobody, the last time it found 1000: nothing is admitted".to_owned()),
        ..Summary::default()
    }
}

#[test]
fn a_link_stands_by_itself_with_how_long_it_is_good() {
    let told = |url: &str| link(&Link { link: url.to_owned(), seconds: 300 });
    for (url, whose) in [
        ("http://127.0.0.1:9464/open/x", "in a browser of this host"),
        ("https://rosterd.example.com:9464/open/x", "in a browser, after the login"),
    ] {
        assert_eq!(told(url), format!("{url}\n  good once, within 5 min, {whose}\n"));
    }
}

#[test]
fn findings() {
    let mut findings = Findings::default();
    findings.ok("config", "can be read; its syncs: employees");
    findings.warning("employees", "title: 12 of 200 have none: 3 would be invalid");
    let fine = check(&Findings::default());
    let warned = check(&findings);
    findings.failed("veris", "https://acme.veris.in can't be reached: \u{1b}[31m");
    insta::assert_snapshot!(format!("{fine}\n{warned}\n{}", check(&findings)));
}

#[test]
fn approvals() {
    let change = |number: usize| GrantedChange {
        kind: if number == 1 { "identity" } else { "leave" }.to_owned(),
        key: format!("key-{number}"),
        identity: format!("{number}"),
    };
    let granted = |n: usize, still_held| Granted {
        sync: "employees".to_owned(),
        plan: "1f2e3d4c".to_owned(),
        by: "ada".to_owned(),
        granted: (0..n).map(change).collect(),
        still_held,
    };
    insta::assert_snapshot!(format!("{}\n{}", approved(&granted(2, 38)), approved(&granted(40, 0))));
}

#[test]
fn nobody_at_all() {
    insta::assert_snapshot!(nobody("anna\u{7}"));
}
