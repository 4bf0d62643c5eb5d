//! Runs: begun, ended, summed up.

use jiff::Timestamp;

use super::rows::millis;
use super::{Error, Store};
use crate::engine::Tally;
use crate::report::Summary;

impl Store {
    /// Records that a run began.
    pub async fn begin_run(&mut self, feed: i64, now: Timestamp) -> Result<i64, Error> {
        let mut tx = self.write().await?;
        let run = sqlx::query_scalar("INSERT INTO run (feed, began) VALUES (?, ?) RETURNING id")
            .bind(feed)
            .bind(millis(now))
            .fetch_one(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(run)
    }

    /// Records how a run ended, or what came of going on with it. A sync whose joins are all delivered counts as onboarded from then on, and the guard
    /// counts joins from then on: those of the first delivery would use up its window, and hold every newcomer for a day.
    pub async fn end_run(&mut self, feed: i64, tally: &Tally, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let result = Summary::of("", tally).result;
        if tally.is_idle() {
            sqlx::query("DELETE FROM run WHERE feed = ? AND idle = 1 AND id < ? AND result = ?")
                .bind(feed)
                .bind(tally.run)
                .bind(&result)
                .execute(&mut *tx)
                .await?;
        }
        sqlx::query("UPDATE run SET ended = ?, wake = ?, result = ?, idle = ?, tally = ? WHERE id = ?")
            .bind(millis(now))
            .bind(tally.wake.map(millis))
            .bind(result)
            .bind(tally.is_idle())
            .bind(serde_json::to_string(tally).map_err(|error| Error::Damaged(error.to_string()))?)
            .bind(tally.run)
            .execute(&mut *tx)
            .await?;
        let onboarded = sqlx::query(
            "UPDATE feed SET onboarded = 1 WHERE id = ?1 AND onboarded = 0 AND rules IS NOT NULL
               AND active > 0
               AND NOT EXISTS (SELECT 1 FROM account a CROSS JOIN person p INDEXED BY person_account ON p.account = a.id
                 WHERE a.realm = feed.realm AND a.pending IS NOT NULL AND a.refused IS NULL AND p.feed = ?1 AND p.active = 1)",
        )
        .bind(feed)
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if onboarded > 0 {
            sqlx::query("DELETE FROM admission WHERE feed = ? AND kind = 'join'").bind(feed).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Accounts of a target that are still to be sent.
    pub async fn left_over(&mut self, realm: &str) -> Result<u64, Error> {
        let pending: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM account
             WHERE realm = (SELECT id FROM realm WHERE name = ?) AND pending IS NOT NULL AND refused IS NULL",
        )
        .bind(realm)
        .fetch_one(&mut self.connection)
        .await?;
        Ok(pending.unsigned_abs())
    }

    /// Members quarantined by a run.
    pub async fn refused_in(&mut self, run: i64) -> Result<u64, Error> {
        let refused: i64 = sqlx::query_scalar(
            "SELECT count(DISTINCT e.account) FROM event e JOIN account a ON a.id = e.account
             WHERE e.run = ? AND e.kind IN ('quarantined', 'refused')
               AND (a.refused IS NOT NULL OR a.refusal IS NOT NULL)",
        )
        .bind(run)
        .fetch_one(&mut self.connection)
        .await?;
        Ok(refused.unsigned_abs())
    }
}
