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

/// Which pending accounts may go out now, as far as they themselves are concerned. `?1` realm, `?2` now, `?3` run. Nobody
/// joins without what goes along only once and is not at hand.
macro_rules! due {
    () => {
        "a.realm = ?1 AND a.pending IS NOT NULL AND a.batch IS NULL AND a.refused IS NULL
         AND coalesce(a.not_before, 0) <= ?2 AND a.suspect_run IS NOT ?3 AND (a.once IS NULL OR a.once = ?3 OR a.gone = 1)"
    };
}

/// Of those, whoever has to wait for others. What the target may still have with another member is not sent, unless that is
/// the same member under the identity before: who moves and takes it along. And then whoever gets that identity waits for
/// them to have moved.
macro_rules! barred {
    () => {
        "(a.gone = 0 AND EXISTS (SELECT 1 FROM holding mine CROSS JOIN holding other
              ON other.realm = mine.realm AND other.value = mine.value AND other.account <> mine.account
              WHERE mine.account = a.id AND mine.due = 1 AND (other.batch > 0 OR mine.confirmed = 0
                AND (other.confirmed = 1 OR other.batch = 0) AND NOT (a.confirmed_gone IS NULL AND EXISTS (
                  SELECT 1 FROM account old JOIN person p ON p.id = old.left_by
                  WHERE old.id = other.account AND p.account = a.id))))
          OR a.gone = 0 AND a.left_by IS NOT NULL AND EXISTS (SELECT 1 FROM person p CROSS JOIN account b ON b.id = p.account
              CROSS JOIN holding mine ON mine.account = a.id CROSS JOIN holding theirs
              ON theirs.realm = mine.realm AND theirs.value = mine.value AND theirs.account = b.id
              WHERE p.id = a.left_by AND b.id <> a.id AND b.gone = 0 AND b.pending IS NOT NULL AND b.refused IS NULL
                AND b.confirmed_gone IS NULL AND theirs.due = 1 AND (mine.confirmed = 1 OR mine.batch = 0)))"
    };
}

/// Which pending accounts may go out now. Checked again here, whatever was planned: an account with an active claim is not
/// sent as leaving, and one left behind waits for the one who left it.
macro_rules! ready {
    () => {
        concat!(
            due!(),
            " AND NOT ",
            barred!(),
            " AND (a.gone = 0 OR NOT EXISTS (SELECT 1 FROM person p WHERE p.account = a.id AND p.active = 1))
             AND (a.gone = 0 OR NOT EXISTS (SELECT 1 FROM person p JOIN account b ON b.id = p.account
                  WHERE p.id = a.left_by AND b.id <> a.id AND b.gone = 0 AND b.pending IS NOT NULL))"
        )
    };
}

/// Who waits for others, who may wait for them in turn: when nothing else is left to do, they go out without what is in the
/// way, once for all that is due.
macro_rules! stuck {
    () => {
        concat!(
            due!(),
            " AND a.gone = 0 AND a.parted IS NOT a.fp AND ",
            barred!(),
            " AND NOT EXISTS (SELECT 1 FROM batch WHERE realm = ?1 AND state IN (0, 1, 2, 3) AND size > 0)"
        )
    };
}

mod claim;
mod part;
mod ticket;
mod work;

pub use claim::{Frozen, Portion};
#[cfg(test)]
pub(in crate::store) use claim::{READY, prepare};
pub(in crate::store) use claim::{held, payload};

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
