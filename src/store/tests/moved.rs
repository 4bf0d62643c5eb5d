//! Identities left behind wait for the one that replaces them.

use super::Say::{Be, Leave};
use super::{Desk, no};
use crate::delivery::batch::Settlement;

#[tokio::test]
async fn the_old_one_leaves_once_the_new_one_is_confirmed() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("B", 1))]).await;
    assert_eq!(desk.ready().await, ["B"]);
    let (batch, _) = desk.send().await;
    assert_eq!(desk.claim(500).await, None, "not while the answer is out");
    desk.settle(&batch, Settlement::Unknown(no())).await;
    desk.settle(&batch, Settlement::Lost(no())).await;
    assert_eq!(desk.ready().await, ["B"], "nor while it is uncertain");
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.ready().await, ["-A"]);
    desk.deliver().await;
    assert_eq!(desk.account("A").await, "due gone, confirmed gone");
}

#[tokio::test]
async fn nobody_is_locked_out_because_a_new_address_was_refused() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("B", 1)), ("other", Be("X", 1))]).await;
    let (batch, items) = desk.send().await;
    let b = items.iter().find(|item| item.identity.as_str() == "B").unwrap();
    desk.settle(&batch, Settlement::Partly(vec![(b.account, no())])).await;
    assert_eq!(desk.ready().await, [""; 0]);
    // The next address is accepted.
    desk.admit(&[("anna", Be("C", 1))]).await;
    assert_eq!(desk.ready().await, ["C"]);
    desk.deliver().await;
    assert_eq!(desk.account("A").await, "due gone, confirmed gone");
    // What was refused was never applied.
    assert_eq!(desk.account("B").await, "due gone, confirmed nothing");
}

#[tokio::test]
async fn replaced_again_before_it_was_confirmed() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("B", 1))]).await;
    desk.admit(&[("anna", Be("C", 1))]).await;
    desk.admit(&[("anna", Be("D", 1))]).await;
    assert_eq!(desk.ready().await, ["D"]);
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.ready().await, ["-A"]);
}

#[tokio::test]
async fn replaced_again_after_it_may_have_arrived() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("B", 1))]).await;
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Unknown(no())).await;
    desk.settle(&batch, Settlement::Lost(no())).await;
    desk.admit(&[("anna", Be("C", 1))]).await;
    assert_eq!(desk.ready().await, ["C"]);
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.ready().await, ["-A", "-B"]);
}

#[tokio::test]
async fn both_leave_when_the_new_one_leaves() {
    for confirmed in [false, true] {
        let mut desk = Desk::with(&[("anna", "A")]).await;
        desk.admit(&[("anna", Be("B", 1))]).await;
        if confirmed {
            let (batch, _) = desk.send().await;
            desk.settle(&batch, Settlement::Confirmed(vec![])).await;
        }
        desk.admit(&[("anna", Leave)]).await;
        let expected: &[&str] = if confirmed { &["-A", "-B"] } else { &["-A"] };
        assert_eq!(desk.ready().await, expected);
    }
}

#[tokio::test]
async fn back_to_the_old_one() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("B", 1))]).await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.ready().await, [""; 0], "B was never sent, A never left");
    desk.admit(&[("anna", Be("B", 1))]).await;
    desk.deliver().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.ready().await, ["A"]);
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.ready().await, ["-B"]);
}

#[tokio::test]
async fn two_who_swap_wait_for_nobody() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    desk.admit(&[("anna", Be("B", 2)), ("berit", Be("A", 2))]).await;
    assert_eq!(desk.ready().await, ["A", "B"]);
    desk.deliver().await;
    assert_eq!(desk.account("A").await, "due v2, confirmed v2");
}

#[tokio::test]
async fn an_identity_taken_over_leaves_once_the_target_knows_it_as_the_new_ones_or_the_old_one_is_elsewhere() {
    for (confirmed, expected) in [(&[][..], &["A"][..]), (&["B"][..], &["-B", "A"])] {
        let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
        desk.admit(&[("anna", Be("B", 2)), ("berit", Be("A", 2))]).await;
        let (batch, items) = desk.send().await;
        let not: Vec<_> = items.iter().filter(|item| !confirmed.contains(&item.identity.as_str())).collect();
        let refused = not.iter().map(|item| (item.account, no())).collect();
        desk.settle(&batch, Settlement::Partly(refused)).await;
        sqlx::query("UPDATE account SET refused = NULL, refusal = NULL")
            .execute(&mut desk.store.connection)
            .await
            .unwrap();
        // Anna, who took B over, leaves; the target may still know Berit by it.
        desk.admit(&[("anna", Leave)]).await;
        assert_eq!(desk.ready().await, expected, "confirmed: {confirmed:?}");
        desk.deliver().await;
        assert_eq!(desk.account("B").await, "due gone, confirmed gone");
    }
}

#[tokio::test]
async fn who_moves_on_before_the_first_move_is_confirmed_takes_the_wait_along() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    desk.admit(&[("anna", Be("C", 1))]).await;
    // Berit takes what Anna was about to have.
    desk.admit(&[("anna", Be("D", 1)), ("berit", Be("C", 2))]).await;
    let batch = desk.claim(500).await.unwrap();
    let items = desk.store.mark_sent(batch.id, desk.now).await.unwrap();
    let d = items.iter().find(|item| item.identity.as_str() == "D").unwrap();
    desk.settle(&batch, Settlement::Partly(vec![(d.account, no())])).await;
    assert_eq!(desk.ready().await, ["-B"], "Berit is there as C, Anna by A alone");
}

#[tokio::test]
async fn who_took_over_an_identity_leaves_it_only_when_nobody_needs_it_any_more() {
    for (taken, ready) in [(false, ["B"]), (true, ["-A"])] {
        let mut desk = Desk::with(&[("anna", "A"), ("berit", "X")]).await;
        desk.admit(&[("anna", Be("B", 1)), ("berit", Be("A", 2))]).await;
        if taken {
            // The target knows berit by it, and refuses anna's new one.
            let (batch, items) = desk.send().await;
            let b = items.iter().find(|item| item.identity.as_str() == "B").unwrap();
            desk.settle(&batch, Settlement::Partly(vec![(b.account, no())])).await;
            desk.deliver().await;
        }
        desk.admit(&[("berit", Leave)]).await;
        let out: Vec<String> = desk.ready().await.into_iter().filter(|one| !one.ends_with('X')).collect();
        assert_eq!(out, ready, "taken over at the target: {taken}");
    }
}

#[tokio::test]
async fn whoever_takes_an_identity_left_behind_does_not_end_its_wait() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("B", 1))]).await;
    desk.admit(&[("cato", Be("A", 2))]).await;
    desk.admit(&[("cato", Leave)]).await;
    assert_eq!(desk.ready().await, ["B"], "anna is known by A alone");
    desk.deliver().await;
    assert_eq!(desk.account("A").await, "due gone, confirmed gone");
}

#[tokio::test]
async fn who_went_back_waits_for_nobody() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Be("B", 1))]).await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    desk.admit(&[("cato", Be("B", 2))]).await;
    desk.admit(&[("anna", Leave)]).await;
    assert_eq!(desk.ready().await, ["-A", "B"]);
}
