//! Refused as a whole: the halves are tried.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::close::close;
use crate::delivery::batch::Batch;
use crate::destination::Refusal;
use crate::store::Error;
use crate::store::deliver::PREPARED;
use crate::store::rows::millis;

pub(super) async fn split(
    tx: &mut Transaction<'_, Sqlite>,
    batch: &Batch,
    refusal: &Refusal,
    now: Timestamp,
) -> Result<(), Error> {
    // The halves stay uncertain until they are answered themselves: a target may have applied part of the whole.
    let half = batch.size.div_ceil(2);
    for size in [half, batch.size - half] {
        let child: i64 = sqlx::query_scalar(
            "INSERT INTO batch (realm, run, root, state, size, at, renewed)
             SELECT realm, run, root, ?, ?, ?, renewed FROM batch WHERE id = ? RETURNING id",
        )
        .bind(PREPARED)
        .bind(size.cast_signed())
        .bind(millis(now))
        .bind(batch.id)
        .fetch_one(&mut **tx)
        .await?;
        sqlx::query(
            "UPDATE item SET batch = ?1 WHERE batch = ?2 AND account IN
               (SELECT account FROM item WHERE batch = ?2 ORDER BY account LIMIT ?3)",
        )
        .bind(child)
        .bind(batch.id)
        .bind(size.cast_signed())
        .execute(&mut **tx)
        .await?;
        sqlx::query("UPDATE account SET batch = ?1 WHERE id IN (SELECT account FROM item WHERE batch = ?1)")
            .bind(child)
            .execute(&mut **tx)
            .await?;
    }
    close(tx, batch.id, "split", Some(&refusal.text)).await
}
