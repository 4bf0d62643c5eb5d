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

/// Keeps who answered, and where it stood. What was kept under other rules or rights is worth nothing any more.
pub(super) async fn stand(tx: &mut Transaction<'_, Sqlite>, feed: i64, standpoint: &Standpoint) -> Result<(), Error> {
    let Standpoint { server, since, marked } = standpoint;
    sqlx::query("UPDATE feed SET server = ?, server_since = ? WHERE id = ?")
        .bind(server)
        .bind(since.map(millis))
        .bind(feed)
        .execute(&mut **tx)
        .await?;
    let Some(marked) = marked else { return Ok(()) };
    let under = &marked.under.as_bytes()[..];
    sqlx::query("DELETE FROM mark WHERE feed = ? AND under <> ?").bind(feed).bind(under).execute(&mut **tx).await?;
    sqlx::query(
        "INSERT INTO mark (feed, server, under, marks) VALUES (?, ?, ?, ?)
         ON CONFLICT (feed, server) DO UPDATE SET under = excluded.under, marks = excluded.marks",
    )
    .bind(feed)
    .bind(&marked.server)
    .bind(under)
    .bind(serde_json::to_string(&marked.marks).map_err(|error| Error::Damaged(error.to_string()))?)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
