//! Values that a target keeps unique besides the identity. `A+7` is the identity A with the value 7.

use super::Say::{Be, Leave};
use super::{Desk, REALM, at, no};
use crate::delivery::batch::Settlement;
use crate::destination::{Op, Ticket};
use crate::roster::{Payload, Unique};
use crate::store::{AtWorkRow, WaitRow};

impl Desk {
    /// Where a value is due, is, and may be: `due A, confirmed B, under way C, lost D`.
    async fn holds(&mut self, value: &str) -> String {
        let rows: Vec<(String, bool, bool, Option<i64>)> = sqlx::query_as(
            "SELECT a.identity, h.due, h.confirmed, h.batch FROM holding h JOIN account a ON a.id = h.account
             WHERE h.value = 'msisdn ' || ? ORDER BY a.identity",
        )
        .bind(value)
        .fetch_all(&mut self.store.connection)
        .await
        .unwrap();
        let mut words = Vec::new();
        for (identity, due, confirmed, batch) in rows {
            words.extend(due.then(|| format!("due {identity}")));
            words.extend(confirmed.then(|| format!("confirmed {identity}")));
            words.extend(batch.map(|batch| format!("{} {identity}", if batch > 0 { "under way" } else { "lost" })));
        }
        words.join(", ")
    }
}

#[tokio::test]
async fn a_recycled_number_goes_to_its_new_owner_only_after_the_old_one_let_go() {
    for gives_up in [Be("A+9", 2), Be("A", 2), Leave] {
        let mut desk = Desk::with(&[("anna", "A+7")]).await;
        assert_eq!(desk.holds("7").await, "due A, confirmed A");
        desk.next_run(1).await;
        desk.admit(&[("anna", gives_up), ("bert", Be("B+7", 1))]).await;
        assert_eq!(desk.holds("7").await, "confirmed A, due B");
        let (batch, items) = desk.send().await;
        assert_eq!(items.iter().map(|item| item.identity.as_str()).collect::<Vec<_>>(), ["A"], "{gives_up:?}");
        assert!(desk.claim(500).await.is_none(), "nobody knows yet whether the target let go");
        desk.settle(&batch, Settlement::Confirmed(vec![])).await;
        assert_eq!(desk.ready().await, ["B"]);
        desk.deliver().await;
        assert_eq!(desk.holds("7").await, "due B, confirmed B");
    }
}

#[tokio::test]
async fn who_left_with_it_leaves_once_more_to_let_go_of_it() {
    let mut desk = Desk::with(&[("anna", "A+7")]).await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Leave)]).await;
    let (batch, items) = desk.send().await;
    assert_eq!(items[0].let_go, [], "nobody else wants it");
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.holds("7").await, "confirmed A");

    desk.next_run(1).await;
    desk.admit(&[("bert", Be("B+7", 1))]).await;
    let (batch, items) = desk.send().await;
    assert_eq!((items[0].identity.as_str(), items.len()), ("A", 1));
    assert_eq!(items[0].let_go, [Unique::new("msisdn", "7")]);
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    desk.deliver().await;
    assert_eq!((desk.holds("7").await.as_str(), desk.ready().await.len()), ("due B, confirmed B", 0));
}

#[tokio::test]
async fn who_left_while_somebody_came_to_want_it_leaves_once_more() {
    let mut desk = Desk::with(&[("anna", "A+7")]).await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Leave)]).await;
    let (batch, _) = desk.send().await;
    desk.admit(&[("bert", Be("B+7", 1))]).await;
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.number("SELECT count(*) FROM latency").await, 1, "the leave itself is over");
    assert_eq!(desk.ready().await, ["-A"]);
    desk.deliver().await;
    assert_eq!(desk.holds("7").await, "due B, confirmed B");
}

#[tokio::test]
async fn whoever_moves_is_sent_as_the_member_they_were() {
    let mut desk = Desk::with(&[("anna", "A+7"), ("bert", "B+8")]).await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("C+7", 1)), ("bert", Be("D+9", 1))]).await;
    let (_, items) = desk.send().await;
    let sent: Vec<_> = items.iter().map(|item| (item.identity.as_str(), item.op, item.before.is_some())).collect();
    assert_eq!(sent, [("C", Op::Change, true), ("D", Op::Join, false)]);
    assert_eq!(desk.account("A").await, "due gone, confirmed v1, uncertain, pending", "it may be C by now");
}

#[tokio::test]
async fn as_long_as_the_old_one_is_not_done_the_new_one_waits() {
    let unknown = || Settlement::Lost(no());
    for settlement in
        [Settlement::NotApplied(None, no()), unknown(), Settlement::Failed(no()), Settlement::Refused(no())]
    {
        let mut desk = Desk::with(&[("anna", "A+7")]).await;
        desk.next_run(1).await;
        desk.admit(&[("anna", Be("A+9", 2)), ("bert", Be("B+7", 1))]).await;
        let (batch, _) = desk.send().await;
        desk.settle(&batch, settlement.clone()).await;
        assert!(!desk.ready().await.contains(&"B".to_owned()), "{settlement:?}");
    }
}

#[tokio::test]
async fn what_was_not_applied_is_not_there_and_what_was_lost_may_be() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A+7", 1))]).await;
    let (batch, _) = desk.send().await;
    assert_eq!(desk.holds("7").await, "due A, under way A");
    desk.settle(&batch, Settlement::NotApplied(None, no())).await;
    assert_eq!(desk.holds("7").await, "due A");
    desk.next_run(60).await;
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Lost(no())).await;
    assert_eq!(desk.holds("7").await, "due A, lost A");

    // Somebody else may have it once what was lost is known to have been overwritten.
    desk.next_run(60).await;
    desk.admit(&[("anna", Be("A+9", 2)), ("bert", Be("B+7", 1))]).await;
    assert_eq!(desk.ready().await, ["A"]);
    desk.deliver().await;
    assert_eq!(
        (desk.holds("7").await.as_str(), desk.holds("9").await.as_str()),
        ("due B, confirmed B", "due A, confirmed A")
    );
}

#[tokio::test]
async fn somebody_who_moves_and_keeps_it_is_one_update() {
    let mut desk = Desk::with(&[("anna", "A+7")]).await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("B+7", 1))]).await;
    assert_eq!(desk.ready().await, ["B"], "it does not wait for itself");
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.account("A").await, "due gone, confirmed nothing", "nobody is left there to be sent as leaving");
    assert_eq!(desk.account("B").await, "due v1, confirmed v1");
    assert_eq!(desk.holds("7").await, "due B, confirmed B");
    assert_eq!(desk.number("SELECT count(*) FROM latency").await, 1, "the old identity left");
}

#[tokio::test]
async fn somebody_who_moves_without_it_leaves_something_behind() {
    let mut desk = Desk::with(&[("anna", "A+7")]).await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("B+8", 1))]).await;
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.ready().await, ["-A"]);
}

#[tokio::test]
async fn nothing_is_sent_while_it_is_under_way_elsewhere() {
    // Moving there and back: what was sent first could arrive last.
    let mut desk = Desk::with(&[("anna", "A+7")]).await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("B+7", 1))]).await;
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Unknown(no())).await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("A+7", 2))]).await;
    assert_eq!(desk.ready().await, [""; 0]);
    desk.settle(&batch, Settlement::Lost(no())).await;
    assert_eq!(desk.ready().await, ["A"]);
    desk.deliver().await;
    assert_eq!(desk.holds("7").await, "due A, confirmed A");
}

impl Desk {
    /// Those who wait for each other, sent without what the other has.
    async fn part(&mut self) -> Option<Vec<String>> {
        let portion = crate::store::Portion { most: 500, joins_apart: false };
        let without = |payload: &Payload, _: &[Unique]| payload.clone().with("part", true);
        let (batch, items) = self.store.part(REALM, self.run, portion, without, self.now).await.unwrap()?;
        assert!(items.iter().all(|item| item.body.fields().contains_key("part")));
        self.settle(&batch, Settlement::Confirmed(vec![])).await;
        Some(items.iter().map(|item| item.identity.as_str().to_owned()).collect())
    }
}

#[tokio::test]
async fn two_who_change_places_are_sent_without_it_first() {
    let mut desk = Desk::with(&[("anna", "A+7"), ("bert", "B+8")]).await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("A+8", 2)), ("bert", Be("B+7", 2))]).await;
    assert_eq!(desk.ready().await, [""; 0]);
    assert_eq!(desk.part().await.unwrap(), ["A", "B"]);
    assert_eq!((desk.holds("7").await.as_str(), desk.holds("8").await.as_str()), ("due B", "due A"));
    assert_eq!(desk.ready().await, ["A", "B"]);
    desk.deliver().await;
    assert_eq!(desk.account("B").await, "due v2, confirmed v2");
}

#[tokio::test]
async fn two_who_change_identities_and_keep_it_are_sent_without_it_first() {
    let mut desk = Desk::with(&[("anna", "A+7"), ("bert", "B+8")]).await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("B+7", 2)), ("bert", Be("A+8", 2))]).await;
    assert_eq!(desk.ready().await, [""; 0]);
    assert_eq!(desk.part().await.unwrap(), ["A", "B"]);
    desk.deliver().await;
    assert_eq!(
        (desk.holds("7").await.as_str(), desk.holds("8").await.as_str()),
        ("due B, confirmed B", "due A, confirmed A")
    );
}

#[tokio::test]
async fn whoever_gets_an_identity_waits_until_its_owner_has_moved_with_what_they_keep() {
    let mut desk = Desk::with(&[("anna", "A+7"), ("bert", "B+8")]).await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("C+7", 1)), ("bert", Be("A+8", 2))]).await;
    assert_eq!(desk.ready().await, ["C"], "or A's member would be taken for two");
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.account("A").await, "due v2, confirmed nothing, pending");
    let (_, items) = desk.send().await;
    assert_eq!((items[0].identity.as_str(), items[0].op, items[0].before.is_some()), ("A", Op::Change, true));
}

#[tokio::test]
async fn who_moves_to_where_somebody_is_is_there_without_it_before_the_old_one_lets_go() {
    let mut desk = Desk::with(&[("anna", "A+7"), ("bert", "B")]).await;
    desk.next_run(1).await;
    desk.admit(&[("bert", Leave)]).await;
    desk.deliver().await;
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("B+7", 2))]).await;
    assert_eq!(desk.ready().await, [""; 0]);
    assert_eq!(desk.part().await.unwrap(), ["B"]);
    assert!(desk.part().await.is_none(), "once is enough");
    assert_eq!(desk.ready().await, ["-A"]);
    desk.deliver().await;
    assert_eq!(
        (desk.holds("7").await.as_str(), desk.account("B").await.as_str()),
        ("due B, confirmed B", "due v2, confirmed v2")
    );
}

#[tokio::test]
async fn no_two_are_ever_due_with_it() {
    let mut desk = Desk::with(&[("anna", "A+7")]).await;
    desk.next_run(1).await;
    desk.admit(&[("bert", Be("B+7", 1)), ("cora", Be("C+5", 1)), ("dora", Be("D+5", 1))]).await;
    assert_eq!((desk.holds("7").await.as_str(), desk.holds("5").await.as_str()), ("due A, confirmed A", ""));
    let twice =
        "INSERT INTO holding (realm, value, account, due) SELECT realm, value, 99, 1 FROM holding WHERE due = 1";
    assert!(sqlx::query(twice).execute(&mut desk.store.connection).await.is_err());
}

#[tokio::test]
async fn why_somebody_waits_can_be_asked() {
    let mut desk = Desk::with(&[("anna", "A+7"), ("bert", "B+8")]).await;
    let account = "SELECT id FROM account WHERE identity = 'B'";
    let bert = desk.number(account).await;
    assert_eq!(desk.store.waits(bert).await.unwrap(), None);
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("A+9", 2)), ("bert", Be("B+7", 2))]).await;
    let taken = |mutual| WaitRow::Taken { field: "msisdn".to_owned(), identity: "A".to_owned(), mutual };
    assert_eq!(desk.store.waits(bert).await.unwrap(), Some(taken(false)));
    desk.next_run(1).await;
    desk.admit(&[("anna", Be("A+8", 3))]).await;
    assert_eq!(desk.store.waits(bert).await.unwrap(), Some(taken(true)));
}

#[tokio::test]
async fn what_a_target_is_at_work_on_can_be_asked() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1)), ("bert", Be("B", 1)), ("cora", Be("C", 1))]).await;
    for size in [2, 1] {
        let batch = desk.claim(size).await.unwrap();
        desk.store.mark_sent(batch.id, desk.now).await.unwrap();
        let note = if size == 2 { "working" } else { "waiting" };
        desk.store.wait(batch.id, &Ticket::new("x"), at(7), note).await.unwrap();
    }
    let row = |note: &str, members| AtWorkRow { note: note.to_owned(), batches: 1, members, since: at(0), next: at(7) };
    let mut rows = desk.store.at_work(REALM).await.unwrap();
    rows.sort_by_key(|row| row.members);
    assert_eq!(rows, [row("waiting", 1), row("working", 2)]);
    let cora = desk.number("SELECT id FROM account WHERE identity = 'C'").await;
    assert_eq!(desk.store.waits(cora).await.unwrap(), Some(WaitRow::AtWork(row("waiting", 1))));
}
