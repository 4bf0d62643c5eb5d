//! How far the record had come when. By that its age is told: moments of milestones follow a clock that is set, those of
//! what is recorded do not, and a clock that was ahead for an hour would have taken all of it away.

use sqlx::{Sqlite, Transaction};

use super::Cutoff;
use crate::store::Error;
use crate::store::rows::millis;

/// Sets one, when something came since the last, which is long enough ago.
pub(super) async fn set(tx: &mut Transaction<'_, Sqlite>, cutoff: Cutoff) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO milestone (at, event, run, batch)
         SELECT ?1, e, r, b FROM (SELECT coalesce((SELECT max(id) FROM event), 0) AS e,
           coalesce((SELECT max(id) FROM run), 0) AS r, coalesce((SELECT max(id) FROM batch), 0) AS b)
         WHERE NOT EXISTS (SELECT 1 FROM milestone WHERE at > ?2)
           AND NOT EXISTS (SELECT 1 FROM milestone WHERE event = e AND run = r AND batch = b)",
    )
    .bind(millis(cutoff.now))
    .bind(millis(cutoff.now - cutoff.apart))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Those are of no use any more that others are beyond.
pub(super) async fn clear(tx: &mut Transaction<'_, Sqlite>, cutoff: Cutoff) -> Result<(), Error> {
    sqlx::query("DELETE FROM milestone WHERE at < (SELECT max(at) FROM milestone WHERE at <= ?)")
        .bind(millis(cutoff.audit))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
