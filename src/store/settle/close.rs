//! What ends a batch, whatever its answer.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::holding;
use crate::destination::Refusal;
use crate::store::Error;
use crate::store::deliver::OVER;
use crate::store::rows::millis;

/// Nothing was applied: what was certain before is so again.
pub(super) async fn restore(tx: &mut Transaction<'_, Sqlite>, batch: i64) -> Result<(), Error> {
    sqlx::query("UPDATE account SET certain = i.was_certain FROM item i WHERE i.batch = ? AND account.id = i.account")
        .bind(batch)
        .execute(&mut **tx)
        .await?;
    holding::withdrawn(tx, batch, None).await
}

pub(super) async fn restore_one(tx: &mut Transaction<'_, Sqlite>, batch: i64, account: i64) -> Result<(), Error> {
    sqlx::query(
        "UPDATE account SET certain = i.was_certain FROM item i
         WHERE i.batch = ?1 AND i.account = ?2 AND account.id = ?2",
    )
    .bind(batch)
    .bind(account)
    .execute(&mut **tx)
    .await?;
    holding::withdrawn(tx, batch, Some(account)).await
}

/// Lets a batch's members go and closes it.
pub(super) async fn release(
    tx: &mut Transaction<'_, Sqlite>,
    batch: i64,
    outcome: &str,
    refusal: &Refusal,
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query("UPDATE account SET batch = NULL WHERE batch = ?").bind(batch).execute(&mut **tx).await?;
    record(tx, batch, outcome, Some(&refusal.text), now).await?;
    close(tx, batch, outcome, Some(&refusal.text)).await
}

pub(super) async fn record(
    tx: &mut Transaction<'_, Sqlite>,
    batch: i64,
    outcome: &str,
    detail: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO event (at, account, run, batch, kind, detail)
         SELECT ?1, i.account, b.run, b.id, ?2, coalesce(?3, CASE WHEN i.gone = 1 THEN 'left' WHEN ?2 <> 'confirmed' THEN 'active' END)
         FROM item i JOIN batch b ON b.id = i.batch WHERE i.batch = ?4",
    )
    .bind(millis(now))
    .bind(outcome)
    .bind(detail)
    .bind(batch)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) async fn close(
    tx: &mut Transaction<'_, Sqlite>,
    batch: i64,
    outcome: &str,
    detail: Option<&str>,
) -> Result<(), Error> {
    sqlx::query("DELETE FROM item WHERE batch = ?").bind(batch).execute(&mut **tx).await?;
    sqlx::query("UPDATE batch SET state = ?, outcome = ?, detail = ?, wake = NULL WHERE id = ?")
        .bind(OVER)
        .bind(outcome)
        .bind(detail)
        .bind(batch)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
