//! What was kept for long enough goes, and nothing that is still needed.

use std::time::Duration;

use jiff::SignedDuration;

use super::Say::{Be, Inactive, Leave};
use super::{Desk, REALM, at, no};
use crate::delivery::batch::Settlement;
use crate::destination::Op;
use crate::engine::Tally;
use crate::plan::{FirstSeenInactive, Kind};
use crate::roster::{Identity, Key, Now, Payload};
use crate::store::confirmed::confirmed;
use crate::store::{Cutoff, Who};

const DAY: i64 = 24 * 60;
pub(super) const HOURS: Duration = Duration::from_hours(24);
pub(super) const WEEK: Duration = Duration::from_hours(7 * 24);

impl Desk {
    /// Everything that is due to go does.
    pub async fn expire(&mut self) {
        let cutoff = Cutoff::at(self.now, HOURS, WEEK);
        while self.store.expire_people(REALM, cutoff).await.unwrap() > 0 {}
        while self.store.expire_record(cutoff).await.unwrap() > 0 {}
    }

    /// Nothing happens for some days; whoever looks through the store does.
    pub async fn days(&mut self, days: i64) {
        for _ in 0..days {
            self.expire().await;
            self.now += SignedDuration::from_hours(24);
        }
        self.expire().await;
    }

    /// Readings of everybody do not find them any more.
    async fn lose(&mut self, key: &str) {
        let known = self.store.known(self.feed).await.unwrap();
        self.unseen.extend(known.find(&Key::new(key)).map(|known| known.id));
    }

    async fn body(&mut self, identity: &str) -> String {
        let body = concat!("SELECT ", confirmed!("account"), " FROM account WHERE identity = ?");
        sqlx::query_scalar(body).bind(identity).fetch_one(&mut self.store.connection).await.unwrap()
    }
}

#[tokio::test]
async fn what_was_sent_of_somebody_goes_a_while_after_they_left() {
    let mut desk = Desk::with(&[("anna", "A"), ("bert", "B")]).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.days(3).await;
    assert_eq!(desk.body("A").await, r#"{"id":"A","v":1}"#, "still to leave");
    let (batch, items) = desk.send().await;
    desk.days(3).await;
    assert_eq!(items[0].body, Payload::from_json(r#"{"id":"A","v":1}"#).unwrap());
    assert_eq!(desk.body("A").await, r#"{"id":"A","v":1}"#, "on the way");
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    desk.expire().await;
    desk.now += SignedDuration::from_mins(DAY - 1);
    desk.expire().await;
    assert_eq!(desk.body("A").await, r#"{"id":"A","v":1}"#);
    desk.now += SignedDuration::from_mins(1);
    desk.expire().await;
    assert_eq!(desk.body("A").await, r#"{"id":"","v":0}"#, "which fields the target has");
    assert_eq!(desk.account("A").await, "due gone, confirmed gone");
    assert_eq!(desk.body("B").await, r#"{"id":"B","v":1}"#, "whoever is there may leave");
    assert_eq!(desk.number("SELECT count(*) FROM account WHERE fp = x'' AND emptied = 1").await, 1);
}

#[tokio::test]
async fn the_day_begins_anew_with_whoever_is_sent_again() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.deliver().await;
    desk.expire().await;
    desk.now += SignedDuration::from_mins(DAY - 1);
    assert_eq!(desk.store.resend(desk.feed, &Who::Left).await.unwrap(), 1);
    desk.now += SignedDuration::from_mins(DAY);
    desk.expire().await;
    desk.deliver().await;
    desk.expire().await;
    assert_eq!(desk.body("A").await, r#"{"id":"A","v":1}"#);
    desk.now += SignedDuration::from_mins(DAY);
    desk.expire().await;
    assert_eq!(desk.body("A").await, r#"{"id":"","v":0}"#);
    assert_eq!(desk.store.resend(desk.feed, &Who::Left).await.unwrap(), 0, "there is nothing to send");
}

#[tokio::test]
async fn nobody_loses_what_somebody_else_claims_or_was_never_answered() {
    let mut desk = Desk::with(&[("anna", "A"), ("bert", "B"), ("cato", "C")]).await;
    // Anna's identity is taken over; Bert's leave is lost.
    desk.admit(&[("anna", Leave), ("bert", Leave)]).await;
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Lost(no())).await;
    desk.admit(&[("dora", Be("A", 2))]).await;
    desk.days(2).await;
    assert_eq!(desk.number("SELECT count(*) FROM account WHERE emptied = 1").await, 0);
    desk.deliver().await;
    desk.days(2).await;
    assert_eq!(desk.body("A").await, r#"{"id":"A","v":2}"#);
    assert_eq!(desk.body("B").await, r#"{"id":"","v":0}"#);
}

#[tokio::test]
async fn somebody_who_was_never_there_is_known_by_nothing() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.days(1).await;
    assert_eq!(
        (desk.body("A").await.as_str(), desk.account("A").await.as_str()),
        ("{}", "due gone, confirmed nothing")
    );
    desk.admit(&[("anna", Be("A", 1))]).await;
    let (_, items) = desk.send().await;
    assert_eq!((items[0].op, &items[0].before), (Op::Join, &None));
}

#[tokio::test]
async fn who_returns_is_told_of_the_fields_they_have_no_more() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.deliver().await;
    desk.days(2).await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.plan.changes[0].kind, Kind::Return);
    let (batch, items) = desk.send().await;
    assert_eq!(items[0].op, Op::Return);
    assert_eq!(items[0].before, Some(Payload::from_json(r#"{"id":"","v":0}"#).unwrap()));
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    assert_eq!(desk.account("A").await, "due v1, confirmed v1");
    assert_eq!(desk.number("SELECT emptied + (rest_since IS NOT NULL) FROM account").await, 0);
}

#[tokio::test]
async fn who_returned_without_an_answer_leaves_with_what_they_returned_with() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.deliver().await;
    desk.days(2).await;
    desk.admit(&[("anna", Be("A", 2))]).await;
    let (batch, _) = desk.send().await;
    desk.settle(&batch, Settlement::Lost(no())).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.days(1).await;
    let (batch, items) = desk.send().await;
    // A target may refuse a leave without what it requires, and they would stay.
    assert_eq!((items[0].op, &items[0].body), (Op::Leave, &Payload::from_json(r#"{"id":"A","v":2}"#).unwrap()));
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    desk.days(2).await;
    assert_eq!(desk.account("A").await, "due gone, confirmed gone");
    assert_eq!(desk.number("SELECT emptied FROM account").await, 1);
}

#[tokio::test]
async fn an_import_may_doubt_that_they_left_and_says_with_what_they_leave() {
    let mut desk = Desk::with(&[("anna", "A"), ("bert", "B")]).await;
    desk.admit(&[("anna", Leave), ("bert", Leave)]).await;
    desk.deliver().await;
    desk.days(2).await;
    let member = |identity: &str, payload: Payload| crate::destination::Member {
        identity: Identity::new(identity),
        payload,
        unique: Vec::new(),
        once: None,
    };
    let there = [member("A", Payload::default().with("id", "A")), member("B", Payload::default())];
    desk.store.import(desk.feed, &there, "ada", desk.now).await.unwrap();
    let (_, items) = desk.send().await;
    let sent: Vec<_> = items.iter().map(|item| (item.op, item.body.to_json())).collect();
    assert_eq!(sent, [(Op::Leave, r#"{"id":"A"}"#.to_owned()), (Op::Leave, "{}".to_owned())]);
}

#[tokio::test]
async fn whoever_is_gone_for_good_is_forgotten_with_the_audit() {
    let mut desk = Desk::with(&[("anna", "A"), ("bert", "B"), ("cato", "C")]).await;
    desk.admit(&[("anna", Leave), ("bert", Leave)]).await;
    desk.deliver().await;
    desk.days(1).await;
    // Of Bert, who is disabled, readings know.
    desk.lose("anna").await;
    desk.admit(&[]).await;
    desk.days(6).await;
    assert_eq!(desk.number("SELECT count(*) FROM account").await, 3);
    desk.days(1).await;
    let left = "SELECT json_group_array(identity) FROM (SELECT identity FROM account ORDER BY identity)";
    let left: String = sqlx::query_scalar(left).fetch_one(&mut desk.store.connection).await.unwrap();
    assert_eq!(left, r#"["B","C"]"#);
    assert_eq!(desk.number("SELECT count(*) FROM person WHERE key = 'anna'").await, 0);
    assert_eq!(desk.number("SELECT count(*) FROM person WHERE key = 'bert'").await, 1);
    // She is somebody new.
    desk.unseen.clear();
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(desk.plan.changes[0].kind, Kind::Join);
    desk.deliver().await;
    assert_eq!(desk.account("A").await, "due v1, confirmed v1");
}

#[tokio::test]
async fn whoever_is_found_again_is_not_forgotten() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.deliver().await;
    desk.lose("anna").await;
    desk.admit(&[]).await;
    desk.days(6).await;
    desk.unseen.clear();
    desk.admit(&[]).await;
    desk.days(6).await;
    assert_eq!(desk.number("SELECT count(*) FROM person WHERE unseen_since IS NULL").await, 1);
}

#[tokio::test]
async fn an_inactive_newcomer_who_was_sent_as_gone_is_not_sent_again() {
    let mut desk = Desk::new().await;
    desk.first_seen_inactive = FirstSeenInactive::Send;
    desk.admit(&[("anna", Inactive("A", 1))]).await;
    desk.deliver().await;
    desk.days(9).await;
    desk.admit(&[("anna", Inactive("A", 1))]).await;
    assert!(desk.plan.changes.is_empty() && desk.claim(500).await.is_none());
}

#[tokio::test]
async fn what_the_target_may_have_for_them_once_only_is_remembered_with_them() {
    let mut desk = Desk::with(&[("anna", "A+7")]).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.deliver().await;
    desk.lose("anna").await;
    desk.admit(&[]).await;
    desk.days(9).await;
    assert_eq!(desk.number("SELECT count(*) FROM holding WHERE confirmed = 1").await, 1);
    assert_eq!(desk.number("SELECT count(*) FROM person").await, 0);
    // So that she lets go of it when somebody else is to have it.
    desk.admit(&[("bert", Be("B+7", 1))]).await;
    let (batch, items) = desk.send().await;
    assert_eq!((items.len(), items[0].op, items[0].let_go.len()), (1, Op::Leave, 1));
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    desk.deliver().await;
    desk.days(9).await;
    assert_eq!(
        (desk.body("A").await.as_str(), desk.number("SELECT count(*) FROM holding").await),
        (r#"{"id":"","v":0}"#, 1)
    );
}

#[tokio::test]
async fn of_the_record_goes_what_is_older_and_the_last_run_stays() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    let done = |run| Tally { run, ..Tally::default() };
    desk.store.end_run(desk.feed, &done(desk.run), desk.now).await.unwrap();
    desk.expire().await;
    for _ in 0..3 {
        desk.next_run(2 * DAY).await;
        desk.admit(&[("anna", Be("A", 2))]).await;
        desk.deliver().await;
        desk.admit(&[("anna", Be("A", 1))]).await;
        desk.deliver().await;
        desk.store.end_run(desk.feed, &done(desk.run), desk.now).await.unwrap();
        desk.expire().await;
    }
    let counts = async |desk: &mut Desk| {
        let mut counts = [0; 3];
        for (count, table) in counts.iter_mut().zip(["event", "run", "batch"]) {
            let count_all = sqlx::AssertSqlSafe(format!("SELECT count(*) FROM {table}"));
            *count = sqlx::query_scalar::<_, i64>(count_all).fetch_one(&mut desk.store.connection).await.unwrap();
        }
        counts
    };
    assert_eq!(counts(&mut desk).await, [2 + 12, 4, 7]);
    desk.days(1).await;
    assert_eq!(counts(&mut desk).await, [12, 3, 6], "what is a week old");
    desk.days(20).await;
    assert_eq!(counts(&mut desk).await, [1, 1, 1], "their numbers");
    assert_eq!(desk.number("SELECT count(*) FROM event WHERE coalesce(person, account, detail) IS NOT NULL").await, 0);
    assert_eq!(desk.store.runs(None, 9).await.unwrap()[0].id, desk.run);
    assert!(desk.store.past("staff", None).await.unwrap().unwrap().succeeded.is_some());
    assert_eq!(desk.number("SELECT count(*) FROM milestone").await, 1);
}

#[tokio::test]
async fn the_last_run_that_did_not_fail_stays() {
    let mut desk = Desk::new().await;
    let succeeded = desk.run;
    desk.store.end_run(desk.feed, &Tally { run: succeeded, ..Tally::default() }, desk.now).await.unwrap();
    for _ in 0..2 {
        desk.next_run(DAY).await;
        let failed = Tally { run: desk.run, failed: Some("no route".to_owned()), ..Tally::default() };
        desk.store.end_run(desk.feed, &failed, desk.now).await.unwrap();
    }
    desk.days(20).await;
    let runs: Vec<_> = desk.store.runs(None, 9).await.unwrap().iter().map(|run| run.id).collect();
    assert_eq!(runs, [desk.run, succeeded]);
}

#[tokio::test]
async fn a_clock_that_is_ahead_for_a_while_takes_nothing() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.deliver().await;
    desk.lose("anna").await;
    desk.admit(&[]).await;
    let boot = Some(crate::roster::Fingerprint::of(b"boot"));
    let now = |wall: i64, running: u64| Now { wall: at(wall), monotonic: Duration::from_secs(running * 60), boot };
    desk.store.follow_clock(now(0, 100)).await.unwrap();
    desk.expire().await;
    let all = "SELECT (SELECT count(*) FROM event) * 100 + (SELECT count(*) FROM account WHERE emptied = 0)";
    let before = desk.number(all).await;
    for (wall, running) in [(1_000 * DAY, 101), (1_000 * DAY + 2, 103), (4, 104)] {
        desk.store.follow_clock(now(wall, running)).await.unwrap();
        desk.now = at(wall);
        desk.expire().await;
        assert_eq!(desk.number(all).await, before, "{wall}");
    }
    // It was four minutes that passed.
    desk.now = at(DAY - 1);
    desk.expire().await;
    assert_eq!(desk.number(all).await, before);
    desk.now = at(DAY);
    desk.expire().await;
    assert_eq!(desk.number(all).await, before - 1);
}

#[tokio::test]
async fn a_target_that_no_sync_points_to_is_forgotten_with_the_audit() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.store.repoint(desk.feed, "veris https://other.example acme").await.unwrap();
    desk.days(6).await;
    assert_eq!(desk.body("A").await, r#"{"id":"A","v":1}"#, "somebody may point it back");
    desk.days(1).await;
    assert_eq!(desk.number("SELECT count(*) FROM account").await, 0);
}

#[tokio::test]
async fn where_the_job_of_a_batch_stood_goes_with_the_values() {
    let mut desk = Desk::new().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    let (batch, _) = desk.send().await;
    let ticket = crate::destination::Ticket::from_stored(Some("somebody's".to_owned()));
    desk.store.note(batch.id, &ticket).await.unwrap();
    desk.days(2).await;
    assert_eq!(desk.number("SELECT count(ticket) FROM batch").await, 1, "it is asked about");
    desk.settle(&batch, Settlement::Confirmed(vec![])).await;
    desk.days(1).await;
    assert_eq!(desk.number("SELECT count(ticket) FROM batch").await, 0);
}
