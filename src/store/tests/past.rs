//! What is known of a sync's last run.

use super::{Desk, at};
use crate::engine::Tally;
use crate::store::Past;

#[tokio::test]
async fn the_last_run_with_the_last_success_beside_it() {
    let mut desk = Desk::new().await;
    let first = desk.run;
    let past = async |desk: &mut Desk| desk.store.past("staff", None).await.unwrap();
    let killed = Past { run: first, began: at(0), ended: None, wake: None, pending: false, succeeded: None };
    assert_eq!(past(&mut desk).await, Some(killed));
    assert_eq!(desk.store.last_tally(desk.feed).await.unwrap(), None);
    let waiting = Tally { run: first, pending: 2, wake: Some(at(90)), ..Tally::default() };
    desk.store.end_run(desk.feed, &waiting, at(1)).await.unwrap();
    let waits = Past { pending: true, ended: Some(at(1)), wake: Some(at(90)), succeeded: Some(at(1)), ..killed };
    assert_eq!(past(&mut desk).await, Some(waits));
    let stored = desk.store.last_tally(desk.feed).await.unwrap();
    assert_eq!(stored, Some(Tally { wake: None, ..waiting.clone() }), "the wake moves with the clock, outside of it");
    // Gone on with, it is one run all the same.
    desk.store.end_run(desk.feed, &Tally { run: first, ..Tally::default() }, at(90)).await.unwrap();
    let done = Past { ended: Some(at(90)), wake: None, succeeded: Some(at(90)), ..killed };
    assert_eq!(past(&mut desk).await, Some(done));
    assert_eq!(desk.number("SELECT count(*) FROM run").await, 1);
    // A run that failed is the last one, and no success.
    desk.next_run(100).await;
    let failed = Tally { run: desk.run, failed: Some("no route".to_owned()), ..Tally::default() };
    desk.store.end_run(desk.feed, &failed, at(101)).await.unwrap();
    let (run, began, ended) = (desk.run, at(100), Some(at(101)));
    assert_eq!(past(&mut desk).await, Some(Past { run, began, ended, ..done }));
    // It is found by the sync's former name, and another one has none.
    assert_eq!(desk.store.past("employees", Some("staff")).await.unwrap().unwrap().run, run);
    desk.store.enrol("guests", None, super::REALM).await.unwrap();
    assert_eq!(desk.store.past("guests", None).await.unwrap(), None);
    assert_eq!(desk.store.past("nobody", None).await.unwrap(), None);
}
