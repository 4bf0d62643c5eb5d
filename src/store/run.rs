//! Runs: begun, ended, summed up.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Error, Store, millis};

/// What a run did: `rosterd sync --json` prints this, `runs` shows it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Name of the sync.
    pub sync: String,
    /// The run; 0 when it did not begin.
    pub run: i64,
    /// `ok`, `partial`, `pending`, `held` or `failed`.
    pub result: String,
    /// Why it failed, or what it waits for.
    pub error: Option<String>,
    /// The held plan's id.
    pub plan: Option<String>,
    /// What was read.
    pub read: Read,
    /// What was found.
    pub members: Members,
    /// What was sent.
    pub delivery: Delivery,
}

/// What was read.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Read {
    /// `full`.
    pub mode: String,
    /// Entries.
    pub entries: u64,
}

/// What was found and admitted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Members {
    /// New.
    pub joined: u64,
    /// With other fields.
    pub changed: u64,
    /// Gone or inactive; identity changes too.
    pub left: u64,
    /// Active again.
    pub returned: u64,
    /// As before.
    pub unchanged: u64,
    /// Kept because their fields break a rule or their identity is disputed; whether new or not.
    pub invalid: u64,
    /// Not this sync's business.
    pub skipped: u64,
}

/// What was sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delivery {
    /// Members confirmed.
    pub confirmed: u64,
    /// Members the target refused.
    pub refused: u64,
    /// Members still to be sent.
    pub pending: u64,
    /// Members held by the guard.
    pub held: u64,
    /// Requests made.
    pub requests: u64,
    /// Token requests made.
    pub token_requests: u64,
}

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

    /// Records how a run ended. A sync whose joins are all delivered counts as onboarded from then on.
    pub async fn end_run(&mut self, feed: i64, summary: &Summary, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE run SET ended = ?, result = ?, summary = ? WHERE id = ?")
            .bind(millis(now))
            .bind(&summary.result)
            .bind(serde_json::to_string(summary).map_err(|error| Error::Damaged(error.to_string()))?)
            .bind(summary.run)
            .execute(&mut *tx)
            .await?;
        sqlx::query(
            "UPDATE feed SET onboarded = 1 WHERE id = ?1 AND onboarded = 0 AND rules IS NOT NULL
               AND EXISTS (SELECT 1 FROM person p WHERE p.feed = ?1 AND p.active = 1)
               AND NOT EXISTS (SELECT 1 FROM person p JOIN account a ON a.id = p.account
                 WHERE p.feed = ?1 AND p.active = 1 AND a.pending IS NOT NULL AND a.refused IS NULL)",
        )
        .bind(feed)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// What is left over at the end of a run: accounts of this target pending, and refused ones claimed by this sync.
    pub async fn left_over(&mut self, feed: i64, realm: &str) -> Result<(u64, u64), Error> {
        let pending: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM account
             WHERE realm = (SELECT id FROM realm WHERE name = ?) AND pending IS NOT NULL AND refused IS NULL",
        )
        .bind(realm)
        .fetch_one(&mut self.connection)
        .await?;
        let refused: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM account a JOIN person p ON p.account = a.id
             WHERE a.refused IS NOT NULL AND p.feed = ? AND p.active = 1",
        )
        .bind(feed)
        .fetch_one(&mut self.connection)
        .await?;
        Ok((pending.unsigned_abs(), refused.unsigned_abs()))
    }

    /// Members quarantined by a run.
    pub async fn refused_in(&mut self, run: i64) -> Result<u64, Error> {
        let refused: i64 = sqlx::query_scalar(
            "SELECT count(DISTINCT e.account) FROM event e JOIN account a ON a.id = e.account
             WHERE e.run = ? AND (e.kind = 'quarantined' OR e.kind = 'refused')
               AND (a.refused IS NOT NULL OR a.refusal IS NOT NULL)",
        )
        .bind(run)
        .fetch_one(&mut self.connection)
        .await?;
        Ok(refused.unsigned_abs())
    }
}
