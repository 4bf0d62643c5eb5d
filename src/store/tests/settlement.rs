//! What settlements make of accounts.

use jiff::SignedDuration;

use super::Say::{Be, Inactive, Leave};
use super::{Desk, QUIET, REALM, at, no};
use crate::delivery::batch::{Settlement, Stage};
use crate::delivery::next::Work;
use crate::destination::{Op, Refusal, Said};
use crate::plan::FirstSeenInactive;
use crate::roster::Timestamp;
use crate::store::Portion;

fn under_way(work: &Work) -> Option<(i64, Stage, Timestamp)> {
    work.under_way.as_ref().map(|(batch, wake)| (batch.id, batch.stage, *wake))
}

#[tokio::test]
async fn a_member_from_wish_to_confirmation_and_out_again() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, pending");
    let batch = desk.claim(500).await.unwrap();
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, in a batch, pending");
    let items = desk.store.mark_sent(batch.id, desk.now).await.unwrap();
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, uncertain, in a batch, pending");
    assert_eq!((items[0].op, items[0].body.to_json()), (Op::Join, r#"{"id":"A","v":1}"#.to_owned()));
    assert_eq!(desk.claim(500).await, None, "never in two live batches");
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed v1");

    desk.admit(&[("anna", Be("A", 2))]).await;
    assert_eq!(desk.account("A").await, "due v2, confirmed v1, pending");
    desk.deliver().await;
    desk.admit(&[("anna", Leave)]).await;
    assert_eq!(desk.account("A").await, "due gone, confirmed v2, pending");
    desk.deliver().await;
    assert_eq!(desk.account("A").await, "due gone, confirmed gone");
    desk.admit(&[("anna", Be("A", 2))]).await;
    assert_eq!(desk.account("A").await, "due v2, confirmed gone, pending");
    desk.deliver().await;
    assert_eq!(desk.account("A").await, "due v2, confirmed v2");
}

#[tokio::test]
async fn some_are_refused_and_the_others_confirmed() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1)), ("berit", Be("B", 1))]).await;
    let (batch, items) = desk.send().await;
    desk.settle(&batch, Settlement::Partly(vec![(items[1].account, no())])).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed v1");
    assert_eq!(desk.account("B").await, "due v1, confirmed nothing, pending, refused");
    assert_eq!(desk.claim(500).await, None);
    assert_eq!(desk.store.refused_in(desk.run).await.unwrap(), 1);
}

#[tokio::test]
async fn what_the_target_said_of_a_member_is_told_for_as_long_as_asked() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1)), ("berit", Be("B", 1))]).await;
    let (batch, items) = desk.send().await;
    let [anna, berit] = [items[0].account, items[1].account];
    let said = Said { line: "language: value_not_match 'pl'".to_owned(), given: "{}".to_owned() };
    let refusal = Refusal { said: Some(said.clone()), ..no() };
    desk.settle(&batch, Settlement::Partly(vec![(berit, refusal)])).await;
    let day = SignedDuration::from_hours(24);
    for (account, later, told) in [
        (anna, SignedDuration::ZERO, None),
        (berit, SignedDuration::ZERO, Some(&said)),
        (berit, day - SignedDuration::from_secs(1), Some(&said)),
        (berit, day, None),
    ] {
        assert_eq!(desk.store.said(account, desk.now + later - day).await.unwrap().as_ref(), told);
    }
}

#[tokio::test]
async fn halves_are_sent_by_themselves() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1)), ("berit", Be("B", 1)), ("cato", Be("C", 1))]).await;
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Split(no())).await;
    let work = desk.store.work(REALM, desk.run, QUIET, desk.now).await.unwrap();
    let half = work.prepared.unwrap();
    assert_eq!((half.size, half.root), (2, batch.id));
    assert_eq!(desk.claim(500).await, None, "all three are in one of the halves");
    desk.store.mark_sent(half.id, desk.now).await.unwrap();
    desk.settle(&half, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.account("B").await, "due v1, confirmed v1");
    let other = desk.store.work(REALM, desk.run, QUIET, desk.now).await.unwrap().prepared.unwrap();
    assert_eq!((other.size, other.root), (1, batch.id));
    // The other one never leaves: a crash.
    desk.next_run(1).await;
    assert_eq!(desk.account("C").await, "due v1, confirmed nothing, uncertain, pending");
}

#[tokio::test]
async fn not_applied_restores_what_was_certain() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("A", 2)), ("berit", Be("B", 1))]).await;
    let before = (desk.account("A").await, desk.account("B").await);
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::NotApplied(None, no())).await;
    assert_eq!((desk.account("A").await, desk.account("B").await), before);
    // What was uncertain before stays so.
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Unknown(no())).await;
    desk.settle(&batch, Settlement::Lost(no())).await;
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::NotApplied(None, no())).await;
    assert_eq!(desk.account("B").await, "due v1, confirmed nothing, uncertain, pending");
}

#[tokio::test]
async fn not_applied_paces_the_target_and_an_acceptance_ends_it() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    for failures in 1..=2 {
        let (batch, _) = desk.send().await;
        desk.settle(&batch, Settlement::NotApplied(None, no())).await;
        assert_eq!(desk.store.failures(REALM).await.unwrap(), failures);
    }
    let work = desk.store.work(REALM, desk.run, QUIET, desk.now).await.unwrap();
    assert_eq!(work.not_before.map(|(_, why)| why).as_deref(), Some("no"));
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    let work = desk.store.work(REALM, desk.run, QUIET, desk.now).await.unwrap();
    assert_eq!((work.not_before, desk.store.failures(REALM).await.unwrap()), (None, 0));
}

#[tokio::test]
async fn an_unanswered_batch_waits_and_goes_out_again_with_the_newest_values() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("A", 2))]).await;
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Unknown(no())).await;
    assert_eq!(desk.account("A").await, "due v2, confirmed v1, uncertain, in a batch, pending");
    let work = desk.store.work(REALM, desk.run, QUIET, desk.now).await.unwrap();
    assert_eq!(under_way(&work), Some((batch.id, Stage::Unknown, at(1))));
    assert!(!work.others);
    // Meanwhile the directory says what was confirmed before: the target must still be told.
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed v1, uncertain, in a batch, pending");
    desk.settle(&batch, Settlement::Lost(no())).await;
    let (batch, items) = desk.send().await;
    assert_eq!(items[0].body.to_json(), r#"{"id":"A","v":1}"#);
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed v1");
}

#[tokio::test]
async fn after_a_restart_what_was_prepared_never_left_and_what_was_sent_may_have_arrived() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1)), ("berit", Be("B", 1))]).await;
    let portion = Portion { most: 1, joins_apart: false };
    let (sent, _) = desk.store.claim(REALM, desk.run, portion, desk.now).await.unwrap().unwrap();
    desk.claim(1).await.unwrap();
    desk.next_run(5).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, uncertain, in a batch, pending");
    assert_eq!(desk.account("B").await, "due v1, confirmed nothing, pending");
    let work = desk.store.work(REALM, desk.run, QUIET, desk.now).await.unwrap();
    assert_eq!(under_way(&work), Some((sent.id, Stage::Unknown, at(6))), "the quiet period begins when it is noticed");
    assert_eq!(desk.ready().await, ["B"]);
    // Somebody who may have arrived leaves by being told so.
    desk.settle(&sent, Settlement::Lost(no())).await;
    desk.admit(&[("anna", Leave), ("berit", Leave)]).await;
    assert_eq!(desk.ready().await, ["-A"], "Berit was never sent");
}

#[tokio::test]
async fn a_renewed_token_sends_the_same_batch_again() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Leave), ("berit", Be("B", 1))]).await;
    desk.store.keep_token(REALM, &"t".to_owned().into(), at(15), at(0)).await.unwrap();
    let (batch, first) = desk.send().await;
    desk.settle(&batch, Settlement::Renew(no())).await;
    assert_eq!(desk.account("B").await, "due v1, confirmed nothing, in a batch, pending");
    let work = desk.store.work(REALM, desk.run, QUIET, desk.now).await.unwrap();
    assert_eq!(work.token, None);
    assert!(work.prepared.as_ref().is_some_and(|batch| batch.renewed));
    // A token for a batch with a leaver may use the reserve.
    assert!(work.leaves);
    assert_eq!(desk.store.mark_sent(batch.id, desk.now).await.unwrap(), first);
}

#[tokio::test]
async fn leaving_sends_the_last_confirmed_payload() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    // Version 2 is refused, 3 never gets out: the target knows version 1.
    desk.admit(&[("anna", Be("A", 2)), ("berit", Be("B", 1))]).await;
    let (batch, items) = desk.send().await;
    desk.settle(&batch, Settlement::Partly(vec![(items[0].account, no())])).await;
    assert_eq!(desk.account("A").await, "due v2, confirmed v1, pending, refused");
    desk.admit(&[("anna", Be("A", 3))]).await;
    assert_eq!(desk.account("A").await, "due v3, confirmed v1, pending");
    desk.admit(&[("anna", Leave)]).await;
    let (batch, items) = desk.send().await;
    assert_eq!((items[0].op, items[0].body.to_json()), (Op::Leave, r#"{"id":"A","v":1}"#.to_owned()));
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    // Back with version 3: that is what the target is to know, and once it does, what leaving sends.
    desk.admit(&[("anna", Be("A", 3))]).await;
    desk.deliver().await;
    desk.admit(&[("anna", Leave)]).await;
    let (_, items) = desk.send().await;
    assert_eq!(items[0].body.to_json(), r#"{"id":"A","v":3}"#);
}

#[tokio::test]
async fn back_to_the_confirmed_payload_is_nothing_to_do() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("A", 2))]).await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed v1");
    desk.admit(&[("anna", Leave)]).await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed v1");
}

#[tokio::test]
async fn who_is_inactive_when_first_seen_is_announced_once() {
    let mut desk = Desk::new().await;
    desk.first_seen_inactive = FirstSeenInactive::Send;
    desk.admit(&[("anna", Inactive("A", 1))]).await;
    assert_eq!(desk.account("A").await, "due gone, confirmed nothing, pending");
    let (batch, items) = desk.send().await;
    assert_eq!(items[0].op, Op::Leave);
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.account("A").await, "due gone, confirmed gone");
    desk.admit(&[("anna", Inactive("A", 1))]).await;
    assert_eq!(desk.claim(500).await, None);
}

#[tokio::test]
async fn what_was_lost_may_be_there_beside_what_was_confirmed() {
    let mut desk = Desk::new().await;
    for version in [1, 2] {
        desk.admit(&[("anna", Be("A", version))]).await;
        let (batch, items) = desk.send().await;
        assert_eq!((items[0].op, items[0].before.is_some()), (Op::Join, version == 2));
        desk.settle(&batch, Settlement::Lost(no())).await;
        desk.next_run(60).await;
    }
    desk.admit(&[("anna", Be("A", 3))]).await;
    let (batch, items) = desk.send().await;
    assert_eq!(items[0].before.as_ref().unwrap().to_json(), r#"{"id":"A","v":2}"#);
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    desk.admit(&[("anna", Be("A", 4))]).await;
    let (_, items) = desk.send().await;
    assert_eq!(
        (items[0].op, items[0].before.as_ref().unwrap().to_json()),
        (Op::Change, r#"{"id":"A","v":3}"#.to_owned())
    );
}
