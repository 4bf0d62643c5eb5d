//! Whom the guard holds, each with why.

use jiff::Timestamp;
use sqlx::Row;

use super::HeldRow;
use crate::store::rows::{collect, millis, moment, moment_of};
use crate::store::{Error, Store};

/// Somebody who is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WaitingRow {
    /// What of them. Why: as it was decided of this person, which tells more than what all are held for.
    pub held: HeldRow,
    /// First absent at.
    pub absent_since: Option<Timestamp>,
}

impl Store {
    /// Whom the guard holds for a sync, in the order of the keys, and how many there are in all.
    pub async fn waiting(&mut self, feed: i64, limit: u32, now: Timestamp) -> Result<(Vec<WaitingRow>, u64), Error> {
        let rows = sqlx::query(
            "SELECT h.key, h.kind, h.identity, CASE p.verdict WHEN 'held' THEN coalesce(p.why, h.why) ELSE h.why END,
               h.since, h.plan, EXISTS (SELECT 1 FROM approval g
               WHERE g.feed = h.feed AND g.key = h.key AND g.pair = h.pair AND g.until > ?2), p.absent_since
             FROM held h LEFT JOIN person p ON p.id = (SELECT id FROM person INDEXED BY person_key
               WHERE feed = h.feed AND key = h.key ORDER BY imported LIMIT 1)
             WHERE h.feed = ?1 ORDER BY h.key, h.pair LIMIT ?3",
        )
        .bind(feed)
        .bind(millis(now))
        .bind(limit)
        .fetch(&mut self.connection);
        let rows = collect(rows, |row| {
            let held = HeldRow {
                key: row.try_get(0)?,
                kind: row.try_get(1)?,
                identity: row.try_get(2)?,
                why: row.try_get(3)?,
                since: moment(row.try_get(4)?),
                plan: row.try_get(5)?,
                approved: row.try_get(6)?,
            };
            Ok(WaitingRow { held, absent_since: moment_of(row.try_get(7)?) })
        })
        .await?;
        let all: i64 = sqlx::query_scalar("SELECT count(*) FROM held WHERE feed = ?")
            .bind(feed)
            .fetch_one(&mut self.connection)
            .await?;
        Ok((rows, all.unsigned_abs()))
    }
}
