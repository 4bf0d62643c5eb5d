//! Who is kept as they were, and why: held by the guard, not to be judged, refused by the target.

use jiff::Timestamp;
use sqlx::Row;

use crate::store::rows::{collect, millis, moment};
use crate::store::{Error, Store};

/// A held change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    /// Who.
    pub key: String,
    /// How.
    pub kind: String,
    /// The account.
    pub identity: String,
    /// Why.
    pub why: String,
    /// Since when.
    pub since: Timestamp,
    /// The plan it is part of.
    pub plan: String,
    /// Whether it was approved and waits for the next run.
    pub approved: bool,
}

/// Somebody kept, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OddRow {
    /// Who.
    pub key: String,
    /// What is recorded of them.
    pub verdict: String,
    /// In words.
    pub why: String,
}

impl Store {
    /// What is held for a sync, in the order of the keys.
    pub async fn held(&mut self, feed: i64, now: Timestamp) -> Result<Vec<HeldRow>, Error> {
        let rows = sqlx::query(
            "SELECT h.key, h.kind, h.identity, h.why, h.since, h.plan, EXISTS (SELECT 1 FROM approval g
               WHERE g.feed = h.feed AND g.key = h.key AND g.pair = h.pair AND g.until > ?2)
             FROM held h WHERE h.feed = ?1 ORDER BY h.key, h.pair",
        )
        .bind(feed)
        .bind(millis(now))
        .fetch(&mut self.connection);
        collect(rows, |row| {
            Ok(HeldRow {
                key: row.try_get(0)?,
                kind: row.try_get(1)?,
                identity: row.try_get(2)?,
                why: row.try_get(3)?,
                since: moment(row.try_get(4)?),
                plan: row.try_get(5)?,
                approved: row.try_get(6)?,
            })
        })
        .await
    }

    /// Who is kept for this verdict, or `refused` by the target, and why.
    pub async fn odd(&mut self, feed: i64, verdict: &str, limit: u32) -> Result<Vec<OddRow>, Error> {
        let rows = sqlx::query(
            "SELECT key, verdict, coalesce(why, '') FROM person INDEXED BY person_odd
             WHERE feed = ?1 AND verdict = ?2 AND verdict NOT IN ('active', 'left')
             UNION ALL
             SELECT p.key, 'refused', a.refusal FROM account a CROSS JOIN person p INDEXED BY person_account
             WHERE ?2 = 'refused' AND a.realm = (SELECT realm FROM feed WHERE id = ?1) AND a.refusal IS NOT NULL
               AND p.account = a.id AND p.feed = ?1
             ORDER BY 1 LIMIT ?3",
        )
        .bind(feed)
        .bind(verdict)
        .bind(limit)
        .fetch(&mut self.connection);
        collect(rows, |row| Ok(OddRow { key: row.try_get(0)?, verdict: row.try_get(1)?, why: row.try_get(2)? })).await
    }
}
