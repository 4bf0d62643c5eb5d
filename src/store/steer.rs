//! What an administrator does to the store: approve, retry, resend, pause.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sqlx::{Sqlite, Transaction};

use super::rows::millis;
use super::{Error, Store, realm};
use crate::plan::guard::Pair;

/// How long an approval is good for.
const APPROVAL: SignedDuration = SignedDuration::from_hours(72);

/// Whom a command means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Who {
    /// By directory key or identity.
    Named(Vec<String>),
    /// Everybody of the sync.
    All,
    /// Everybody of the sync who left.
    Left,
}

impl Who {
    fn names(&self) -> Option<String> {
        match self {
            Self::Named(names) => Some(Value::from(names.clone()).to_string()),
            Self::All | Self::Left => None,
        }
    }
}

impl Store {
    /// Grants a sync's held changes, or only those of the people named. Returns how many.
    pub async fn approve(
        &mut self,
        feed: i64,
        only: &Who,
        by: &str,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM approval WHERE until <= ?").bind(millis(now)).execute(&mut *tx).await?;
        let pairs: Vec<(String, String)> = sqlx::query_as(
            "SELECT key, pair FROM held
             WHERE feed = ?1 AND (?2 IS NULL OR key IN (SELECT value FROM json_each(?2))
               OR identity IN (SELECT value FROM json_each(?2)))",
        )
        .bind(feed)
        .bind(only.names())
        .fetch_all(&mut *tx)
        .await?;
        let pairs = pairs.iter().map(|(key, pair)| (key.as_str(), pair.as_str()));
        let granted = grant(&mut tx, feed, pairs, by, reason, now).await?;
        tx.commit().await?;
        Ok(granted)
    }

    /// Grants changes that a plan would hold, before a run has held them. Returns how many.
    pub async fn grant(
        &mut self,
        feed: i64,
        pairs: &[Pair],
        by: &str,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let mut tx = self.write().await?;
        let pairs = pairs.iter().map(|(key, pair)| (key.as_str(), pair.as_str()));
        let granted = grant(&mut tx, feed, pairs, by, reason, now).await?;
        tx.commit().await?;
        Ok(granted)
    }

    /// Lets quarantined members be tried again, and refused leaves at once. Returns how many.
    pub async fn retry(&mut self, feed: i64, who: &Who) -> Result<u64, Error> {
        let mut tx = self.write().await?;
        let freed = sqlx::query(
            "UPDATE account SET refused = NULL, refusal = NULL, not_before = NULL
             WHERE (refused IS NOT NULL OR not_before IS NOT NULL)
               AND id IN (SELECT account FROM person WHERE feed = ?1 AND account IS NOT NULL)
               AND (?2 IS NULL OR identity IN (SELECT value FROM json_each(?2))
                 OR id IN (SELECT account FROM person WHERE feed = ?1 AND key IN (SELECT value FROM json_each(?2))))",
        )
        .bind(feed)
        .bind(who.names())
        .execute(&mut *tx)
        .await?
        .rows_affected();
        tx.commit().await?;
        Ok(freed)
    }

    /// Forgets what was confirmed, so that it is sent again. The accounts still count as known to the target. Returns
    /// how many.
    pub async fn resend(&mut self, feed: i64, who: &Who) -> Result<u64, Error> {
        let mut tx = self.write().await?;
        let forgotten = sqlx::query(
            "UPDATE account SET certain = 0, refused = NULL, refusal = NULL, not_before = NULL
             WHERE batch IS NULL AND emptied = 0 AND (confirmed_gone IS NOT NULL OR certain = 0 OR gone = 0) AND (gone = 1 OR fp <> x'')
               AND id IN (SELECT account FROM person WHERE feed = ?1 AND account IS NOT NULL)
               AND (?3 = 0 OR gone = 1)
               AND (?2 IS NULL OR identity IN (SELECT value FROM json_each(?2))
                 OR id IN (SELECT account FROM person WHERE feed = ?1 AND key IN (SELECT value FROM json_each(?2))))",
        )
        .bind(feed)
        .bind(who.names())
        .bind(i64::from(*who == Who::Left))
        .execute(&mut *tx)
        .await?
        .rows_affected();
        tx.commit().await?;
        Ok(forgotten)
    }

    /// Moves a sync to the target the config names now: nothing there is known to be confirmed.
    pub async fn repoint(&mut self, feed: i64, realm: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        realm::meet(&mut tx, realm).await?;
        sqlx::query(
            "UPDATE feed SET realm = (SELECT id FROM realm WHERE name = ?), onboarded = 0, full_at = NULL, marks = NULL, marked_under = NULL WHERE id = ?",
        )
        .bind(realm)
        .bind(feed)
        .execute(&mut *tx)
        .await?;
        // What was held or approved was so for the target before.
        for statement in [
            "DELETE FROM person WHERE feed = ?",
            "DELETE FROM held WHERE feed = ?",
            "DELETE FROM approval WHERE feed = ?",
        ] {
            sqlx::query(statement).bind(feed).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Nothing of a sync runs until then; `None` lets it run again.
    pub async fn pause(&mut self, feed: i64, until: Option<Timestamp>) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE feed SET paused_until = ? WHERE id = ?")
            .bind(until.map(millis))
            .bind(feed)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }
}

/// Grants these, and records it.
async fn grant(
    tx: &mut Transaction<'_, Sqlite>,
    feed: i64,
    pairs: impl Iterator<Item = (&str, &str)>,
    by: &str,
    reason: Option<&str>,
    now: Timestamp,
) -> Result<u64, Error> {
    let granted = sqlx::query(
        "INSERT INTO approval (feed, key, pair, until, at, who, reason)
         SELECT ?1, value->>0, value->>1, ?2, ?3, ?4, ?5 FROM json_each(?6) WHERE true
         ON CONFLICT (feed, key, pair) DO UPDATE SET until = excluded.until, at = excluded.at, who = excluded.who,
           reason = excluded.reason",
    )
    .bind(feed)
    .bind(millis(now + APPROVAL))
    .bind(millis(now))
    .bind(by)
    .bind(reason)
    .bind(pairs.map(|(key, pair)| json!([key, pair])).collect::<Value>().to_string())
    .execute(&mut **tx)
    .await?
    .rows_affected();
    sqlx::query(
        "INSERT INTO event (at, person, kind, detail)
         SELECT at, (SELECT id FROM person p WHERE p.feed = a.feed AND p.key = a.key ORDER BY imported LIMIT 1), 'approved', 'by ' || who || coalesce(': ' || reason, '') FROM approval a
         WHERE feed = ? AND at = ?",
    )
    .bind(feed)
    .bind(millis(now))
    .execute(&mut **tx)
    .await?;
    Ok(granted)
}
