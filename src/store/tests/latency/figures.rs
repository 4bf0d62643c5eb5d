//! What a sync's leaves come to.

use std::time::Duration;

use jiff::SignedDuration;

use super::{DAY, leaving};
use crate::roster::{Fingerprint, Now};
use crate::store::tests::Say::{Be, Leave};
use crate::store::tests::{Desk, REALM, at};

#[tokio::test]
async fn a_clock_that_is_set_makes_no_leave_longer_or_shorter() {
    for set in [-3 * DAY, 3 * DAY] {
        let mut desk = leaving().await;
        let boot = Some(Fingerprint::of(b"boot"));
        desk.store.follow_clock(Now { wall: at(10), monotonic: Duration::ZERO, boot }).await.unwrap();
        desk.now = at(12 + set);
        let monotonic = Duration::from_mins(2);
        desk.store.follow_clock(Now { wall: desk.now, monotonic, boot }).await.unwrap();
        assert_eq!(desk.told().await, format!("none; since {}", 5 + set));
        desk.deliver().await;
        assert_eq!(desk.told().await, "1: 7, 7", "set by {set} minutes");
    }
}

#[tokio::test]
async fn each_sync_has_its_own_and_each_target() {
    let mut desk = leaving().await;
    desk.store.enrol("guests", None, REALM).await.unwrap();
    let other = desk.store.feed("guests", None).await.unwrap().unwrap().0.id;
    let row = desk.store.feed_row(other, desk.now).await.unwrap();
    assert_eq!((row.latency, row.overdue_since), (None, None));
    desk.store.repoint(desk.feed, "veris elsewhere").await.unwrap();
    assert_eq!(desk.told().await, "none", "what waits at a target that is not its own any more");
}

#[tokio::test]
async fn median_and_worst_of_thirty_days() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B"), ("cato", "C"), ("dora", "D")]).await;
    for (key, minutes, told) in
        [("anna", 40, "1: 40, 40"), ("berit", 2, "2: 2, 40"), ("cato", 9, "3: 9, 40"), ("dora", 30, "4: 9, 40")]
    {
        desk.next_run(1).await;
        desk.changed_at = None;
        desk.admit(&[(key, Leave)]).await;
        desk.now += SignedDuration::from_mins(minutes);
        desk.deliver().await;
        assert_eq!(desk.told().await, told);
    }
    desk.next_run(30 * DAY - 35).await;
    assert_eq!(desk.told().await, "2: 9, 30", "of anna and berit it is longer ago");
    assert_eq!(desk.number("SELECT count(*) FROM latency").await, 4);
    desk.admit(&[("ester", Be("E", 1))]).await;
    desk.deliver().await;
    assert_eq!(desk.number("SELECT count(*) FROM latency").await, 4, "nothing new, nothing thrown away");
    desk.admit(&[("ester", Leave)]).await;
    desk.deliver().await;
    assert_eq!(desk.number("SELECT count(*) FROM latency").await, 3);
    desk.next_run(31 * DAY).await;
    assert_eq!(desk.told().await, "none");
}
