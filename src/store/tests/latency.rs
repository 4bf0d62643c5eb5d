//! How long leaves took: since when, until when, and which of them count.

use jiff::SignedDuration;

use super::Say::{Be, Inactive, Leave, Protected};
use super::{Desk, REALM, at, no};
use crate::delivery::batch::Settlement;
use crate::delivery::drift::Drift;
use crate::destination::Member;
use crate::plan::FirstSeenInactive;
use crate::roster::{Identity, Payload};
use crate::store::Who;

const DAY: i64 = 24 * 60;

impl Desk {
    /// What is admitted from now on the directory changed at this minute.
    fn changed(&mut self, minute: i64) {
        self.changed_at = Some(at(minute));
    }

    /// What status says, in minutes: how long leaves took, and since when the oldest undelivered is under way.
    async fn told(&mut self) -> String {
        let row = self.store.feed_row(self.feed, self.now).await.unwrap();
        let mut told = row.latency.map_or("none".to_owned(), |took| {
            format!("{}: {}, {}", took.leaves, took.median.as_secs() / 60, took.worst.as_secs() / 60)
        });
        if let Some(since) = row.overdue_since {
            told.push_str(&format!("; since {}", since.duration_since(at(0)).as_mins()));
        }
        told
    }

    /// Accounts that remember that they are leaving.
    async fn leaving(&mut self) -> i64 {
        self.number("SELECT count(*) FROM account WHERE leaving_since IS NOT NULL OR leaving_feed IS NOT NULL").await
    }
}

/// Anna left the directory at minute 5, and that was admitted at minute 10.
async fn leaving() -> Desk {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.changed(5);
    desk.next_run(10).await;
    desk.admit(&[("anna", Leave)]).await;
    desk
}

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
async fn taken_back_before_or_after_it_was_sent_it_does_not_count() {
    for sent in [false, true] {
        let mut desk = leaving().await;
        let mut batch = None;
        if sent {
            batch = Some(desk.send().await.0);
        }
        desk.admit(&[("anna", Be("A", 1))]).await;
        assert_eq!((desk.told().await.as_str(), desk.leaving().await), ("none", 0), "sent: {sent}");
        if let Some(batch) = batch {
            desk.settle(&batch, Settlement::Confirmed(vec![])).await;
        }
        desk.deliver().await;
        assert_eq!(desk.told().await, "none", "sent: {sent}");
        // The next leave has a beginning of its own.
        desk.changed(30);
        desk.next_run(25).await;
        desk.admit(&[("anna", Leave)]).await;
        assert_eq!(desk.told().await, "none; since 30", "sent: {sent}");
    }
}

#[tokio::test]
async fn refused_unanswered_or_not_applied_it_goes_on() {
    let endings = [
        Settlement::Refused(no()),
        Settlement::Unknown(no()),
        Settlement::Lost(no()),
        Settlement::NotApplied(None, no()),
        Settlement::Split(no()),
        Settlement::Renew(no()),
    ];
    for ending in endings {
        let mut desk = leaving().await;
        let (batch, _) = desk.send().await;
        desk.settle(&batch, ending.clone()).await;
        assert_eq!(desk.told().await, "none; since 5", "{ending:?}");
        if matches!(ending, Settlement::Unknown(_)) {
            desk.settle(&batch, Settlement::Lost(no())).await;
        }
        // Once more in a run two days later, which finds it where it was.
        desk.next_run(2 * DAY).await;
        assert_eq!(desk.told().await, "none; since 5", "{ending:?}");
        if matches!(ending, Settlement::Split(_) | Settlement::Renew(_)) {
            assert!(desk.ready().await.contains(&"-A".to_owned()), "{ending:?}");
        }
        desk.deliver().await;
        assert_eq!(desk.told().await, format!("1: {0}, {0}", 2 * DAY + 5), "{ending:?}");
    }
}

#[tokio::test]
async fn refused_among_others_it_is_still_under_way() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    desk.next_run(10).await;
    desk.admit(&[("anna", Leave), ("berit", Leave)]).await;
    let (batch, items) = desk.send().await;
    desk.now = at(11);
    desk.settle(&batch, Settlement::Partly(vec![(items[0].account, no())])).await;
    assert_eq!(desk.told().await, "1: 1, 1; since 10");
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

#[tokio::test]
async fn whom_somebody_else_took_away_has_left() {
    let mut desk = leaving().await;
    let account = desk.number("SELECT id FROM account").await;
    desk.store.drifted(desk.run, &[Drift::Gone(account)], at(17)).await.unwrap();
    assert_eq!(desk.told().await, "1: 12, 12");
    assert_eq!(desk.ready().await, [""; 0]);
}

#[tokio::test]
async fn an_import_takes_a_leave_back_or_leaves_it_unfinished() {
    let member = Member { identity: Identity::new("A"), payload: Payload::default() };
    // While its confirmation is on its way somebody says that the target has them.
    let mut desk = leaving().await;
    let (batch, _) = desk.send().await;
    desk.store.import(desk.feed, std::slice::from_ref(&member), "ada", desk.now).await.unwrap();
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.told().await, "none; since 5");
    desk.next_run(2).await;
    desk.deliver().await;
    assert_eq!(desk.told().await, "1: 7, 7");
    // Nobody of the directory has them any more: they are there again, and leave as one who was imported.
    let mut desk = leaving().await;
    desk.store.repoint(desk.feed, "veris elsewhere").await.unwrap();
    desk.store.repoint(desk.feed, REALM).await.unwrap();
    assert_eq!(desk.told().await, "none; since 5", "where it was sent before it is still to be sent");
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::NotApplied(None, no())).await;
    sqlx::query("UPDATE account SET certain = 1, confirmed_gone = 1")
        .execute(&mut desk.store.connection)
        .await
        .unwrap();
    desk.store.import(desk.feed, &[member], "ada", desk.now).await.unwrap();
    assert_eq!((desk.told().await.as_str(), desk.leaving().await), ("none", 0));
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
