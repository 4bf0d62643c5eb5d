//! What was removed leaves the file, and the file what it does not need.

use jiff::SignedDuration;

use super::retention::{HOURS, WEEK};
use super::{Desk, REALM};
use crate::store::{Cutoff, Store};

/// What a file says anywhere.
fn said(folder: &std::path::Path, what: &str) -> usize {
    let bytes = |name: &str| std::fs::read(folder.join(name)).unwrap_or_default();
    let count = |bytes: &[u8]| bytes.windows(what.len()).filter(|window| *window == what.as_bytes()).count();
    count(&bytes("state.db")) + count(&bytes("state.db-wal"))
}

#[tokio::test]
async fn what_goes_leaves_the_file() {
    let folder = tempfile::tempdir().unwrap();
    let mut desk = Desk::on(Store::open(folder.path()).await.unwrap()).await;
    // So many that rows are moved from page to page; those who stay have been moved, too.
    let filled = "INSERT INTO account (realm, identity, gone, fp, body, confirmed_gone, confirmed_fp)
         WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 6000)
         SELECT 1, 'who-' || (i * 7919 % 6007) || '-', i % 3 = 0, x'00', json_object('name', CASE WHEN i % 3 = 0 THEN 'planted-'
           ELSE 'staying-' END || i || substr('----------------------------------------', 1, i % 40)), i % 3 = 0, x'00' FROM n";
    sqlx::query(filled).execute(&mut desk.store.connection).await.unwrap();
    for round in 1..4 {
        let change = "UPDATE account SET body = json_object('name', substr(body, 10, length(body) - 11) || 'x') WHERE id % ? = 0";
        sqlx::query(change).bind(round).execute(&mut desk.store.connection).await.unwrap();
    }
    assert!(said(folder.path(), "planted-") >= 2_000);
    desk.days(2).await;
    let cutoff = Cutoff::at(desk.now, HOURS, WEEK);
    assert!(desk.store.wants_rebuilding(cutoff).await.unwrap());
    desk.store.rebuild(cutoff).await.unwrap();
    assert!(desk.store.empty_log().await.unwrap());
    assert_eq!(said(folder.path(), "planted-"), 0);
    assert!(said(folder.path(), "staying-") >= 4_000);
    assert!(!desk.store.wants_rebuilding(cutoff).await.unwrap(), "nothing was removed since");
    assert_eq!(desk.number("SELECT count(*) FROM account WHERE emptied = 1").await, 2_000);
}

#[tokio::test]
async fn the_file_is_written_anew_when_a_look_finds_that_much_was_recorded_by_an_earlier_one() {
    let mut desk = Desk::with(&[("anna", "A")]).await;
    desk.expire().await;
    for (events, wanted) in [(9_999, false), (10_000, true), (29_999, false), (30_000, true)] {
        let record = "INSERT INTO event (at, kind) WITH RECURSIVE n (i) AS (SELECT max(id) + 1 FROM event UNION ALL
             SELECT i + 1 FROM n WHERE i < ?) SELECT 0, 'join' FROM n";
        sqlx::query(record).bind(events).execute(&mut desk.store.connection).await.unwrap();
        for earlier in [false, true] {
            desk.now += SignedDuration::from_hours(2);
            desk.expire().await;
            let cutoff = Cutoff::at(desk.now, HOURS, WEEK);
            assert_eq!(desk.store.wants_rebuilding(cutoff).await.unwrap(), earlier && wanted, "{events}");
        }
        if wanted {
            desk.store.rebuild(Cutoff::at(desk.now, HOURS, WEEK)).await.unwrap();
        }
    }
}

#[tokio::test]
async fn somebody_who_reads_keeps_the_log_from_being_emptied_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut store = Store::open(folder.path()).await.unwrap();
    let [mut other, mut third] = [Store::open(folder.path()).await.unwrap(), Store::open(folder.path()).await.unwrap()];
    let mut reads = sqlx::Connection::begin(&mut other.connection).await.unwrap();
    sqlx::query("SELECT count(*) FROM realm").fetch_one(&mut *reads).await.unwrap();
    store.meet(REALM).await.unwrap();
    // Whoever writes does not wait for whoever empties the log, who waits for whoever reads.
    tokio::select! {
        emptied = store.empty_log() => panic!("{emptied:?}"),
        written = third.meet("veris another") => written.map(drop).unwrap(),
    }
    assert!(!store.empty_log().await.unwrap());
    reads.rollback().await.unwrap();
    assert!(store.empty_log().await.unwrap());
}
