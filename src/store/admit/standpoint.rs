//! Where the directory stood: moves only with what it brought.

use sqlx::{Sqlite, Transaction};

use crate::engine::Standpoint;
use crate::store::rows::millis;
use crate::store::{Error, Store};

impl Store {
    /// Keeps that nothing changed until here.
    pub async fn advance(&mut self, feed: i64, standpoint: &Standpoint) -> Result<(), Error> {
        let mut tx = self.write().await?;
        stand(&mut tx, feed, standpoint).await?;
        Ok(tx.commit().await?)
    }
}

/// Keeps who answered, and where it stood.
pub(super) async fn stand(tx: &mut Transaction<'_, Sqlite>, feed: i64, standpoint: &Standpoint) -> Result<(), Error> {
    let Standpoint { server, since, marked } = standpoint;
    let marks = marked.as_ref().map(|marked| serde_json::to_string(&marked.marks)).transpose();
    sqlx::query("UPDATE feed SET server = ?, server_since = ?, marks = ?, marked_under = ? WHERE id = ?")
        .bind(server)
        .bind(since.map(millis))
        .bind(marks.map_err(|error| Error::Damaged(error.to_string()))?)
        .bind(marked.as_ref().map(|marked| &marked.under.as_bytes()[..]))
        .bind(feed)
        .execute(&mut **tx)
        .await?;
    Ok(())
}
