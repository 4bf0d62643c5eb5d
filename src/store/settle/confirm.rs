//! Accepted, as a whole or in part.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::OVERDUE_RETRY;
use super::close::{close, record, restore_one};
use super::refuse::quarantine;
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
    sqlx::query(
        "UPDATE account SET certain = 1, batch = NULL, not_before = NULL, refused = NULL, refusal = NULL,
           suspect = NULL, suspect_root = NULL, suspect_run = NULL, announce = 0, confirmed_gone = i.gone,
           after = CASE WHEN i.gone = 1 OR (account.handed = 1 AND i.fp = account.fp) THEN NULL ELSE account.after END,
           confirmed_fp = CASE i.gone WHEN 1 THEN account.confirmed_fp ELSE i.fp END,
           confirmed_body = CASE WHEN i.gone = 1 THEN account.confirmed_body WHEN i.fp = account.fp THEN NULL ELSE i.body END
         FROM item i WHERE i.batch = ?1 AND account.id = i.account",
    )
    .bind(batch.id)
    .execute(&mut **tx)
    .await?;
    // The identity that replaces another is there: the other one may leave, whatever becomes of this one later.
    sqlx::query(
        "UPDATE account SET after = NULL WHERE after IN
           (SELECT b.id FROM item i JOIN account b ON b.id = i.account WHERE i.batch = ? AND i.gone = 0 AND i.fp = b.fp)",
    )
    .bind(batch.id)
    .execute(&mut **tx)
    .await?;
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
