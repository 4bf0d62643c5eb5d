//! Refused: who is suspected, and who is believed to be the cause.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::OVERDUE_RETRY;
use super::close::{release, restore};
use super::said;
use crate::delivery::batch::Batch;
use crate::destination::Refusal;
use crate::store::Error;
use crate::store::rows::millis;

/// Refused alone. Believed when somebody of the same original batch was accepted, or when it happened in two runs.
pub(super) async fn refuse_single(
    tx: &mut Transaction<'_, Sqlite>,
    batch: &Batch,
    refusal: &Refusal,
    run: i64,
    now: Timestamp,
) -> Result<(), Error> {
    restore(tx, batch.id).await?;
    let account = only(tx, batch).await?;
    let believed: bool = sqlx::query_scalar(
        "SELECT EXISTS (SELECT 1 FROM batch WHERE root = ?1 AND outcome = 'confirmed')
             OR EXISTS (SELECT 1 FROM account WHERE id = ?2 AND suspect = fp AND suspect_run <> ?3)",
    )
    .bind(batch.root)
    .bind(account)
    .bind(run)
    .fetch_one(&mut **tx)
    .await?;
    if believed {
        quarantine(tx, account, refusal, batch, run, now).await?;
    } else {
        said::keep(tx, account, refusal, now).await?;
        sqlx::query(
            "UPDATE account SET suspect = coalesce(i.whole, i.fp), suspect_root = ?, suspect_run = ?, refusal = ?
                     FROM item i WHERE i.batch = ? AND account.id = i.account",
        )
        .bind(batch.root)
        .bind(run)
        .bind(&refusal.text)
        .bind(batch.id)
        .execute(&mut **tx)
        .await?;
    }
    release(tx, batch.id, "refused", refusal, now).await
}

/// Nothing more is to be done for the only member until somebody looked.
pub(super) async fn stuck(
    tx: &mut Transaction<'_, Sqlite>,
    batch: &Batch,
    refusal: &Refusal,
    run: i64,
    now: Timestamp,
) -> Result<(), Error> {
    restore(tx, batch.id).await?;
    let account = only(tx, batch).await?;
    // Whatever is due by now: that would be sent beside what nobody knows of.
    sqlx::query(
        "UPDATE account SET batch = NULL, suspect = NULL, suspect_root = NULL, suspect_run = NULL, failed = 0,
           refusal = ?1, refused = CASE gone WHEN 0 THEN fp END WHERE id = ?2",
    )
    .bind(&refusal.text)
    .bind(account)
    .execute(&mut **tx)
    .await?;
    record(tx, account, "quarantined", refusal, (batch, run), now).await?;
    release(tx, batch.id, "refused", refusal, now).await
}

async fn only(tx: &mut Transaction<'_, Sqlite>, batch: &Batch) -> Result<i64, Error> {
    Ok(sqlx::query_scalar("SELECT account FROM item WHERE batch = ?").bind(batch.id).fetch_one(&mut **tx).await?)
}

/// Somebody's payload is not tried again as it is; a leave is, daily. What is due by now instead of what was refused
/// waits for nothing.
pub(super) async fn quarantine(
    tx: &mut Transaction<'_, Sqlite>,
    account: i64,
    refusal: &Refusal,
    batch: &Batch,
    run: i64,
    now: Timestamp,
) -> Result<(), Error> {
    let still_due: Option<bool> = sqlx::query_scalar(
        "SELECT a.gone = i.gone AND (i.gone = 1 OR a.fp = i.fp OR a.fp IS i.whole) FROM item i JOIN account a ON a.id = i.account
         WHERE i.batch = ? AND i.account = ?",
    )
    .bind(batch.id)
    .bind(account)
    .fetch_optional(&mut **tx)
    .await?;
    let Some(still_due) = still_due else { return Ok(()) };
    said::keep(tx, account, refusal, now).await?;
    sqlx::query(
        "UPDATE account SET batch = NULL, suspect = NULL, suspect_root = NULL, suspect_run = NULL,
           refusal = CASE WHEN ?1 THEN ?2 END,
           refused = CASE WHEN ?1 AND gone = 0 THEN fp END, failed = 0,
           not_before = CASE WHEN ?1 AND gone = 1 THEN ?3 ELSE not_before END
         WHERE id = ?4",
    )
    .bind(still_due)
    .bind(&refusal.text)
    .bind(millis(now + OVERDUE_RETRY))
    .bind(account)
    .execute(&mut **tx)
    .await?;
    let kind = if still_due { "quarantined" } else { "refused" };
    record(tx, account, kind, refusal, (batch, run), now).await
}

/// What became of somebody, for their story.
async fn record(
    tx: &mut Transaction<'_, Sqlite>,
    account: i64,
    kind: &str,
    refusal: &Refusal,
    (batch, run): (&Batch, i64),
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query("INSERT INTO event (at, account, run, batch, kind, detail) VALUES (?, ?, ?, ?, ?, ?)")
        .bind(millis(now))
        .bind(account)
        .bind(run)
        .bind(batch.id)
        .bind(kind)
        .bind(&refusal.text)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
