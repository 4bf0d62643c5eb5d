//! What a target said of a member, values and all, is kept for a day.

use std::time::Duration;

use super::Say::Be;
use super::{Desk, at};
use crate::delivery::batch::Settlement;
use crate::destination::{Refusal, Said};
use crate::store::Cutoff;

const SAID: &str = "SELECT count(*) FROM said";

async fn refused() -> Desk {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1)), ("bert", Be("B", 1))]).await;
    let (batch, items) = desk.send().await;
    let said = Said { line: "language: value_not_match 'pl'".to_owned(), given: "{}".to_owned() };
    let refusal = Refusal { said: Some(said), ..Refusal::new("language: value_not_match") };
    desk.settle(&batch, Settlement::Partly(vec![(items[0].account, refusal)])).await;
    desk
}

#[tokio::test]
async fn the_audit_holds_no_value_of_it() {
    let mut desk = refused().await;
    assert_eq!(desk.number(SAID).await, 1);
    let words = "SELECT count(*) FROM event WHERE detail LIKE '%pl%'";
    assert_eq!(desk.number(words).await, 0);
    assert_eq!(desk.number("SELECT count(*) FROM account WHERE refusal LIKE '%pl%'").await, 0);
}

#[tokio::test]
async fn after_a_day_it_is_gone_and_the_reason_stays() {
    let mut desk = refused().await;
    let day = Duration::from_hours(24);
    desk.store.expire_record(Cutoff::at(at(24 * 60 - 1), day, day)).await.unwrap();
    assert_eq!(desk.number(SAID).await, 1);
    desk.store.expire_record(Cutoff::at(at(24 * 60), day, day)).await.unwrap();
    assert_eq!(desk.number(SAID).await, 0);
    assert_eq!(desk.number("SELECT count(*) FROM account WHERE refusal IS NOT NULL").await, 1);
}

#[tokio::test]
async fn whoever_is_accepted_after_all_is_not_spoken_of() {
    let mut desk = refused().await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("A", 2))]).await;
    desk.deliver().await;
    assert_eq!(desk.number(SAID).await, 0);
}
