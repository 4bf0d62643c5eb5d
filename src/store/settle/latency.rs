//! How long leaves took.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use sqlx::{Sqlite, Transaction};

use crate::store::Error;
use crate::store::rows::millis;

/// How long it is remembered how long a leave took.
pub const KEPT: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Of these accounts those are done leaving that the target is now known not to have as active. What one was held by the
/// guard, refused or unanswered is part of how long it took: whoever left had their access all that time.
///
/// An account that is due as active again has no leave to end, whatever was confirmed; nor has one that somebody doubts,
/// yet.
pub(in crate::store) async fn left(
    tx: &mut Transaction<'_, Sqlite>,
    accounts: &[i64],
    now: Timestamp,
) -> Result<(), Error> {
    let accounts = Value::from(accounts).to_string();
    let told = sqlx::query(
        "INSERT INTO latency (feed, at, ms)
         SELECT leaving_feed, ?1, max(?1 - leaving_since, 0) FROM account
         WHERE id IN (SELECT value FROM json_each(?2)) AND leaving_since IS NOT NULL AND confirmed_gone IS NOT 0 AND certain = 1",
    )
    .bind(millis(now))
    .bind(&accounts)
    .execute(&mut **tx)
    .await?;
    if told.rows_affected() == 0 {
        return Ok(());
    }
    sqlx::query(
        "UPDATE account SET leaving_since = NULL, leaving_feed = NULL
         WHERE id IN (SELECT value FROM json_each(?)) AND leaving_since IS NOT NULL AND confirmed_gone IS NOT 0 AND certain = 1",
    )
    .bind(&accounts)
    .execute(&mut **tx)
    .await?;
    sqlx::query("DELETE FROM latency WHERE feed IN (SELECT id FROM feed) AND at < ?")
        .bind(millis(now - KEPT))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
