//! Retry, resend, repoint, pause.

use jiff::Timestamp;

use super::Say::{Be, Leave};
use super::{Desk, REALM, at, no};
use crate::delivery::batch::Settlement;
use crate::store::Who;

fn named(who: &str) -> Who {
    Who::Named(vec![who.to_owned()])
}

#[tokio::test]
async fn retry_frees_the_quarantined_and_the_leaves_that_wait() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B"), ("cato", "C")]).await;
    desk.admit(&[("anna", Leave), ("berit", Be("B", 2)), ("cato", Be("C", 2))]).await;
    let (batch, items) = desk.send().await;
    let refused = items.iter().filter(|item| item.identity.as_str() != "C").map(|item| (item.account, no()));
    desk.settle(&batch, Settlement::Partly(refused.collect())).await;
    assert_eq!(desk.ready().await, [""; 0]);
    assert_eq!(desk.store.retry(desk.feed, &named("nobody")).await.unwrap(), 0);
    assert_eq!(desk.store.retry(desk.feed, &named("B")).await.unwrap(), 1);
    assert_eq!(desk.ready().await, ["B"]);
    assert_eq!(desk.store.retry(desk.feed, &Who::All).await.unwrap(), 1);
    assert_eq!(desk.ready().await, ["-A", "B"]);
}

#[tokio::test]
async fn resend_forgets_what_was_confirmed_but_not_that_it_was() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    desk.admit(&[("berit", Leave)]).await;
    desk.deliver().await;
    assert_eq!(desk.store.resend(desk.feed, &named("anna")).await.unwrap(), 1);
    assert_eq!(desk.account("A").await, "due v1, confirmed v1, uncertain, pending");
    assert_eq!(desk.ready().await, ["A"]);
    assert_eq!(desk.store.resend(desk.feed, &Who::Left).await.unwrap(), 1);
    assert_eq!(desk.ready().await, ["-B", "A"]);
    assert_eq!(desk.store.resend(desk.feed, &Who::All).await.unwrap(), 2);
    desk.deliver().await;
    assert_eq!(desk.account("B").await, "due gone, confirmed gone");
}

#[tokio::test]
async fn resend_tells_the_target_of_nobody_it_never_heard_of() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    desk.admit(&[("anna", Leave)]).await;
    assert_eq!(desk.store.resend(desk.feed, &Who::All).await.unwrap(), 0);
    assert_eq!(desk.ready().await, [""; 0]);
}

#[tokio::test]
async fn what_is_in_flight_is_not_sent_again() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    desk.send().await;
    assert_eq!(desk.store.resend(desk.feed, &Who::All).await.unwrap(), 0);
}

#[tokio::test]
async fn pointed_elsewhere_nobody_is_known_and_nobody_leaves() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.store.repoint(desk.feed, "veris elsewhere").await.unwrap();
    let (feed, realm) = desk.store.feed("staff", None).await.unwrap().unwrap();
    assert_eq!((realm.as_str(), feed.onboarded), ("veris elsewhere", false));
    assert!(desk.store.known(feed.id).await.unwrap().is_empty());
    assert_eq!(desk.account("A").await, "due v1, confirmed v1");
    assert_eq!(desk.store.left_over(REALM).await.unwrap(), 0);
}

#[tokio::test]
async fn a_pause_ends_when_it_says_or_never() {
    let mut desk = Desk::new().await;
    for until in [Some(at(60)), Some(Timestamp::MAX), None] {
        desk.store.pause(desk.feed, until).await.unwrap();
        assert_eq!(desk.store.feed("staff", None).await.unwrap().unwrap().0.paused_until, until);
    }
}
