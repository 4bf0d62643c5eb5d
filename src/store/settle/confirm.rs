//! Accepted, as a whole or in part.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::OVERDUE_RETRY;
use super::close::{close, record, restore_one};
use super::refuse::quarantine;
use super::{holding, latency, said};
use crate::delivery::batch::Batch;
use crate::destination::{Refusal, Remote};
use crate::store::Error;
use crate::store::rows::millis;

/// What the target calls its members from now on.
pub(super) async fn rename(tx: &mut Transaction<'_, Sqlite>, remotes: &[(i64, Option<Remote>)]) -> Result<(), Error> {
    for (account, remote) in remotes {
        sqlx::query("UPDATE account SET remote = ? WHERE id = ?")
            .bind(remote.as_ref().map(Remote::as_str))
            .bind(account)
            .execute(&mut **tx)
            .await?;
    }
    Ok(())
}

pub(super) async fn confirm(
    tx: &mut Transaction<'_, Sqlite>,
    batch: &Batch,
    refused: &[(i64, Refusal)],
    run: i64,
    now: Timestamp,
) -> Result<(), Error> {
    for (account, refusal) in refused {
        restore_one(tx, batch.id, *account).await?;
        quarantine(tx, *account, refusal, batch, run, now).await?;
        let delete = "DELETE FROM item WHERE batch = ? AND account = ?";
        sqlx::query(delete).bind(batch.id).bind(account).execute(&mut **tx).await?;
    }
    holding::moved(tx, batch.id, now).await?;
    // An identity that somebody took over is theirs once their payload is there: whoever left it behind lost it then.
    sqlx::query(
        "UPDATE OR FAIL account SET certain = 1 - i.doubted, batch = NULL, not_before = NULL, refused = NULL, refusal = NULL,
           suspect = NULL, suspect_root = NULL, suspect_run = NULL, announce = 0, confirmed_gone = i.gone,
           failed = 0, parted = i.whole, maybe_gone = 0, maybe_body = CASE i.gone WHEN 1 THEN maybe_body END, once = CASE i.gone WHEN 1 THEN once END,
           left_by = CASE WHEN i.gone = 1 OR (handed = 1 AND i.fp = account.fp) THEN NULL ELSE left_by END,
           confirmed_fp = CASE i.gone WHEN 1 THEN account.confirmed_fp ELSE i.fp END
         FROM item i WHERE i.batch = ?1 AND account.id = i.account",
    )
    .bind(batch.id)
    .execute(&mut **tx)
    .await?;
    for statement in [
        "DELETE FROM confirmed WHERE account IN (SELECT account FROM item WHERE batch = ? AND gone = 0)",
        "INSERT INTO confirmed SELECT i.account, i.body FROM item i CROSS JOIN account a ON a.id = i.account
         WHERE i.batch = ? AND i.gone = 0 AND i.fp <> a.fp",
    ] {
        sqlx::query(statement).bind(batch.id).execute(&mut **tx).await?;
    }
    said::withdraw(tx, batch.id).await?;
    holding::confirmed(tx, batch.id).await?;
    // Who moved is there: what they left behind may leave, whatever becomes of them later.
    sqlx::query(
        "UPDATE account SET left_by = NULL WHERE left_by IN
           (SELECT p.id FROM item i CROSS JOIN account b ON b.id = i.account CROSS JOIN person p ON p.account = b.id
            WHERE i.batch = ? AND i.gone = 0 AND b.fp IN (i.fp, i.whole))",
    )
    .bind(batch.id)
    .execute(&mut **tx)
    .await?;
    let leaves: Vec<i64> = sqlx::query_scalar("SELECT account FROM item WHERE batch = ? AND gone = 1")
        .bind(batch.id)
        .fetch_all(&mut **tx)
        .await?;
    latency::left(tx, &leaves, now).await?;
    holding::wanted(tx, batch.id).await?;
    record(tx, batch.id, "confirmed", None, now).await?;
    // Somebody of the same original batch was accepted, so those refused alone were refused for themselves;
    // a leaver is tried again all the same, daily.
    sqlx::query(
        "UPDATE account SET refused = suspect, suspect = NULL, suspect_root = NULL, suspect_run = NULL
         WHERE suspect_root = ? AND suspect = fp AND gone = 0",
    )
    .bind(batch.root)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "UPDATE account SET not_before = ?, suspect = NULL, suspect_root = NULL, suspect_run = NULL
         WHERE suspect_root = ? AND gone = 1",
    )
    .bind(millis(now + OVERDUE_RETRY))
    .bind(batch.root)
    .execute(&mut **tx)
    .await?;
    close(tx, batch.id, "confirmed", None).await
}
