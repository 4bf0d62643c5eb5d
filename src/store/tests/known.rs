//! Everybody a sync knows, as a reading is told of them.

use sqlx::AssertSqlSafe;

use super::{Desk, REALM, at};
use crate::directory::changes::Handle;
use crate::plan::{Awaited, Known, Met};
use crate::roster::{Fingerprint, Key};
use crate::store::Error;
use crate::store::rows::millis;

fn someone(id: i64, key: &str) -> Known {
    Known { id, key: Key::new(key), claims: false, active: false, protected: false, awaited: None }
}

/// A fingerprint of such bytes.
fn all(byte: u8) -> Option<Fingerprint> {
    Fingerprint::from_slice(&[byte; 16])
}

impl Desk {
    async fn put(&mut self, feed: i64, known: &Known, seen: Option<Fingerprint>) {
        let Known { id, key, claims, active, protected, awaited } = known;
        let awaited = awaited.as_ref();
        let account = "(SELECT min(id) FROM account)";
        sqlx::query(AssertSqlSafe(format!(
            "INSERT INTO person (id, feed, key, seen, account, active, protected, absent_since, recheck_at, verdict)
             VALUES (?, ?, ?, ?, CASE WHEN ? THEN {account} END, ?, ?, ?, ?, 'active')"
        )))
        .bind(id)
        .bind(feed)
        .bind(key.as_str())
        .bind(seen.map(|seen| seen.as_bytes().to_vec()))
        .bind(claims)
        .bind(active)
        .bind(protected)
        .bind(awaited.and_then(|awaited| awaited.absent_since).map(millis))
        .bind(awaited.and_then(|awaited| awaited.recheck_at).map(millis))
        .execute(&mut self.store.connection)
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn everybody_is_told_of_as_they_are_stored() {
    let mut desk = Desk::with(&[("else", "E")]).await;
    let others = desk.feed;
    desk.store.enrol("many", None, REALM).await.unwrap();
    let feed = desk.store.feed("many", None).await.unwrap().unwrap().0.id;
    assert!(desk.store.known(feed).await.unwrap().is_empty());
    let awaited = Awaited { absent_since: Some(at(1)), recheck_at: Some(at(2)) };
    let people = [
        (Known { claims: true, active: true, ..someone(2, "c4b40b7b-1be0-4f2b-a7c3-6d5f0e8a9b10") }, all(1)),
        (Known { claims: true, ..someone(3, "C4B40B7B-1BE0-4F2B-A7C3-6D5F0E8A9B10") }, None),
        (Known { protected: true, ..someone(4, "1,2 \"'") }, all(0xff)),
        (Known { awaited: Some(awaited.clone()), ..someone(1_025, "Ägir") }, None),
        (
            Known { awaited: Some(Awaited { absent_since: None, ..awaited }), ..someone(1_026, &"x".repeat(512)) },
            all(b','),
        ),
        (someone(70_000, "after a gap"), all(0x80)),
        (someone(5_000_000_000, "after a long one"), None),
    ];
    for (known, seen) in &people {
        desk.put(feed, known, *seen).await;
    }
    let mut told = desk.store.known(feed).await.unwrap();
    assert_eq!(told.len(), people.len());
    for (known, seen) in &people {
        assert_eq!((told.find(&known.key).as_ref(), told.is_doubted(&known.key)), (Some(known), Some(seen.is_none())));
        let met = seen.map(|seen| told.meet(&known.key, seen, at(0)));
        assert!(met.is_none_or(|met| met == Some(Met::AsItWas)), "{known:?}");
    }
    assert_eq!(told.active(), 1);
    assert_eq!(desk.store.known(others).await.unwrap().len(), 1, "each sync has its own");
}

#[tokio::test]
async fn a_store_in_which_people_run_together_is_not_believed() {
    for damage in [
        "seen = x'00'",
        "seen = zeroblob(32)",
        "key = printf('%.*c', 65537, 'x')",
        "id = 1 << 36",
        "id = 1 << 43",
        "id = 1 << 62",
    ] {
        let mut desk = Desk::with(&[("anna", "A"), ("bert", "B")]).await;
        let damaged = format!("PRAGMA foreign_keys = off; UPDATE person SET {damage} WHERE key = 'anna'");
        sqlx::raw_sql(AssertSqlSafe(damaged)).execute(&mut desk.store.connection).await.unwrap();
        assert!(matches!(desk.store.known(desk.feed).await, Err(Error::Damaged(_))), "{damage}");
    }
}

#[tokio::test]
async fn whoever_is_neither_present_nor_touched_is_looked_at() {
    let mut desk = Desk::with(&[("else", "E")]).await;
    desk.store.enrol("many", None, REALM).await.unwrap();
    let feed = desk.store.feed("many", None).await.unwrap().unwrap().0.id;
    let handle = |n: u128| Handle::new(n.to_be_bytes());
    // Those with odd numbers have a key of their own beside the handle.
    for n in 1..=2_000_u128 {
        let key = if n % 2 == 0 { handle(n).to_key() } else { Key::new(format!("{n:04}")) };
        let known = Known {
            active: n % 500 != 0,
            claims: n % 500 == 0,
            ..someone(10 + i64::try_from(n).unwrap(), key.as_str())
        };
        desk.put(feed, &known, all(1)).await;
    }
    let odd = "UPDATE person SET handle = unhex(printf('%032x', id - 10)) WHERE feed = ? AND length(key) = 4";
    sqlx::query(odd).bind(feed).execute(&mut desk.store.connection).await.unwrap();
    desk.put(feed, &Known { active: true, ..someone(3_000, "without any") }, all(1)).await;
    // 500 left before; 5,000 is somebody new.
    let gone = [1, 2, 700, 701, 1_024, 1_025, 1_999, 500, 2_000];
    let present: Vec<Handle> = (1..=2_000).filter(|n| !gone.contains(n)).chain([5_000]).map(handle).collect();
    let touched = [handle(701), handle(1_999)];
    let mut missing: Vec<Key> = [2, 700, 1_024].map(|n| handle(n).to_key()).to_vec();
    missing.extend(["0001", "1025", "without any"].map(Key::new));
    missing.sort_unstable();
    assert_eq!(desk.store.suspects(feed, &touched, Some(&present), at(0)).await.unwrap(), missing);
    assert_eq!(desk.store.suspects(feed, &touched, None, at(0)).await.unwrap(), []);
    let nobody = desk.store.suspects(feed, &[], Some(&[]), at(0)).await.unwrap();
    assert_eq!(nobody.len(), 1_997);
}
