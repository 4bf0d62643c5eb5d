//! What is held, approved and counted over time.

use super::Say::{Be, Leave, Protected};
use super::{Desk, at};
use crate::plan::Kind;
use crate::store::{Store, Who};

const WINDOW: jiff::SignedDuration = jiff::SignedDuration::from_hours(24);

async fn held(desk: &mut Desk) -> Vec<String> {
    let rows = desk.store.held(desk.feed, desk.now).await.unwrap();
    rows.iter()
        .map(|row| format!("{} {}{}", row.kind, row.identity, if row.approved { " approved" } else { "" }))
        .collect()
}

#[tokio::test]
async fn what_is_held_survives_until_it_is_untrue() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    desk.admit(&[("anna", Protected), ("berit", Protected)]).await;
    assert_eq!(held(&mut desk).await, ["leave A", "leave B"]);
    assert_eq!(desk.claim(500).await, None);
    let since = desk.store.held(desk.feed, desk.now).await.unwrap()[0].since;
    let first = desk.plan.id.clone();
    desk.next_run(15).await;
    desk.admit(&[("anna", Leave), ("berit", Be("B", 1))]).await;
    assert_eq!(held(&mut desk).await, ["leave A"], "held although nothing else would hold it now");
    let rows = desk.store.held(desk.feed, desk.now).await.unwrap();
    assert_eq!(rows[0].since, since);
    assert_ne!(desk.plan.id, first);
    desk.admit(&[("anna", Be("A", 1))]).await;
    assert_eq!(held(&mut desk).await, [""; 0]);
    desk.admit(&[("anna", Leave)]).await;
    assert_eq!(desk.ready().await, ["-A"], "and is judged afresh");
}

#[tokio::test]
async fn an_approval_is_good_for_its_pairs_once_for_three_days() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B"), ("cato", "C")]).await;
    let leaves = [("anna", Protected), ("berit", Protected), ("cato", Protected)];
    desk.admit(&leaves).await;
    let only = Who::Named(vec!["anna".to_owned(), "B".to_owned()]);
    assert_eq!(desk.store.approve(desk.feed, &only, "root", Some("because"), desk.now).await.unwrap(), 2);
    assert_eq!(held(&mut desk).await, ["leave A approved", "leave B approved", "leave C"]);
    desk.admit(&leaves).await;
    assert_eq!(desk.ready().await, ["-A", "-B"]);
    assert_eq!(held(&mut desk).await, ["leave C"]);
    assert_eq!(desk.number("SELECT count(*) FROM approval").await, 0, "used up");
    assert_eq!(desk.number("SELECT count(*) FROM event WHERE kind = 'approved'").await, 2);
    // What was approved counts against no window.
    let grounds = desk.store.grounds(desk.feed, desk.now, WINDOW).await.unwrap();
    assert_eq!(grounds.window.get(&Kind::Leave), None);
    // Not used for 72 hours, it is gone.
    desk.store.approve(desk.feed, &Who::All, "root", None, desk.now).await.unwrap();
    desk.next_run(72 * 60).await;
    desk.admit(&[("cato", Protected)]).await;
    assert_eq!(held(&mut desk).await, ["leave C"]);
    assert_eq!(desk.ready().await, ["-A", "-B"]);
}

#[tokio::test]
async fn an_approval_does_not_carry_over_to_the_next_leave() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.admit(&[("anna", Protected)]).await;
    desk.store.approve(desk.feed, &Who::All, "root", None, desk.now).await.unwrap();
    desk.admit(&[("anna", Protected)]).await;
    desk.deliver().await;
    desk.admit(&[("anna", Be("A", 1))]).await;
    desk.deliver().await;
    desk.admit(&[("anna", Protected)]).await;
    assert_eq!(held(&mut desk).await, ["leave A"]);
}

#[tokio::test]
async fn the_window_rolls() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    desk.next_run(60).await;
    desk.admit(&[("anna", Leave)]).await;
    desk.next_run(60).await;
    desk.admit(&[("berit", Be("X", 1)), ("anna", Be("A", 2))]).await;
    let spent = async |desk: &mut Desk, minute| {
        let window = desk.store.grounds(desk.feed, at(minute), WINDOW).await.unwrap().window;
        [Kind::Join, Kind::Leave, Kind::Identity, Kind::Return].map(|kind| window.get(&kind).copied().unwrap_or(0))
    };
    assert_eq!(spent(&mut desk, 120).await, [2, 1, 1, 1]);
    assert_eq!(spent(&mut desk, 24 * 60).await, [0, 1, 1, 1]);
    assert_eq!(spent(&mut desk, 25 * 60).await, [0, 0, 1, 1]);
    assert_eq!(spent(&mut desk, 26 * 60).await, [0, 0, 0, 0]);
}

#[tokio::test]
async fn only_confirmed_active_accounts_of_this_sync_count() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B"), ("cato", "C")]).await;
    desk.admit(&[("cato", Leave), ("dora", Be("D", 1))]).await;
    let active = desk.store.grounds(desk.feed, desk.now, WINDOW).await.unwrap().active;
    assert_eq!(active, 2, "Cato is on the way out, Dora not there yet");
    let other = desk.store.grounds(desk.feed + 1, desk.now, WINDOW).await.unwrap();
    assert_eq!((other.active, other.held.len()), (0, 0));
}

#[tokio::test]
async fn active_people_are_counted_as_they_come_and_go() {
    let mut store = Store::memory().await.unwrap();
    let script = "INSERT INTO realm (id, name) VALUES (1, 'r'); INSERT INTO feed (id, sync, realm) VALUES (1, 's', 1), (2, 't', 1);
         INSERT INTO person (id, feed, key, verdict, active) VALUES (1, 1, 'a', '', 1), (2, 1, 'b', '', 0), (3, 1, 'c', '', 1)";
    sqlx::raw_sql(script).execute(&mut store.connection).await.unwrap();
    for (change, expected) in [
        ("UPDATE person SET why = 'nothing'", [2, 0]),
        ("UPDATE person SET active = 1", [3, 0]),
        (
            "INSERT INTO person (feed, key, verdict, active) VALUES (1, 'a', '', 0)
            ON CONFLICT (feed, key, imported) DO UPDATE SET active = excluded.active",
            [2, 0],
        ),
        ("UPDATE person SET active = 0 WHERE id = 2", [1, 0]),
        ("UPDATE person SET active = 0 WHERE id = 2", [1, 0]),
        ("UPDATE person SET feed = 2", [0, 1]),
        ("DELETE FROM person WHERE active = 0", [0, 1]),
        ("DELETE FROM person", [0, 0]),
    ] {
        sqlx::raw_sql(change).execute(&mut store.connection).await.unwrap();
        let counted: Vec<i64> =
            sqlx::query_scalar("SELECT active FROM feed ORDER BY id").fetch_all(&mut store.connection).await.unwrap();
        assert_eq!(counted, expected, "{change}");
    }
}

#[tokio::test]
async fn joins_count_from_the_first_whole_delivery_on() {
    let mut desk = Desk::with(&[("anna", "A"), ("berit", "B")]).await;
    let tally = crate::engine::Tally { run: desk.run, ..Default::default() };
    desk.store.end_run(desk.feed, &tally, desk.now).await.unwrap();
    desk.admit(&[("cato", Be("C", 1))]).await;
    let window = desk.store.grounds(desk.feed, desk.now, WINDOW).await.unwrap().window;
    assert_eq!(window, [(Kind::Join, 1)].into());
}
