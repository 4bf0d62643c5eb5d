//! Batches on their way: what there is to do, claimed, sent, recovered.

use std::time::Duration;

use jiff::Timestamp;

use super::rows::millis;
use super::{Error, Store};

/// Prepared: nothing has left yet.
pub(in crate::store) const PREPARED: i64 = 0;
/// Sent: the answer is out.
pub(in crate::store) const SENT: i64 = 1;
/// Unknown: it may have taken effect.
pub(in crate::store) const UNKNOWN: i64 = 2;
/// Accepted: the target is at work on it.
pub(in crate::store) const ACCEPTED: i64 = 3;
/// Over.
pub(in crate::store) const OVER: i64 = 9;

/// Which pending accounts may go out now. `?1` realm, `?2` now, `?3` run. Checked again here, whatever was planned: an
/// account with an active claim is not sent as leaving, and one left behind waits for the one who left it. Nor is one sent
/// with what the target may still have with another, unless that is the same member under the identity before; or without
/// what goes along only once and is not at hand.
macro_rules! ready {
    () => {
        "a.realm = ?1 AND a.pending IS NOT NULL AND a.batch IS NULL AND a.refused IS NULL
         AND coalesce(a.not_before, 0) <= ?2 AND a.suspect_run IS NOT ?3
         AND (a.gone = 0 OR NOT EXISTS (SELECT 1 FROM person p WHERE p.account = a.id AND p.active = 1))
         AND (a.gone = 0 OR NOT EXISTS (SELECT 1 FROM person p JOIN account b ON b.id = p.account
              WHERE p.id = a.left_by AND b.id <> a.id AND b.gone = 0 AND b.pending IS NOT NULL))
         AND (a.once IS NULL OR a.once = ?3 OR a.gone = 1)
         AND (a.gone = 1 OR NOT EXISTS (SELECT 1 FROM holding mine CROSS JOIN holding other
              ON other.realm = mine.realm AND other.value = mine.value AND other.account <> mine.account
              WHERE mine.account = a.id AND mine.due = 1 AND (other.batch > 0 OR mine.confirmed = 0
                AND (other.confirmed = 1 OR other.batch = 0) AND NOT EXISTS (SELECT 1 FROM account old
                  JOIN person p ON p.id = old.left_by WHERE old.id = other.account AND p.account = a.id))))"
    };
}

mod claim;
mod ticket;
mod work;

pub use claim::{Frozen, Portion};

impl Store {
    /// After a restart: what was prepared never left, what was sent may have arrived.
    pub async fn recover(&mut self, realm: &str, quiet: Duration, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.write().await?;
        for statement in [
            "UPDATE account SET batch = NULL WHERE batch IN (SELECT id FROM batch
               WHERE state = 0 AND realm = (SELECT id FROM realm WHERE name = ?))",
            "DELETE FROM item WHERE batch IN (SELECT id FROM batch
               WHERE state = 0 AND realm = (SELECT id FROM realm WHERE name = ?))",
            "DELETE FROM batch WHERE state = 0 AND realm = (SELECT id FROM realm WHERE name = ?)",
        ] {
            sqlx::query(statement).bind(realm).execute(&mut *tx).await?;
        }
        sqlx::query(
            "UPDATE batch SET state = 2, wake = ?1, detail = 'rosterd was restarted before the answer came'
             WHERE state = 1 AND realm = (SELECT id FROM realm WHERE name = ?2)",
        )
        .bind(millis(now + quiet))
        .bind(realm)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}
