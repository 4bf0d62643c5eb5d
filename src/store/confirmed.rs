//! What the target confirmed last: an account's own body, or one kept apart for as long as something else is due.

use serde_json::Value;
use sqlx::{Sqlite, Transaction};

use super::Error;

/// What the target confirmed of an account.
macro_rules! confirmed {
    ($account:literal) => {
        concat!("coalesce((SELECT c.body FROM confirmed c WHERE c.account = ", $account, ".id), ", $account, ".body)")
    };
}
pub(super) use confirmed;

/// Nothing is kept apart any more of these accounts.
pub(super) async fn clear(tx: &mut Transaction<'_, Sqlite>, accounts: &[i64]) -> Result<(), Error> {
    sqlx::query("DELETE FROM confirmed WHERE account IN (SELECT value FROM json_each(?))")
        .bind(Value::from(accounts).to_string())
        .execute(&mut **tx)
        .await?;
    Ok(())
}
