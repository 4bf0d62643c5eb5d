//! Whom a refusal is believed of, and what ends it.

use super::Say::{Be, Invalid, Leave};
use super::{Desk, REALM, at, no};
use crate::delivery::batch::Settlement;
use crate::roster::Fingerprint;

/// Anna alone is refused; nobody else is sent.
async fn refused_alone() -> Desk {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    let (batch, _) = desk.send().await;
    desk.refuse(&batch).await;
    desk
}

#[tokio::test]
async fn alone_it_is_not_believed_at_once() {
    let mut desk = refused_alone().await;
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, pending, suspect");
    assert_eq!(desk.claim(500).await, None, "not again in the same run");
    assert_eq!(desk.store.refused_in(desk.run).await.unwrap(), 1);
    desk.next_run(15).await;
    let (batch, _) = desk.send().await;
    desk.refuse(&batch).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, pending, refused", "in two runs it is");
    desk.next_run(15).await;
    assert_eq!(desk.claim(500).await, None);
    assert_eq!(desk.store.left_over(REALM).await.unwrap(), 0, "nothing is waited for");
}

#[tokio::test]
async fn who_needs_somebody_to_look_waits_at_once_whatever_is_due_by_now() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    let (batch, _) = desk.send().await;
    desk.admit(&[("anna", Be("A", 2))]).await;
    desk.settle(&batch, Settlement::Stuck(no())).await;
    assert_eq!(desk.account("A").await, "due v2, confirmed nothing, pending, refused");
    desk.next_run(15).await;
    assert_eq!(desk.claim(500).await, None);
}

#[tokio::test]
async fn two_runs_must_agree_on_the_same_payload() {
    let mut desk = refused_alone().await;
    desk.next_run(15).await;
    desk.admit(&[("anna", Be("A", 2))]).await;
    let (batch, _) = desk.send().await;
    desk.refuse(&batch).await;
    assert_eq!(desk.account("A").await, "due v2, confirmed nothing, pending, suspect");
}

#[tokio::test]
async fn an_acceptance_in_the_same_original_batch_makes_it_believed() {
    for accepted_first in [true, false] {
        let mut desk = Desk::new().await;
        desk.admit(&[("anna", Be("A", 1)), ("berit", Be("B", 1))]).await;
        let (batch, _) = desk.send().await;
        desk.settle(&batch, Settlement::Split(no())).await;
        for (turn, identity) in ["A", "B"].into_iter().enumerate() {
            let work = desk.store.work(REALM, desk.run, super::QUIET, desk.now).await.unwrap();
            let half = work.prepared.unwrap();
            let items = desk.store.mark_sent(half.id, desk.now).await.unwrap();
            assert_eq!(items[0].identity.as_str(), identity);
            if (turn == 0) == accepted_first {
                desk.settle(&half, Settlement::Confirmed(vec![])).await;
            } else {
                desk.refuse(&half).await;
            }
        }
        let (culprit, other) = if accepted_first { ("B", "A") } else { ("A", "B") };
        assert_eq!(desk.account(culprit).await, "due v1, confirmed nothing, pending, refused");
        assert_eq!(desk.account(other).await, "due v1, confirmed v1");
    }
}

#[tokio::test]
async fn other_fields_or_other_rules_end_it() {
    let mut desk = refused_alone().await;
    desk.next_run(15).await;
    let (batch, _) = desk.send().await;
    desk.refuse(&batch).await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.claim(500).await, None, "judged anew, the same");
    desk.admit(&[("anna", Invalid)]).await;
    assert_eq!(desk.claim(500).await, None);
    desk.admit(&[("anna", Be("A", 2))]).await;
    assert_eq!(desk.account("A").await, "due v2, confirmed nothing, pending");
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, pending", "what was refused before may be tried");

    let (batch, _) = desk.send().await;
    desk.refuse(&batch).await;
    desk.next_run(15).await;
    let (batch, _) = desk.send().await;
    desk.refuse(&batch).await;
    assert_eq!(desk.claim(500).await, None);
    desk.rules = Fingerprint::of(b"other rules");
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.ready().await, ["A"]);
    assert_eq!(desk.number("SELECT count(*) FROM account WHERE refusal IS NOT NULL").await, 0);
}

#[tokio::test]
async fn leaves_are_tried_again_every_day() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    desk.admit(&[("anna", Leave), ("berit", Be("B", 2))]).await;
    let (batch, items) = desk.send().await;
    desk.settle(&batch, Settlement::Partly(vec![(items[0].account, no())])).await;
    assert_eq!(desk.account("A").await, "due gone, confirmed v1, pending, waits");
    assert_eq!(desk.store.left_over(REALM).await.unwrap(), 1, "overdue is not over");
    desk.next_run(24 * 60 - 1).await;
    assert_eq!(desk.claim(500).await, None);
    desk.next_run(1).await;
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.account("A").await, "due gone, confirmed gone");
}

#[tokio::test]
async fn a_leave_is_not_suspected_of_what_was_refused_before_it() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    desk.admit(&[("anna", Be("A", 2)), ("berit", Be("B", 2))]).await;
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Split(no())).await;
    let mut halves = Vec::new();
    for _ in 0..2 {
        let work = desk.store.work(REALM, desk.run, super::QUIET, desk.now).await.unwrap();
        let half = work.prepared.unwrap();
        desk.store.mark_sent(half.id, desk.now).await.unwrap();
        halves.push(half);
    }
    desk.refuse(&halves[0]).await;
    desk.settle(&halves[1], Settlement::Unknown(no())).await;
    desk.next_run(15).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.settle(&halves[1], Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.account("A").await, "due gone, confirmed v1, pending", "it does not wait a day");
    assert_eq!(desk.ready().await, ["-A"]);
}

#[tokio::test]
async fn somebody_quarantined_leaves_all_the_same() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("A", 2)), ("berit", Be("B", 1))]).await;
    let (batch, items) = desk.send().await;
    desk.settle(&batch, Settlement::Partly(vec![(items[0].account, no())])).await;
    desk.admit(&[("anna", Leave)]).await;
    assert_eq!(desk.ready().await, ["-A"]);
}

#[tokio::test]
async fn whoever_comes_back_does_not_wait_for_a_refused_leave() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    desk.admit(&[("anna", Leave), ("berit", Be("B", 2))]).await;
    let (batch, items) = desk.send().await;
    desk.settle(&batch, Settlement::Partly(vec![(items[0].account, no())])).await;
    desk.next_run(15).await;
    desk.admit(&[("anna", Be("A", 2))]).await;
    assert_eq!(desk.ready().await, ["A"]);
}

#[tokio::test]
async fn where_everybody_is_refused_nobody_is_suspected() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Leave), ("berit", Be("B", 1)), ("cato", Be("C", 1))]).await;
    for _ in 0..2 {
        let batch = desk.claim(1).await.unwrap();
        desk.store.mark_sent(batch.id, desk.now).await.unwrap();
        desk.refuse(&batch).await;
    }
    let prepared = desk.claim(1).await.unwrap();
    desk.store.reject(REALM, at(5), "everybody", desk.now).await.unwrap();
    assert_eq!(desk.account("A").await, "due gone, confirmed v1, pending", "the leave does not wait a day");
    assert_eq!(desk.account("B").await, "due v1, confirmed nothing, pending");
    assert_eq!(desk.account("C").await, "due v1, confirmed nothing, pending");
    let work = desk.store.work(REALM, desk.run, super::QUIET, desk.now).await.unwrap();
    assert_eq!((work.prepared, work.not_before), (None, Some((at(5), "everybody".to_owned()))));
    assert!(prepared.id > 0 && desk.store.failures(REALM).await.unwrap() == 1);
    // The next run is no second opinion.
    desk.next_run(15).await;
    let batch = desk.claim(2).await.unwrap();
    desk.store.mark_sent(batch.id, desk.now).await.unwrap();
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.account("B").await, "due v1, confirmed v1");
}

#[tokio::test]
async fn a_refusal_is_of_what_was_sent_and_not_of_what_is_due_by_then() {
    for (case, sent, due, expected) in [
        ("still due", Be("A", 2), Be("A", 2), ""),
        ("leaves", Be("A", 2), Leave, "-A"),
        ("changed again", Be("A", 2), Be("A", 3), "A"),
        ("a leave", Leave, Leave, ""),
        ("back, and never gone", Leave, Be("A", 1), ""),
        ("back with other fields", Leave, Be("A", 2), "A"),
    ] {
        let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
        desk.admit(&[("anna", sent), ("berit", Be("B", 2))]).await;
        let (batch, items) = desk.send().await;
        desk.admit(&[("anna", due)]).await;
        let anna = items.iter().find(|item| item.identity.as_str() == "A").unwrap();
        desk.settle(&batch, Settlement::Partly(vec![(anna.account, no())])).await;
        assert_eq!(desk.ready().await.join(" "), expected, "{case}: {}", desk.account("A").await);
        let quarantined = desk.number("SELECT count(*) FROM event WHERE kind = 'quarantined'").await;
        assert_eq!(quarantined == 1, matches!(case, "still due" | "a leave"), "{case}");
    }
}
