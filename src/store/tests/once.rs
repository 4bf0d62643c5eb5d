//! What is sent only when somebody joins, and never stored. `A!` is sent such a thing.

use super::Say::Be;
use super::{Desk, no};
use crate::delivery::batch::Settlement;

#[tokio::test]
async fn only_the_run_that_read_it_sends_it() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A!", 1)), ("bert", Be("B", 1))]).await;
    assert_eq!(desk.ready().await, ["A", "B"]);
    assert_eq!(desk.number("SELECT count(*) FROM person WHERE seen IS NULL").await, 0);

    // Another process goes on, and does not have it.
    desk.store.forget_once(super::REALM).await.unwrap();
    assert_eq!(desk.ready().await, ["B"]);
    assert_eq!(desk.number("SELECT count(*) FROM person WHERE seen IS NULL AND key = 'anna'").await, 1, "read anew");

    desk.next_run(1).await;
    assert_eq!(desk.ready().await, ["B"]);
    desk.admit(&[("anna", Be("A!", 1))]).await;
    assert_eq!(desk.ready().await, ["A", "B"]);
}

#[tokio::test]
async fn whoever_is_there_is_sent_without_it() {
    let mut desk = Desk::with(&[("anna", "A!")]).await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("A!", 2))]).await;
    desk.store.forget_once(super::REALM).await.unwrap();
    assert_eq!(desk.ready().await, ["A"]);
    assert_eq!(desk.number("SELECT count(*) FROM account WHERE once IS NOT NULL").await, 0);
}

#[tokio::test]
async fn what_was_lost_on_its_way_waits_for_it_again() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A!", 1))]).await;
    let (batch, _) = desk.send().await;
    desk.store.forget_once(super::REALM).await.unwrap();
    desk.settle(&batch, Settlement::Lost(no())).await;
    assert_eq!(desk.ready().await, [""; 0]);
    desk.admit(&[("anna", Be("A!", 1))]).await;
    assert_eq!(desk.ready().await, ["A"]);
}
