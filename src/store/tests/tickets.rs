//! Batches of several steps, and targets that can be read.

use super::Say::{self, Be, Leave};
use super::{Desk, QUIET, REALM, at, no, payload};
use crate::delivery::batch::{Batch, Settlement, Stage};
use crate::delivery::drift::Drift;
use crate::destination::{Remote, Ticket};
use crate::plan::{Limit, Limits};
use crate::roster::{Key, Timestamp};

impl Desk {
    async fn under_way(&mut self) -> Option<(Batch, Timestamp)> {
        self.store.work(REALM, self.run, QUIET, self.now).await.unwrap().under_way
    }

    async fn account_of(&mut self, identity: &str) -> i64 {
        sqlx::query_scalar("SELECT id FROM account WHERE identity = ?")
            .bind(identity)
            .fetch_one(&mut self.store.connection)
            .await
            .unwrap()
    }

    async fn call_them(&mut self, names: &[(&str, &str)]) {
        for (identity, remote) in names {
            let account = self.account_of(identity).await;
            sqlx::query("UPDATE account SET remote = ? WHERE id = ?")
                .bind(remote)
                .bind(account)
                .execute(&mut self.store.connection)
                .await
                .unwrap();
        }
    }
}

#[tokio::test]
async fn a_target_at_work_is_asked_again_and_others_need_not_wait_for_it() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    let (batch, _) = desk.send().await;
    desk.store.wait(batch.id, &Ticket::new("import 1"), at(3), "working").await.unwrap();
    let (taken, wake) = desk.under_way().await.unwrap();
    assert_eq!(
        (taken.id, taken.stage, taken.ticket.words(), wake),
        (batch.id, Stage::Accepted, Some("import 1"), at(3))
    );
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, uncertain, in a batch, pending");
    desk.admit(&[("anna", Be("A", 2)), ("berit", Be("B", 1))]).await;
    assert_eq!(desk.ready().await, ["B"], "what comes meanwhile for somebody under way follows after");
    // Asked, and done: what it took is confirmed, not what is due by now.
    desk.store.mark_sent(taken.id, at(3)).await.unwrap();
    desk.settle(&taken, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.account("A").await, "due v2, confirmed v1, pending");
}

#[tokio::test]
async fn a_crash_while_a_step_is_taken_is_asked_about_with_its_ticket_after_the_quiet_period() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    let (batch, _) = desk.send().await;
    desk.store.note(batch.id, &Ticket::new("creating")).await.unwrap();
    desk.next_run(5).await;
    let (unanswered, wake) = desk.under_way().await.unwrap();
    assert_eq!((unanswered.stage, unanswered.ticket.words(), wake), (Stage::Unknown, Some("creating"), at(6)));
    // Nothing of it was applied: as before the first step, however many there were.
    desk.store.mark_sent(unanswered.id, at(6)).await.unwrap();
    desk.settle(&unanswered, Settlement::NotApplied(None, no())).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, pending");
}

#[tokio::test]
async fn with_another_token_one_step_begins_anew_and_several_are_asked_how_far_they_came() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Renew(no())).await;
    let work = desk.store.work(REALM, desk.run, QUIET, desk.now).await.unwrap();
    assert!(work.prepared.is_some_and(|batch| batch.renewed) && work.under_way.is_none());
    let batch = Batch { ticket: Ticket::new("creating"), ..batch };
    desk.store.mark_sent(batch.id, desk.now).await.unwrap();
    desk.store.note(batch.id, &batch.ticket).await.unwrap();
    desk.settle(&batch, Settlement::Renew(no())).await;
    let (asked, wake) = desk.under_way().await.unwrap();
    assert_eq!((asked.stage, asked.ticket, asked.renewed, wake), (Stage::Unknown, batch.ticket, true, desk.now));
    assert_eq!(desk.account("A").await, "due v1, confirmed nothing, uncertain, in a batch, pending");
}

#[tokio::test]
async fn a_leaver_under_way_may_use_the_reserve_for_being_asked_about() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Leave)]).await;
    let (batch, _) = desk.send().await;
    desk.store.wait(batch.id, &Ticket::new("import 1"), at(3), "working").await.unwrap();
    for (minute, leaves) in [(2, false), (3, true)] {
        assert_eq!(desk.store.work(REALM, desk.run, QUIET, at(minute)).await.unwrap().leaves, leaves, "{minute}");
    }
}

#[tokio::test]
async fn a_targets_own_names_come_with_a_confirmation_and_go_with_one() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    for (named, called) in [(Some("c1"), None), (None, Some("c1"))] {
        let (batch, items) = desk.send().await;
        assert_eq!(items[0].remote, called.map(Remote::new));
        let names = vec![(items[0].account, named.map(Remote::new))];
        desk.settle(&batch, Settlement::Confirmed(names)).await;
        desk.admit(&[("anna", Leave)]).await;
    }
    assert_eq!(desk.number("SELECT count(*) FROM account WHERE remote IS NULL").await, 1);
}

#[tokio::test]
async fn what_the_target_holds_takes_the_place_of_what_it_confirmed() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B"), ("cato", "C"), ("dora", "D")]).await;
    desk.call_them(&[("A", "c1"), ("B", "c2"), ("C", "c3")]).await;
    desk.admit(&[("cato", Be("C", 2))]).await;
    desk.send().await;
    let confirmed = desk.store.confirmed(REALM).await.unwrap();
    let names: Vec<&str> = confirmed.iter().map(|member| member.remote.as_str()).collect();
    assert_eq!(names, ["c1", "c2"], "neither somebody under way nor somebody the target has no name for");
    assert_eq!(confirmed[0].payload, Some(payload("A", 1)));
    desk.drifts = vec![Drift::Gone(confirmed[0].account), Drift::Other(confirmed[1].account, payload("B", 7))];
    desk.admit(&[]).await;
    assert_eq!(desk.account("A").await, "due gone, confirmed gone", "as if anna were yet to come");
    assert_eq!(desk.account("B").await, "due v7, confirmed v7");
    assert_eq!(desk.number("SELECT count(*) FROM event WHERE kind = 'drifted'").await, 2);
    assert_eq!(desk.number("SELECT count(*) FROM account WHERE remote = 'c1'").await, 0);
    desk.admit(&[("anna", Be("A", 1)), ("berit", Be("B", 1))]).await;
    assert_eq!(desk.plan.changes.iter().map(|change| change.kind.word()).collect::<Vec<_>>(), ["return", "change"]);
    assert_eq!(desk.account("A").await, "due v1, confirmed gone, pending");
    assert_eq!(desk.account("B").await, "due v1, confirmed v7, pending");
}

#[tokio::test]
async fn what_the_target_holds_is_weighed_as_if_it_were_known() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B"), ("cato", "C"), ("dora", "D")]).await;
    desk.call_them(&[("A", "c1"), ("B", "c2"), ("C", "c3"), ("D", "c4")]).await;
    let accounts: Vec<i64> = desk.store.confirmed(REALM).await.unwrap().iter().map(|member| member.account).collect();
    let [a, b, c, d] = accounts[..] else { panic!("{accounts:?}") };
    desk.drifts = vec![Drift::Gone(a), Drift::Gone(b), Drift::Other(c, payload("C", 7)), Drift::Gone(d)];
    // Cato's own change is no more than what mends it; Dora is invalid, and stays as she is there: away.
    desk.admit(&[("anna", Be("A", 1)), ("berit", Leave), ("cato", Be("C", 2)), ("dora", Say::Invalid)]).await;
    let kinds: Vec<_> = desk.plan.changes.iter().map(|change| change.kind.word()).collect();
    assert_eq!(kinds, ["return", "change"], "who is to leave and is not there has left");
    assert_eq!(desk.account("A").await, "due v1, confirmed gone, pending");
    assert_eq!(desk.account("B").await, "due gone, confirmed gone");
    assert_eq!(desk.account("C").await, "due v2, confirmed v7, pending");
    assert_eq!(desk.account("D").await, "due gone, confirmed gone");
    assert_eq!(desk.number("SELECT active FROM person WHERE key = 'dora'").await, 0);
}

#[tokio::test]
async fn what_is_held_is_not_mended() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    desk.call_them(&[("A", "c1"), ("B", "c2")]).await;
    let accounts: Vec<i64> = desk.store.confirmed(REALM).await.unwrap().iter().map(|member| member.account).collect();
    let none = Limit { count: Some(0), percent: 0 };
    desk.grounds.limits = Limits { back: none, change: none, ..desk.grounds.limits };
    for _ in 0..2 {
        desk.drifts = vec![Drift::Gone(accounts[0]), Drift::Other(accounts[1], payload("B", 7))];
        desk.admit(&[("anna", Be("A", 1)), ("berit", Be("B", 1))]).await;
        assert_eq!(desk.plan.held().count(), 2);
        assert_eq!(desk.account("A").await, "due gone, confirmed gone");
        assert_eq!(desk.account("B").await, "due v7, confirmed v7");
        assert_eq!(desk.ready().await, [""; 0]);
    }
}

#[tokio::test]
async fn who_was_sent_and_is_not_there_is_not_waited_for() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.call_them(&[("A", "c1")]).await;
    desk.admit(&[("anna", Be("A", 2))]).await;
    let (batch, items) = desk.send().await;
    assert_eq!(desk.store.confirmed(REALM).await.unwrap(), [], "it is under way");
    desk.settle(&batch, Settlement::Lost(no())).await;
    let confirmed = desk.store.confirmed(REALM).await.unwrap();
    assert_eq!(confirmed[0].payload, None, "it may have either");
    desk.drifts = vec![Drift::Gone(items[0].account)];
    desk.admit(&[]).await;
    assert_eq!(desk.account("A").await, "due gone, confirmed gone");
}

#[tokio::test]
async fn what_was_refused_of_whom_is_not_there_any_more_is_forgotten() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.call_them(&[("A", "c1")]).await;
    for _ in 0..2 {
        desk.next_run(15).await;
        desk.admit(&[("anna", Be("A", 2))]).await;
        let (batch, _) = desk.send().await;
        desk.refuse(&batch).await;
    }
    assert_eq!(desk.account("A").await, "due v2, confirmed v1, pending, refused");
    let account = desk.store.confirmed(REALM).await.unwrap()[0].account;
    desk.drifts = vec![Drift::Gone(account)];
    desk.admit(&[("anna", Be("A", 2))]).await;
    assert_eq!(desk.account("A").await, "due v2, confirmed gone, pending");
    assert_eq!(desk.ready().await, ["A"]);
}

#[tokio::test]
async fn a_sync_leaves_the_others_people_to_it() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.call_them(&[("A", "c1")]).await;
    let account = desk.store.confirmed(REALM).await.unwrap()[0].account;
    let feed = desk.feed;
    desk.store.enrol("others", None, REALM).await.unwrap();
    desk.feed = desk.store.feed("others", None).await.unwrap().unwrap().0.id;
    desk.drifts = vec![Drift::Gone(account)];
    desk.admit(&[]).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed v1");
    desk.feed = feed;
    desk.drifts = vec![Drift::Gone(account)];
    desk.store.stage_drift(feed, &[Drift::Gone(account)]).await.unwrap();
    assert_eq!(desk.store.known(feed).await.unwrap().is_doubted(&Key::new("anna")), Some(true), "judged again");
    assert_eq!(desk.store.suspects(feed, &[], None, desk.now).await.unwrap().len(), 1);
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed gone, pending");
}
