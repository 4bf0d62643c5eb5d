//! Moments of the store follow a wall clock that was set.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::SignedDuration;
use sqlx::Row;

use super::Desk;
use crate::roster::{Fingerprint, Now};
use crate::store::rows::moment;

const HOUR: i64 = 3_600_000;

/// Every moment is 1000 to begin with.
const FILL: &str = "
    UPDATE realm SET token_at = 1000, token_until = 1000, not_before = 1000;
    INSERT INTO token_use (realm, at) VALUES (1, 1000);
    UPDATE feed SET server_since = 1000, paused_until = 1000;
    INSERT INTO admission (feed, at, kind, n) VALUES (1, 1000, 'join', 1);
    INSERT INTO person (feed, key, verdict, absent_since, recheck_at) VALUES (1, 'anna', 'active', 1000, 1000);
    INSERT INTO account (realm, identity, gone, fp, body, not_before, leaving_since) VALUES (1, 'A', 0, x'00', '{}', 1000, 1000);
    INSERT INTO latency (feed, at, ms) VALUES (1, 1000, 1000);
    INSERT INTO held (feed, key, pair, kind, identity, why, since, plan) VALUES (1, 'k', 'p', 'join', 'A', '', 1000, '');
    INSERT INTO approval (feed, key, pair, until, at, who) VALUES (1, 'anna', 'p', 1000, 1000, 'root');
    UPDATE run SET began = 1000, ended = 1000, wake = 1000;
    INSERT INTO batch (realm, state, size, at, wake) VALUES (1, 2, 1, 1000, 1000);
    INSERT INTO event (at, kind) VALUES (1000, 'join');
    INSERT INTO refusal (credential, at, note) VALUES (x'00', 1000, 'no');";

/// The wall clock at an hour, so many hours after a boot.
fn at(wall: i64, since_boot: u64, boot: Option<&str>) -> Now {
    let boot = boot.map(|boot| Fingerprint::of(boot.as_bytes()));
    Now { wall: moment(wall * HOUR), monotonic: Duration::from_hours(since_boot), boot }
}

impl Desk {
    /// By how many hours each column with a moment in it was moved, by name; those that stayed are left out.
    async fn moved(&mut self) -> BTreeMap<String, i64> {
        let columns = sqlx::query(
            "SELECT t.name, c.name FROM sqlite_master t, pragma_table_info(t.name) c
             WHERE t.type = 'table' AND c.type = 'INTEGER' AND t.name NOT LIKE '\\_%' ESCAPE '\\'",
        );
        let mut moved = BTreeMap::new();
        for column in columns.fetch_all(&mut self.store.connection).await.unwrap() {
            let (table, column): (String, String) = (column.get(0), column.get(1));
            let select = sqlx::AssertSqlSafe(format!("SELECT max({column}) FROM {table} WHERE {column} % 1000 = 0"));
            let value: Option<i64> = sqlx::query_scalar(select).fetch_one(&mut self.store.connection).await.unwrap();
            if let Some(value) = value.filter(|value| *value != 1000 && *value != 0 && table != "clock") {
                moved.insert(format!("{table}.{column}"), (value - 1000) / HOUR);
            }
        }
        moved
    }

    async fn filled() -> Self {
        let mut desk = Self::new().await;
        sqlx::raw_sql(FILL).execute(&mut desk.store.connection).await.unwrap();
        desk
    }
}

#[tokio::test]
async fn what_measures_elapsed_time_moves_and_nothing_else() {
    let mut desk = Desk::filled().await;
    desk.store.follow_clock(at(100, 5, Some("one"))).await.unwrap();
    assert_eq!(desk.moved().await, BTreeMap::new());
    desk.store.follow_clock(at(131, 6, Some("one"))).await.unwrap();
    let expected = [
        "account.leaving_since",
        "account.not_before",
        "admission.at",
        "approval.at",
        "approval.until",
        "batch.at",
        "batch.wake",
        "feed.paused_until",
        "feed.server_since",
        "latency.at",
        "person.absent_since",
        "realm.not_before",
        "realm.token_at",
        "realm.token_until",
        "refusal.at",
        "run.wake",
        "token_use.at",
    ];
    let moved = desk.moved().await;
    assert_eq!(moved.keys().collect::<Vec<_>>(), expected);
    assert!(moved.values().all(|hours| *hours == 30), "{moved:?}");
}

#[tokio::test]
async fn the_jump_is_what_the_wall_clock_went_beyond_the_time_since_boot() {
    let (one, other) = (Some("one"), Some("other"));
    for (case, looks, hours) in [
        ("time passes", vec![at(100, 5, one), at(124, 29, one)], 0),
        ("set forward", vec![at(100, 5, one), at(124, 5, one)], 24),
        ("set back", vec![at(100, 5, one), at(90, 6, one)], -11),
        ("there and back", vec![at(100, 5, one), at(124, 5, one), at(101, 6, one)], 0),
        ("twice", vec![at(100, 5, one), at(101, 5, one), at(102, 5, one)], 2),
        ("another boot", vec![at(100, 5, one), at(200, 1, other)], 0),
        ("set after another boot", vec![at(100, 5, one), at(200, 1, other), at(203, 1, other)], 3),
        ("nobody knows which boot", vec![at(100, 5, None), at(200, 5, None)], 0),
        ("and that may have been when it was set", vec![at(100, 5, one), at(200, 5, None), at(201, 5, one)], 0),
    ] {
        let mut desk = Desk::filled().await;
        for now in looks {
            desk.store.follow_clock(now).await.unwrap();
        }
        let moved = desk.moved().await.get("token_use.at").copied().unwrap_or_default();
        assert_eq!(moved, hours, "{case}");
    }
}

#[tokio::test]
async fn a_pause_without_an_end_stays_one_and_a_second_is_no_jump() {
    let mut desk = Desk::filled().await;
    desk.store.pause(desk.feed, Some(jiff::Timestamp::MAX)).await.unwrap();
    desk.store.follow_clock(at(100, 5, Some("one"))).await.unwrap();
    let mut drifted = at(100, 5, Some("one"));
    drifted.wall += SignedDuration::from_millis(999);
    desk.store.follow_clock(drifted).await.unwrap();
    assert_eq!(desk.moved().await.get("token_use.at"), None);
    desk.store.follow_clock(at(130, 5, Some("one"))).await.unwrap();
    let paused = desk.store.feed("staff", None).await.unwrap().unwrap().0.paused_until;
    assert_eq!(paused, Some(jiff::Timestamp::MAX));
}

#[tokio::test]
async fn everybody_is_judged_again_when_the_clock_may_have_been_set_back() {
    let first = at(100, 5, Some("one"));
    for (case, now, again) in [
        ("time passes", at(101, 6, Some("one")), false),
        ("set forward", at(102, 6, Some("one")), false),
        ("set back", at(100, 6, Some("one")), true),
        ("another boot", at(102, 1, Some("other")), true),
    ] {
        let mut desk = Desk::filled().await;
        desk.store.follow_clock(first).await.unwrap();
        sqlx::raw_sql("UPDATE person SET seen = x'00'").execute(&mut desk.store.connection).await.unwrap();
        desk.store.follow_clock(now).await.unwrap();
        let seen = desk.number("SELECT count(*) FROM person WHERE seen IS NOT NULL").await;
        assert_eq!(seen == 0, again, "{case}");
    }
}

#[tokio::test]
async fn after_another_boot_nothing_is_yet_to_come_for_longer_than_a_day() {
    let mut desk = Desk::filled().await;
    desk.store.follow_clock(at(100, 5, Some("one"))).await.unwrap();
    desk.store.follow_clock(at(1_000, 5, Some("one"))).await.unwrap();
    desk.store.follow_clock(at(200, 1, Some("other"))).await.unwrap();
    for (column, hours) in [
        ("max(coalesce(token_until, 0)) FROM realm", 0),
        ("max(not_before) FROM realm", 224),
        ("max(at) FROM token_use", 200),
        ("max(at) FROM admission", 200),
        ("max(server_since) FROM feed", 200),
        ("max(absent_since) FROM person", 200),
        ("max(not_before) FROM account", 224),
        ("max(leaving_since) FROM account", 200),
        ("max(at) FROM latency", 200),
        ("max(wake) FROM batch", 224),
        ("max(wake) FROM run", 224),
    ] {
        let select = sqlx::AssertSqlSafe(format!("SELECT {column}"));
        let value: i64 = sqlx::query_scalar(select).fetch_one(&mut desk.store.connection).await.unwrap();
        assert_eq!(value / HOUR, hours, "{column}");
    }
}
