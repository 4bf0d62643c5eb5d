//! Where the directory stood: moves only with what it brought.

use serde_json::Value;
use sqlx::{Sqlite, Transaction};

use super::Admission;
use crate::engine::{Extent, Standpoint};
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

/// Keeps what was learnt of the directory as a whole.
pub(super) async fn reach(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    let count = |entries: u64| i64::try_from(entries).unwrap_or(i64::MAX);
    match admission.extent {
        Extent::Everybody { bases, keyless } => {
            sqlx::query(
                "UPDATE feed SET rules = ?, bases = ?, keyless = ?, full_at = ?, import_unseen = 0 WHERE id = ?",
            )
            .bind(&admission.rules.as_bytes()[..])
            .bind(Value::from(bases.clone()).to_string())
            .bind(count(*keyless))
            .bind(millis(admission.now))
            .bind(admission.feed)
            .execute(&mut **tx)
            .await?;
        }
        // They stay so although the next changes do not name them again.
        Extent::Touched { keyless } => {
            sqlx::query("UPDATE feed SET keyless = ?1 WHERE id = ?2 AND keyless < ?1")
                .bind(count(*keyless))
                .bind(admission.feed)
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
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
