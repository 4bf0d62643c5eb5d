//! What pages show: who is held, and who changed in a run.

use std::time::Duration;

use super::Say::{Be, Invalid, Leave, Protected};
use super::{Desk, REALM, at};
use crate::store::{Cutoff, HeldRow};

/// `change A: confirmed active`, with what was confirmed and is due.
async fn changes(desk: &mut Desk, run: i64) -> Vec<String> {
    let (rows, all) = desk.store.changes(run, 500).await.unwrap();
    assert_eq!(all, rows.len() as u64);
    rows.into_iter()
        .map(|row| {
            let outcome = row.outcome.map(|(what, detail)| format!(": {what} {}", detail.unwrap_or_default()));
            let due = row.due.map(|due| format!(" ({} → {due})", row.confirmed.unwrap_or_default()));
            let (key, identity) = (row.key.unwrap_or_default(), row.identity.unwrap_or_default());
            format!("{} {key} {identity}{}{}", row.kind, outcome.unwrap_or_default(), due.unwrap_or_default())
        })
        .collect()
}

async fn milestone(desk: &mut Desk) {
    let year = Duration::from_hours(400 * 24);
    desk.store.expire_record(Cutoff::at(desk.now, year, year)).await.unwrap();
}

#[tokio::test]
async fn who_changed_in_a_run_is_told_of_that_run_alone() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    let first = desk.run;
    milestone(&mut desk).await;
    desk.next_run(90).await;
    let second = desk.run;
    desk.admit(&[("anna", Be("A", 2)), ("berit", Leave)]).await;
    desk.deliver().await;
    milestone(&mut desk).await;
    desk.next_run(90).await;
    milestone(&mut desk).await;
    let idle = desk.run;
    desk.next_run(90).await;
    milestone(&mut desk).await;
    let last = desk.run;
    desk.admit(&[("anna", Be("A", 3)), ("cato", Invalid)]).await;
    assert_eq!(desk.number("SELECT count(*) FROM milestone").await, 4);
    assert_eq!(
        changes(&mut desk, first).await,
        [r#"join anna A: confirmed active ({"id":"A","v":2} → {"id":"A","v":3})"#, "join berit B: confirmed active"]
    );
    assert_eq!(
        changes(&mut desk, second).await,
        [r#"change anna A: confirmed active ({"id":"A","v":2} → {"id":"A","v":3})"#, "leave berit B: confirmed left"]
    );
    assert_eq!(changes(&mut desk, idle).await, [""; 0]);
    assert_eq!(
        changes(&mut desk, last).await,
        ["invalid cato ", r#"change anna A ({"id":"A","v":2} → {"id":"A","v":3})"#]
    );
    assert_eq!(changes(&mut desk, last + 1).await, [""; 0]);
    assert_eq!(desk.store.run(second).await.unwrap().unwrap().sync, "staff");
    assert_eq!(desk.store.run(last + 1).await.unwrap(), None);
}

#[tokio::test]
async fn of_many_changes_the_first_are_told_and_all_are_counted() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B"), ("cato", "C")]).await;
    let (some, all) = desk.store.changes(desk.run, 2).await.unwrap();
    assert_eq!((some.len(), all), (2, 3));
}

#[tokio::test]
async fn who_is_held_is_told_with_why_they_would_go() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    desk.admit(&[("anna", Protected), ("berit", Protected)]).await;
    let (rows, all) = desk.store.waiting(desk.feed, 1, desk.now).await.unwrap();
    assert_eq!((rows.len(), all), (1, 2));
    let known = desk.store.people("anna").await.unwrap().remove(0);
    assert_eq!((rows[0].held.key.as_str(), Some(&rows[0].held.why)), ("anna", known.why.as_ref()));
    assert_eq!(rows[0].absent_since, known.absent_since);
    let held = desk.store.held(desk.feed, at(0)).await.unwrap().remove(0);
    assert_eq!(HeldRow { why: held.why.clone(), ..rows[0].held.clone() }, held);
    let other = desk.store.enrol("others", None, REALM).await;
    other.unwrap();
    let others = desk.store.feed("others", None).await.unwrap().unwrap().0.id;
    assert_eq!(desk.store.waiting(others, 500, desk.now).await.unwrap(), (Vec::new(), 0));
}
