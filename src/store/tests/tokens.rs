//! The ledger of token requests, the token, the latch.

use std::time::Duration;

use secrecy::ExposeSecret;

use super::Say::Be;
use super::{Desk, QUIET, REALM, at};
use crate::delivery::quota::Purpose;
use crate::destination::Quota;
use crate::roster::Fingerprint;

const QUOTA: Quota = Quota { quota: 3, per: Duration::from_hours(1), reserve: 1 };

impl Desk {
    async fn charge(&mut self, minute: i64, purpose: Purpose) -> Result<i64, jiff::Timestamp> {
        self.store.charge(REALM, &QUOTA, purpose, at(minute)).await.unwrap()
    }

    async fn used(&mut self, minute: i64) -> u64 {
        self.store.tokens_used(REALM, QUOTA.per, at(minute)).await.unwrap()
    }
}

#[tokio::test]
async fn charges_stop_at_the_limit_and_the_reserve_is_for_leavers() {
    let mut desk = Desk::new().await;
    assert!(desk.charge(0, Purpose::Others).await.is_ok());
    assert!(desk.charge(10, Purpose::Others).await.is_ok());
    assert_eq!(desk.charge(20, Purpose::Others).await, Err(at(60)));
    assert!(desk.charge(20, Purpose::Leavers).await.is_ok());
    assert_eq!(desk.charge(30, Purpose::Leavers).await, Err(at(60)));
    assert_eq!(desk.used(30).await, 3, "what was not allowed was not charged");
    assert_eq!(desk.charge(59, Purpose::Leavers).await, Err(at(60)));
    assert!(desk.charge(60, Purpose::Leavers).await.is_ok());
    let work = desk.store.work(REALM, desk.run, QUOTA.per, at(60)).await.unwrap();
    assert_eq!(work.used, [at(10), at(20), at(60)]);
}

#[tokio::test]
async fn a_request_that_never_left_is_refunded() {
    let mut desk = Desk::new().await;
    let charge = desk.charge(0, Purpose::Others).await.unwrap();
    desk.charge(1, Purpose::Others).await.unwrap();
    desk.store.refund(REALM, charge, at(5), "no route").await.unwrap();
    assert_eq!(desk.used(1).await, 1);
    let work = desk.store.work(REALM, desk.run, QUIET, at(1)).await.unwrap();
    assert_eq!(work.not_before, Some((at(5), "no route".to_owned())));
}

#[tokio::test]
async fn ledgers_of_two_targets_are_two() {
    let mut desk = Desk::new().await;
    desk.store.enrol("other", None, "veris elsewhere").await.unwrap();
    for minute in 0..3 {
        desk.charge(minute, Purpose::Leavers).await.unwrap();
    }
    assert!(desk.store.charge("veris elsewhere", &QUOTA, Purpose::Others, at(3)).await.unwrap().is_ok());
    // Of a shorter window, whose end is no affair of the others.
    let brief = Quota { per: Duration::from_mins(1), ..QUOTA };
    assert!(desk.store.charge("veris elsewhere", &brief, Purpose::Others, at(30)).await.unwrap().is_ok());
    assert_eq!(desk.used(30).await, 3);
}

#[tokio::test]
async fn a_token_is_kept_until_it_is_not_good_any_more() {
    let mut desk = Desk::new().await;
    desk.store.token_failed(REALM, at(5), "500").await.unwrap();
    desk.store.keep_token(REALM, &"t0k3n".to_owned().into(), at(15), at(0)).await.unwrap();
    let work = desk.store.work(REALM, desk.run, QUIET, at(0)).await.unwrap();
    assert_eq!((work.token, work.not_before), (Some((at(0), at(15))), None));
    assert_eq!(desk.store.token(REALM).await.unwrap().unwrap().expose_secret(), "t0k3n");
    desk.store.latch(REALM, Fingerprint::of(b"secret"), "401").await.unwrap();
    let work = desk.store.work(REALM, desk.run, QUIET, at(0)).await.unwrap();
    assert_eq!((work.token, work.refused_credential), (None, Some(Fingerprint::of(b"secret"))));
    desk.next_run(1).await;
    let work = desk.store.work(REALM, desk.run, QUIET, at(1)).await.unwrap();
    assert_eq!(work.refused_credential, Some(Fingerprint::of(b"secret")), "over restarts");
    desk.store.keep_token(REALM, &"t".to_owned().into(), at(15), at(1)).await.unwrap();
    assert_eq!(desk.store.work(REALM, desk.run, QUIET, at(1)).await.unwrap().refused_credential, None);
}

#[tokio::test]
async fn failures_in_a_row_are_counted_until_something_is_accepted() {
    let mut desk = Desk::new().await;
    desk.store.token_failed(REALM, at(5), "500").await.unwrap();
    desk.store.token_failed(REALM, at(9), "500").await.unwrap();
    assert_eq!(desk.store.failures(REALM).await.unwrap(), 2);
    desk.admit(&[("anna", Be("A", 1))]).await;
    desk.deliver().await;
    assert_eq!(desk.store.failures(REALM).await.unwrap(), 0);
}
