//! What may go out, checked again when the batch is built.

use super::Say::{Be, Leave};
use super::{Desk, QUIET, REALM, at};
use crate::delivery::batch::Settlement;
use crate::destination::Op;

#[tokio::test]
async fn leavers_first_and_no_more_than_asked_for() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B"), ("cato", "C")]).await;
    desk.admit(&[("dora", Be("D", 1)), ("anna", Be("A", 2)), ("cato", Leave)]).await;
    assert_eq!(desk.ready().await, ["-C", "A", "D"]);
    let batch = desk.claim(1).await.unwrap();
    assert_eq!((batch.size, batch.root, batch.renewed), (1, batch.id, false));
    assert!(desk.store.mark_sent(batch.id, desk.now).await.unwrap()[0].op == Op::Leave);
    let work = desk.store.work(REALM, desk.run, QUIET, desk.now).await.unwrap();
    assert!(!work.leaves && work.others);
}

#[tokio::test]
async fn an_account_with_an_active_claim_is_not_sent_as_leaving() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Leave)]).await;
    // Two others want it now: nothing changes there, and the leave that is due must not go out.
    desk.admit(&[("berit", Be("A", 1)), ("cato", Be("A", 1))]).await;
    assert_eq!(desk.account("A").await, "due gone, confirmed v1, pending");
    assert_eq!(desk.claim(500).await, None);
    assert!(!desk.store.work(REALM, desk.run, QUIET, desk.now).await.unwrap().leaves);
    // One is left: it is theirs. None is left: it leaves.
    desk.admit(&[("berit", Leave)]).await;
    assert_eq!(desk.claim(500).await, None);
    desk.admit(&[("cato", Leave)]).await;
    assert_eq!(desk.ready().await, ["-A"]);
}

#[tokio::test]
async fn a_claim_of_another_sync_counts() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    let staff = desk.feed;
    desk.store.enrol("guests", None, REALM).await.unwrap();
    desk.feed = desk.store.feed("guests", None).await.unwrap().unwrap().0.id;
    desk.admit(&[("g1", Be("A", 2))]).await;
    assert_eq!(desk.plan.rulings[0].verdict, crate::plan::Verdict::Disputed);
    desk.feed = staff;
    desk.admit(&[("anna", Leave)]).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed v1", "the guest keeps it alive");
}

#[tokio::test]
async fn what_waits_is_not_ready() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Leave)]).await;
    for minutes in [0, 15] {
        desk.next_run(minutes).await;
        let (batch, _) = desk.send().await;
        desk.refuse(&batch).await;
        assert_eq!(desk.claim(500).await, None);
    }
    let work = desk.store.work(REALM, desk.run, QUIET, desk.now).await.unwrap();
    assert_eq!((work.leaves, work.later), (false, Some(at(24 * 60 + 15))));
    desk.next_run(24 * 60).await;
    assert_eq!(desk.ready().await, ["-A"]);
}

#[tokio::test]
async fn nothing_is_claimed_where_nothing_is_ready() {
    let mut desk = Desk::new().await;
    assert_eq!(desk.claim(500).await, None);
    assert_eq!(desk.number("SELECT count(*) FROM batch").await, 0, "no empty batch is left behind");
}

#[tokio::test]
async fn a_frozen_payload_does_not_follow_what_is_due() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("A", 2))]).await;
    let (batch, _) = desk.send().await;
    desk.admit(&[("anna", Be("A", 3))]).await;
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.account("A").await, "due v3, confirmed v2, pending");
    desk.admit(&[("anna", Leave)]).await;
    let (_, items) = desk.send().await;
    assert_eq!(items[0].body.to_json(), r#"{"id":"A","v":2}"#);
}

#[tokio::test]
async fn those_who_join_come_alone_where_the_target_wants_it_so() {
    let mut desk = Desk::with(&[("anna", "A"), ("bert", "B")]).await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("A", 2)), ("bert", Leave), ("cora", Be("C", 1)), ("dora", Be("D", 1))]).await;
    let portion = crate::store::Portion { most: 500, joins_apart: true };
    for expected in [vec![Op::Leave, Op::Change], vec![Op::Join, Op::Join]] {
        let (_, items) = desk.store.claim(REALM, desk.run, portion, desk.now).await.unwrap().unwrap();
        assert_eq!(items.iter().map(|item| item.op).collect::<Vec<_>>(), expected);
    }
    assert!(desk.store.claim(REALM, desk.run, portion, desk.now).await.unwrap().is_none());
}
