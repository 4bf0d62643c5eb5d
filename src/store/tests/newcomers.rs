//! Newcomers are admitted without being weighed, and all is as if they had been.

use sqlx::AssertSqlSafe;

use super::Say::{Be, Inactive, Invalid, Leave};
use super::{Desk, Say};
use crate::engine::Newcomers;

/// Who comes, beside everybody who is no newcomer.
const WAVE: &[(&str, Say)] = &[
    ("anna", Be("A", 1)),
    ("berit", Be("B!", 1)),
    // Those who are known, and whoever comes to an account that is there.
    ("old", Be("O", 2)),
    ("mover", Be("N", 1)),
    ("heir", Be("M", 1)),
    ("leaver", Leave),
    ("follower", Be("L", 1)),
    // Whoever wants the same as others.
    ("twin", Be("T", 1)),
    ("sibling", Be("T", 1)),
    ("rival", Be("R", 1)),
    ("rested", Inactive("R", 1)),
    ("lone", Be("U+7", 1)),
    ("same", Be("V+7", 1)),
    ("unknown", Invalid),
    ("away", Inactive("W", 1)),
];

async fn after_a_wave(newcomers: Newcomers) -> Desk {
    let mut desk = Desk::with(&[("old", "O"), ("mover", "M"), ("leaver", "L")]).await;
    desk.grounds.onboarded = false;
    desk.newcomers = newcomers;
    desk.admit(WAVE).await;
    desk
}

/// All that is stored, without the order in which it was, and the numbers that come of that.
async fn stored(desk: &mut Desk) -> Vec<String> {
    let who = "(SELECT identity FROM account WHERE id = account)";
    let of_accounts = "identity, gone, hex(fp), body, confirmed_gone, hex(confirmed_fp), (SELECT c.body FROM confirmed c WHERE c.account = account.id), certain, \
                       announce, pending, left_by IS NOT NULL, handed, leaving_since, once, (SELECT hex(fp) FROM rules WHERE id = made_under)";
    let of_people = format!("key, {who}, active, verdict, why, hex(seen), protected, feed, imported");
    let of_events = format!("kind, (SELECT key FROM person WHERE id = event.person), {who}, at, run, batch, detail");
    let mut all = Vec::new();
    for (columns, table) in [
        (of_accounts, "account"),
        (&of_people, "person"),
        (&of_events, "event"),
        ("at, feed, kind, n", "admission"),
        ("active, onboarded, hex(rules)", "feed"),
        ("value, due, confirmed", "holding"),
    ] {
        let rows = format!("SELECT '{table}: ' || json_array({columns}) FROM {table}");
        let rows: Vec<String> =
            sqlx::query_scalar(AssertSqlSafe(rows)).fetch_all(&mut desk.store.connection).await.unwrap();
        all.extend(rows);
    }
    all.sort();
    all
}

#[tokio::test]
async fn what_is_stored_is_the_same_whether_they_are_weighed_or_not() {
    let (mut weighed, mut apart) = (after_a_wave(Newcomers::Weighed).await, after_a_wave(Newcomers::Apart).await);
    assert_eq!((weighed.apart, apart.apart), (0, 2), "anna and berit");
    assert_eq!(stored(&mut weighed).await, stored(&mut apart).await);
    assert_eq!(apart.plan.rulings.len() + 2, WAVE.len());
    weighed.deliver().await;
    apart.deliver().await;
    assert_eq!(weighed.account("A").await, "due v1, confirmed v1");
    assert_eq!(apart.account("A").await, "due v1, confirmed v1");
}

#[tokio::test]
async fn none_is_while_the_guard_holds_or_was_granted_something() {
    let mut desk = Desk::new().await;
    desk.newcomers = Newcomers::Apart;
    for table in ["held", "approval"] {
        let pair = match table {
            "held" => "INSERT INTO held VALUES (1, 'k', 'join A', 'join', 'A', 'many', 0, 'p')",
            _ => "INSERT INTO approval VALUES (1, 'k', 'join A', 9, 0, 'root', NULL)",
        };
        sqlx::raw_sql(pair).execute(&mut desk.store.connection).await.unwrap();
        desk.question(WAVE).await;
        assert_eq!(desk.apart, 0, "{table}");
        let end = AssertSqlSafe(format!("DELETE FROM {table}"));
        sqlx::raw_sql(end).execute(&mut desk.store.connection).await.unwrap();
    }
    desk.question(WAVE).await;
    assert!(desk.apart > 2, "nobody is known");
}

#[tokio::test]
async fn whoever_was_staged_twice_is_who_was_staged_last() {
    for (last, apart) in [(Invalid, 1), (Be("C", 1), 2)] {
        let mut desk = Desk::new().await;
        desk.newcomers = Newcomers::Apart;
        let question = desk.question(&[("anna", Be("A", 1)), ("berit", Be("B", 1)), ("anna", last)]).await;
        assert_eq!((desk.apart, question.observed.len()), (apart, usize::try_from(2 - apart).unwrap()), "{last:?}");
        let left: Vec<String> = sqlx::query_scalar("SELECT identity FROM newcomer ORDER BY identity")
            .fetch_all(&mut desk.store.connection)
            .await
            .unwrap();
        assert_eq!(left.join(""), if apart == 1 { "B" } else { "BC" });
    }
}
