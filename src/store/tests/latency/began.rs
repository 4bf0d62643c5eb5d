//! Since when a leave is under way.

use super::leaving;
use crate::delivery::batch::Settlement;
use crate::plan::FirstSeenInactive;
use crate::store::Who;
use crate::store::tests::Say::{Be, Inactive, Leave, Protected};
use crate::store::tests::{Desk, at};

#[tokio::test]
async fn from_the_directory_s_change_to_the_confirmation() {
    let mut desk = leaving().await;
    assert_eq!(desk.told().await, "none; since 5");
    let (batch, _) = desk.send().await;
    assert_eq!(desk.told().await, "none; since 5");
    desk.now = at(12);
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.told().await, "1: 7, 7");
    assert_eq!(desk.leaving().await, 0);
    // Judged again and told again, nobody leaves once more.
    desk.next_run(10).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.store.resend(desk.feed, &Who::Left).await.unwrap();
    desk.deliver().await;
    assert_eq!(desk.told().await, "1: 7, 7");
}

#[tokio::test]
async fn the_moment_of_admission_counts_where_the_directory_s_is_not_known_or_yet_to_come() {
    for changed_at in [None, Some(at(300))] {
        let mut desk = Desk::with(&[("anna", "A")]).await;
        desk.changed_at = changed_at;
        desk.next_run(10).await;
        desk.admit(&[("anna", Leave)]).await;
        assert_eq!(desk.told().await, "none; since 10", "{changed_at:?}");
        desk.next_run(3).await;
        desk.deliver().await;
        assert_eq!(desk.told().await, "1: 3, 3", "{changed_at:?}");
    }
}

#[tokio::test]
async fn a_later_run_does_not_begin_it_anew() {
    let mut desk = leaving().await;
    desk.changed(20);
    desk.next_run(15).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.admit(&[("anna", Inactive("A", 1))]).await;
    assert_eq!(desk.told().await, "none; since 5");
}

#[tokio::test]
async fn who_moves_leaves_the_old_identity() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.changed(5);
    desk.next_run(10).await;
    desk.admit(&[("anna", Be("B", 1))]).await;
    assert_eq!(desk.told().await, "none; since 5");
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.told().await, "none; since 5", "B is there, A is not gone");
    desk.next_run(4).await;
    desk.deliver().await;
    assert_eq!(desk.told().await, "1: 9, 9");
}

#[tokio::test]
async fn what_was_held_began_with_the_directory_s_change() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.changed(5);
    desk.next_run(10).await;
    desk.admit(&[("anna", Protected)]).await;
    assert_eq!((desk.told().await.as_str(), desk.leaving().await), ("none", 0), "what is held is not due");
    desk.store.approve(desk.feed, &Who::All, "ada", None, desk.now).await.unwrap();
    desk.next_run(50).await;
    desk.admit(&[("anna", Protected)]).await;
    desk.deliver().await;
    assert_eq!(desk.told().await, "1: 55, 55");
}

#[tokio::test]
async fn of_whom_the_target_never_heard_nobody_waits_to_leave() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    desk.admit(&[("anna", Leave)]).await;
    assert_eq!((desk.told().await.as_str(), desk.leaving().await), ("none", 0), "never sent");
    desk.first_seen_inactive = FirstSeenInactive::Send;
    desk.admit(&[("berit", Inactive("B", 1))]).await;
    desk.deliver().await;
    assert_eq!((desk.told().await.as_str(), desk.leaving().await), ("none", 0), "announced as gone");
}
