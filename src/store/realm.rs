//! A target's row: put off after a failure, going on after an acceptance.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::rows::millis;
use super::{Error, Store};

impl Store {
    /// Makes sure that a target is known.
    pub async fn meet(&mut self, realm: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        meet(&mut tx, realm).await?;
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

/// Makes sure that a target is known.
pub(super) async fn meet(tx: &mut Transaction<'_, Sqlite>, name: &str) -> Result<(), Error> {
    sqlx::query("INSERT INTO realm (name) VALUES (?) ON CONFLICT DO NOTHING").bind(name).execute(&mut **tx).await?;
    Ok(())
}

/// A target by its name.
pub(super) async fn named(tx: &mut Transaction<'_, Sqlite>, name: &str) -> Result<i64, Error> {
    Ok(sqlx::query_scalar("SELECT id FROM realm WHERE name = ?").bind(name).fetch_one(&mut **tx).await?)
}

/// The target of a batch.
pub(super) async fn of_batch(tx: &mut Transaction<'_, Sqlite>, batch: i64) -> Result<i64, Error> {
    Ok(sqlx::query_scalar("SELECT realm FROM batch WHERE id = ?").bind(batch).fetch_one(&mut **tx).await?)
}

/// One failure more in a row: nothing is sent before a moment.
pub(super) async fn put_off(
    tx: &mut Transaction<'_, Sqlite>,
    realm: i64,
    until: Option<Timestamp>,
    note: &str,
) -> Result<(), Error> {
    sqlx::query("UPDATE realm SET not_before = ?, note = ?, failures = failures + 1 WHERE id = ?")
        .bind(until.map(millis))
        .bind(note)
        .bind(realm)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The token is not accepted any more.
pub(super) async fn drop_token(tx: &mut Transaction<'_, Sqlite>, realm: i64) -> Result<(), Error> {
    sqlx::query("UPDATE realm SET token = NULL, token_at = NULL, token_until = NULL WHERE id = ?")
        .bind(realm)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Something was accepted: the row of failures is over.
pub(super) async fn go_on(tx: &mut Transaction<'_, Sqlite>, realm: i64) -> Result<(), Error> {
    sqlx::query("UPDATE realm SET not_before = NULL, note = NULL, failures = 0 WHERE id = ?")
        .bind(realm)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
