//! What a target said of a member that it refused, values and all.

use jiff::Timestamp;
use sqlx::{Row, Sqlite, Transaction};

use crate::destination::{Refusal, Said};
use crate::store::rows::millis;
use crate::store::{Error, Store};

pub(super) async fn keep(
    tx: &mut Transaction<'_, Sqlite>,
    account: i64,
    refusal: &Refusal,
    now: Timestamp,
) -> Result<(), Error> {
    let Some(said) = &refusal.said else { return Ok(()) };
    sqlx::query("INSERT OR REPLACE INTO said (account, at, line, given) VALUES (?, ?, ?, ?)")
        .bind(account)
        .bind(millis(now))
        .bind(&said.line)
        .bind(&said.given)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Whoever is confirmed is refused no more.
pub(super) async fn withdraw(tx: &mut Transaction<'_, Sqlite>, batch: i64) -> Result<(), Error> {
    sqlx::query("DELETE FROM said WHERE account IN (SELECT account FROM item WHERE batch = ?)")
        .bind(batch)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

impl Store {
    /// What a target said of a member since a moment.
    pub async fn said(&mut self, account: i64, since: Timestamp) -> Result<Option<Said>, Error> {
        let row = sqlx::query("SELECT line, given FROM said WHERE account = ? AND at > ?")
            .bind(account)
            .bind(millis(since))
            .fetch_optional(&mut self.connection)
            .await?;
        row.map(|row| Ok(Said { line: row.try_get("line")?, given: row.try_get("given")? })).transpose()
    }
}
