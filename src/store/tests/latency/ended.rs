//! What ends a leave, and what does not.

use super::{DAY, leaving};
use crate::delivery::batch::Settlement;
use crate::delivery::drift::Drift;
use crate::destination::Member;
use crate::roster::{Identity, Payload};
use crate::store::tests::Say::{Be, Leave};
use crate::store::tests::{Desk, REALM, at, no};

fn anna() -> [Member; 1] {
    [Member::new(Identity::new("A"), Payload::default())]
}

#[tokio::test]
async fn taken_back_before_or_after_it_was_sent_it_does_not_count() {
    for sent in [false, true] {
        let mut desk = leaving().await;
        let mut batch = None;
        if sent {
            batch = Some(desk.send().await.0);
        }
        desk.admit(&[("anna", Be("A", 1))]).await;
        assert_eq!((desk.told().await.as_str(), desk.leaving().await), ("none", 0), "sent: {sent}");
        if let Some(batch) = batch {
            desk.settle(&batch, Settlement::Confirmed(vec![])).await;
        }
        desk.deliver().await;
        assert_eq!(desk.told().await, "none", "sent: {sent}");
        // The next leave has a beginning of its own.
        desk.changed(30);
        desk.next_run(25).await;
        desk.admit(&[("anna", Leave)]).await;
        assert_eq!(desk.told().await, "none; since 30", "sent: {sent}");
    }
}

#[tokio::test]
async fn refused_unanswered_or_not_applied_it_goes_on() {
    let endings = [
        Settlement::Refused(no()),
        Settlement::Unknown(no()),
        Settlement::Lost(no()),
        Settlement::NotApplied(None, no()),
        Settlement::Split(no()),
        Settlement::Renew(no()),
    ];
    for ending in endings {
        let mut desk = leaving().await;
        let (batch, _) = desk.send().await;
        desk.settle(&batch, ending.clone()).await;
        assert_eq!(desk.told().await, "none; since 5", "{ending:?}");
        if matches!(ending, Settlement::Unknown(_)) {
            desk.settle(&batch, Settlement::Lost(no())).await;
        }
        // Once more in a run two days later, which finds it where it was.
        desk.next_run(2 * DAY).await;
        assert_eq!(desk.told().await, "none; since 5", "{ending:?}");
        if matches!(ending, Settlement::Split(_) | Settlement::Renew(_)) {
            assert!(desk.ready().await.contains(&"-A".to_owned()), "{ending:?}");
        }
        desk.deliver().await;
        assert_eq!(desk.told().await, format!("1: {0}, {0}", 2 * DAY + 5), "{ending:?}");
    }
}

#[tokio::test]
async fn refused_among_others_it_is_still_under_way() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    desk.next_run(10).await;
    desk.admit(&[("anna", Leave), ("berit", Leave)]).await;
    let (batch, items) = desk.send().await;
    desk.now = at(11);
    desk.settle(&batch, Settlement::Partly(vec![(items[0].account, no())])).await;
    assert_eq!(desk.told().await, "1: 1, 1; since 10");
}

#[tokio::test]
async fn whom_somebody_else_took_away_has_left() {
    let mut desk = leaving().await;
    let account = desk.number("SELECT id FROM account").await;
    (desk.now, desk.drifts) = (at(17), vec![Drift::Gone(account)]);
    desk.admit(&[]).await;
    assert_eq!(desk.told().await, "1: 12, 12");
    assert_eq!(desk.ready().await, [""; 0]);
}

#[tokio::test]
async fn a_leave_that_somebody_doubts_is_not_done() {
    let mut desk = leaving().await;
    let (batch, _) = desk.send().await;
    desk.store.import(desk.feed, &anna(), "ada", desk.now).await.unwrap();
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.told().await, "none; since 5");
    desk.next_run(2).await;
    desk.deliver().await;
    assert_eq!(desk.told().await, "1: 7, 7");
}

#[tokio::test]
async fn whoever_is_imported_is_not_leaving() {
    // Anna may be there, and leaves; then it turns out that she never came, and everybody is forgotten.
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    let (batch, _) = desk.send().await;
    desk.admit(&[("anna", Leave)]).await;
    assert_eq!(desk.told().await, "none; since 0");
    desk.settle(&batch, Settlement::NotApplied(None, no())).await;
    assert_eq!(desk.told().await, "none", "nothing is to be sent");
    desk.store.repoint(desk.feed, "veris elsewhere").await.unwrap();
    desk.store.repoint(desk.feed, REALM).await.unwrap();
    desk.store.import(desk.feed, &anna(), "ada", desk.now).await.unwrap();
    assert_eq!(desk.leaving().await, 0);
}

#[tokio::test]
async fn killed_before_the_answer_it_goes_on_where_it_began() {
    let mut desk = leaving().await;
    let (batch, _) = desk.send().await;
    desk.next_run(1).await;
    assert_eq!(desk.told().await, "none; since 5");
    desk.settle(&batch, Settlement::Lost(no())).await;
    desk.next_run(1).await;
    desk.deliver().await;
    assert_eq!(desk.told().await, "1: 7, 7");
}
