//! What the target holds in place of what it confirmed: by that what is due there is weighed and admitted.

use sqlx::{Sqlite, Transaction};

use super::Admission;
use crate::store::Error;
use crate::store::rows::millis;
use crate::store::settle::latency;

pub(super) async fn make(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO event (at, account, run, kind, detail)
         SELECT ?1, account, ?2, 'drifted', CASE gone WHEN 1 THEN 'not at the target any more' ELSE 'another at the target than was confirmed' END
         FROM drift",
    )
    .bind(millis(admission.now))
    .bind(admission.run)
    .execute(&mut **tx)
    .await?;
    // Whoever is not there is as if they had left, and their people as if they were yet to come. What was refused was so of
    // whom is not there any more.
    sqlx::query(
        "UPDATE account SET gone = 1, confirmed_gone = 1, certain = 1, remote = NULL, announce = 0, once = NULL,
           maybe_gone = 0, maybe_body = NULL, left_by = NULL, refused = NULL, refusal = NULL, not_before = NULL, failed = 0,
           suspect = NULL, suspect_root = NULL, suspect_run = NULL
         WHERE id IN (SELECT account FROM drift WHERE gone = 1)",
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "UPDATE person SET active = 0, seen = NULL WHERE account IN (SELECT account FROM drift WHERE gone = 1)",
    )
    .execute(&mut **tx)
    .await?;
    let gone: Vec<i64> = sqlx::query_scalar("SELECT account FROM drift WHERE gone = 1").fetch_all(&mut **tx).await?;
    if !gone.is_empty() {
        latency::left(tx, &gone, admission.now).await?;
    }
    // What is due differs from what is there already: that stays due.
    for statement in [
        "DELETE FROM confirmed WHERE account IN (SELECT account FROM drift WHERE gone = 0)",
        "INSERT INTO confirmed SELECT a.id, d.body FROM drift d CROSS JOIN account a ON a.id = d.account
         WHERE d.gone = 0 AND a.fp IS NOT a.confirmed_fp AND a.fp IS NOT d.fp",
    ] {
        sqlx::query(statement).execute(&mut **tx).await?;
    }
    sqlx::query(
        "UPDATE account SET confirmed_fp = d.fp,
           fp = CASE WHEN account.fp IS account.confirmed_fp THEN d.fp ELSE account.fp END,
           body = CASE WHEN account.fp IS account.confirmed_fp THEN d.body ELSE account.body END
         FROM drift d WHERE d.account = account.id AND d.gone = 0",
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
