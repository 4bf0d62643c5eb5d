//! What was removed leaves the file, too. SQLite overwrites what it deletes, but not what is left of rows that it moved
//! from page to page before; and what was written lately is in its log.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Sqlite, Transaction};

use super::Cutoff;
use crate::store::rows::millis;
use crate::store::{Error, PATIENCE, Store};

/// Events beyond twice as many as there were when the file was last written anew: rows that come in one order and are found
/// in another leave a sixth of their pages empty.
const MUCH: i64 = 10_000;

/// How often the log is tried to be emptied while somebody reads or writes.
const TRIES: u32 = 100;

/// Others go on in between.
const BETWEEN_TRIES: Duration = Duration::from_millis(50);

/// Notes that something was removed.
pub(in crate::store) async fn note(
    tx: &mut Transaction<'_, Sqlite>,
    removed: u64,
    now: Timestamp,
) -> Result<(), Error> {
    // The first time counts from when it is first asked.
    sqlx::query("INSERT INTO rebuilt (id, at, event) VALUES (1, ?, 0) ON CONFLICT DO NOTHING")
        .bind(millis(now))
        .execute(&mut **tx)
        .await?;
    if removed > 0 {
        sqlx::query("UPDATE rebuilt SET removed = 1").execute(&mut **tx).await?;
    }
    Ok(())
}

impl Store {
    /// Whether it is time to write the file anew: something was removed or changed since the last time, which is long
    /// enough ago; or an earlier look found much that was recorded since, as by everybody who joined first. Not the look that
    /// follows a delivery, so that nobody who waits for a first one waits for this, too.
    pub async fn wants_rebuilding(&mut self, cutoff: Cutoff) -> Result<bool, Error> {
        let wanted = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM rebuilt
               WHERE at <= ?1 AND (removed = 1 OR event <> coalesce((SELECT max(id) FROM event), 0))
                 OR (SELECT max(event) FROM milestone WHERE at < ?2) >= 2 * event + ?3)",
        );
        Ok(wanted
            .bind(millis(cutoff.now - cutoff.rest))
            .bind(millis(cutoff.now))
            .bind(MUCH)
            .fetch_one(&mut self.connection)
            .await?)
    }

    /// Writes the file anew, with nothing in it but what is there to be read. Nobody else can write meanwhile.
    pub async fn rebuild(&mut self, cutoff: Cutoff) -> Result<(), Error> {
        sqlx::raw_sql("VACUUM").execute(&mut self.connection).await?;
        sqlx::query(
            "INSERT INTO rebuilt (id, at, event) SELECT 1, ?, coalesce((SELECT max(id) FROM event), 0) WHERE true
             ON CONFLICT DO UPDATE SET at = excluded.at, event = excluded.event, removed = 0",
        )
        .bind(millis(cutoff.now))
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }

    /// Empties the log into the file, so that nothing older is in it. `false` when somebody was still reading from it: SQLite
    /// would wait for them, and keep everybody from writing meanwhile, for as long as a copy of the store takes.
    pub async fn empty_log(&mut self) -> Result<bool, Error> {
        for _ in 0..TRIES {
            if self.try_to_empty_log().await? {
                return Ok(true);
            }
            tokio::time::sleep(BETWEEN_TRIES).await;
        }
        Ok(false)
    }

    async fn try_to_empty_log(&mut self) -> Result<bool, Error> {
        sqlx::raw_sql("PRAGMA busy_timeout = 0").execute(&mut self.connection).await?;
        let busy = sqlx::query_scalar("PRAGMA wal_checkpoint(TRUNCATE)").fetch_one(&mut self.connection).await;
        let patience = format!("PRAGMA busy_timeout = {}", PATIENCE.as_millis());
        sqlx::raw_sql(AssertSqlSafe(patience)).execute(&mut self.connection).await?;
        Ok(busy.map(|busy: i64| busy == 0)?)
    }
}
