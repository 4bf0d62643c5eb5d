//! How batches end.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::deliver::{OVER, PREPARED, UNKNOWN};
use super::{Error, Store, millis};
use crate::delivery::batch::{Batch, Settlement};
use crate::destination::Refusal;

/// When a leave that was refused is tried again.
const OVERDUE_RETRY: SignedDuration = SignedDuration::from_hours(24);

/// When and how the target is to be waited for after something went wrong.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Nothing is sent before; `None`: go on.
    pub not_before: Option<Timestamp>,
    /// How long an unanswered request may still take effect.
    pub quiet: Duration,
}

impl Store {
    /// Records what became of a batch that was sent.
    pub async fn settle(
        &mut self,
        batch: &Batch,
        run: i64,
        settlement: &Settlement,
        pace: Pace,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut tx = self.write().await?;
        match settlement {
            Settlement::Confirmed => confirm(&mut tx, batch, &[], run, now).await?,
            Settlement::Partly(refused) => confirm(&mut tx, batch, refused, run, now).await?,
            Settlement::Renew(_) => {
                restore(&mut tx, batch.id).await?;
                let update = "UPDATE batch SET state = ?, renewed = 1 WHERE id = ?";
                sqlx::query(update).bind(PREPARED).bind(batch.id).execute(&mut *tx).await?;
                let update = "UPDATE realm SET token = NULL, token_at = NULL, token_until = NULL
                              WHERE id = (SELECT realm FROM batch WHERE id = ?)";
                sqlx::query(update).bind(batch.id).execute(&mut *tx).await?;
            }
            Settlement::NotApplied(_, refusal) => {
                restore(&mut tx, batch.id).await?;
                release(&mut tx, batch.id, "not applied", refusal, now).await?;
            }
            Settlement::Split(refusal) | Settlement::Shrink(refusal) => split(&mut tx, batch, refusal, now).await?,
            Settlement::Refused(refusal) => refuse_single(&mut tx, batch, refusal, run, now).await?,
            Settlement::Unknown(refusal) => {
                let update = "UPDATE batch SET state = ?, wake = ?, detail = ? WHERE id = ?";
                sqlx::query(update)
                    .bind(UNKNOWN)
                    .bind(millis(now + pace.quiet))
                    .bind(&refusal.text)
                    .bind(batch.id)
                    .execute(&mut *tx)
                    .await?;
            }
        }
        pace_realm(&mut tx, batch.id, settlement, pace).await?;
        Ok(tx.commit().await?)
    }

    /// The quiet period of an unanswered batch is over: its members go out again with their newest values.
    pub async fn lose(&mut self, batch: i64, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let refusal = Refusal { text: "no answer".to_owned() };
        release(&mut tx, batch, "lost", &refusal, now).await?;
        Ok(tx.commit().await?)
    }

    /// The target refuses everybody: nothing more is tried before a moment, nobody is suspected.
    pub async fn reject(&mut self, realm: &str, until: Timestamp, note: &str, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let prepared: Vec<i64> = sqlx::query_scalar(
            "SELECT id FROM batch WHERE state = 0 AND realm = (SELECT id FROM realm WHERE name = ?)",
        )
        .bind(realm)
        .fetch_all(&mut *tx)
        .await?;
        for batch in prepared {
            release(&mut tx, batch, "not sent", &Refusal { text: note.to_owned() }, now).await?;
        }
        // Nor do leaves that were among the refused wait a day for the target to come to its senses.
        sqlx::query(
            "UPDATE account SET suspect = NULL, suspect_root = NULL, suspect_run = NULL,
               not_before = CASE WHEN gone = 1 AND refusal IS NOT NULL THEN NULL ELSE not_before END
             WHERE (suspect IS NOT NULL OR refusal IS NOT NULL) AND realm = (SELECT id FROM realm WHERE name = ?)",
        )
        .bind(realm)
        .execute(&mut *tx)
        .await?;
        sqlx::query("UPDATE realm SET not_before = ?, note = ?, failures = failures + 1 WHERE name = ?")
            .bind(millis(until))
            .bind(note)
            .bind(realm)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// How many failures in a row a target has had.
    pub async fn failures(&mut self, realm: &str) -> Result<u32, Error> {
        let failures: i64 = sqlx::query_scalar("SELECT failures FROM realm WHERE name = ?")
            .bind(realm)
            .fetch_one(&mut self.connection)
            .await?;
        Ok(u32::try_from(failures).unwrap_or(u32::MAX))
    }
}

async fn confirm(
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
           after = CASE i.gone WHEN 1 THEN NULL ELSE account.after END,
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

/// Refused alone. Believed when somebody of the same original batch was accepted, or when it happened in two runs.
async fn refuse_single(
    tx: &mut Transaction<'_, Sqlite>,
    batch: &Batch,
    refusal: &Refusal,
    run: i64,
    now: Timestamp,
) -> Result<(), Error> {
    restore(tx, batch.id).await?;
    let account: i64 =
        sqlx::query_scalar("SELECT account FROM item WHERE batch = ?").bind(batch.id).fetch_one(&mut **tx).await?;
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
        sqlx::query(
            "UPDATE account SET suspect = i.fp, suspect_root = ?, suspect_run = ?, refusal = ?
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

/// Somebody's payload is not tried again as it is; a leave is, daily.
async fn quarantine(
    tx: &mut Transaction<'_, Sqlite>,
    account: i64,
    refusal: &Refusal,
    batch: &Batch,
    run: i64,
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE account SET batch = NULL, refusal = ?1, suspect = NULL, suspect_root = NULL, suspect_run = NULL,
           refused = CASE i.gone WHEN 1 THEN NULL ELSE i.fp END,
           not_before = CASE i.gone WHEN 1 THEN ?2 ELSE account.not_before END
         FROM item i WHERE i.batch = ?3 AND i.account = ?4 AND account.id = ?4",
    )
    .bind(&refusal.text)
    .bind(millis(now + OVERDUE_RETRY))
    .bind(batch.id)
    .bind(account)
    .execute(&mut **tx)
    .await?;
    sqlx::query("INSERT INTO event (at, account, run, batch, kind, detail) VALUES (?, ?, ?, ?, 'quarantined', ?)")
        .bind(millis(now))
        .bind(account)
        .bind(run)
        .bind(batch.id)
        .bind(&refusal.text)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn split(
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

/// Nothing was applied: what was certain before is so again.
async fn restore(tx: &mut Transaction<'_, Sqlite>, batch: i64) -> Result<(), Error> {
    sqlx::query("UPDATE account SET certain = i.was_certain FROM item i WHERE i.batch = ? AND account.id = i.account")
        .bind(batch)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

async fn restore_one(tx: &mut Transaction<'_, Sqlite>, batch: i64, account: i64) -> Result<(), Error> {
    sqlx::query(
        "UPDATE account SET certain = i.was_certain FROM item i
         WHERE i.batch = ?1 AND i.account = ?2 AND account.id = ?2",
    )
    .bind(batch)
    .bind(account)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Lets a batch's members go and closes it.
async fn release(
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

async fn record(
    tx: &mut Transaction<'_, Sqlite>,
    batch: i64,
    outcome: &str,
    detail: Option<&str>,
    now: Timestamp,
) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO event (at, account, run, batch, kind, detail)
         SELECT ?, i.account, b.run, b.id, ?, coalesce(?, CASE i.gone WHEN 1 THEN 'left' ELSE 'active' END)
         FROM item i JOIN batch b ON b.id = i.batch WHERE i.batch = ?",
    )
    .bind(millis(now))
    .bind(outcome)
    .bind(detail)
    .bind(batch)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn close(tx: &mut Transaction<'_, Sqlite>, batch: i64, outcome: &str, detail: Option<&str>) -> Result<(), Error> {
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

/// An acceptance ends a target's row of failures; what waits makes it longer.
async fn pace_realm(
    tx: &mut Transaction<'_, Sqlite>,
    batch: i64,
    settlement: &Settlement,
    pace: Pace,
) -> Result<(), Error> {
    let note = match settlement {
        Settlement::Confirmed | Settlement::Partly(_) => None,
        Settlement::NotApplied(_, refusal) | Settlement::Unknown(refusal) => Some(&refusal.text),
        Settlement::Renew(_) | Settlement::Split(_) | Settlement::Shrink(_) | Settlement::Refused(_) => return Ok(()),
    };
    let update = match note {
        None => {
            "UPDATE realm SET not_before = NULL, note = NULL, failures = 0
                 WHERE id = (SELECT realm FROM batch WHERE id = ?3)"
        }
        Some(_) => {
            "UPDATE realm SET not_before = ?1, note = ?2, failures = failures + 1
                    WHERE id = (SELECT realm FROM batch WHERE id = ?3)"
        }
    };
    sqlx::query(update).bind(pace.not_before.map(millis)).bind(note).bind(batch).execute(&mut **tx).await?;
    Ok(())
}
