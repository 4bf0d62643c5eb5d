//! The target broke down over a batch.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::close::release;
use super::holding;
use super::refuse::quarantine;
use crate::delivery::batch::Batch;
use crate::destination::Refusal;
use crate::store::Error;

/// So often in a row, and whoever was in it each time is refused: something about them may be the reason.
const TRIES: i64 = 3;

pub(super) async fn failed(
    tx: &mut Transaction<'_, Sqlite>,
    batch: &Batch,
    refusal: &Refusal,
    run: i64,
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query("UPDATE account SET failed = failed + 1 WHERE batch = ?").bind(batch.id).execute(&mut **tx).await?;
    let refused: Vec<i64> = sqlx::query_scalar("SELECT id FROM account WHERE batch = ? AND failed >= ? ORDER BY id")
        .bind(batch.id)
        .bind(TRIES)
        .fetch_all(&mut **tx)
        .await?;
    let why = Refusal::new(format!("{}, {TRIES} times in a row", refusal.text));
    for account in refused {
        quarantine(tx, account, &why, batch, run, now).await?;
    }
    holding::lost(tx, batch.id).await?;
    release(tx, batch.id, "lost", refusal, now).await
}
