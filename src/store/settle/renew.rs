//! The token ran out under a batch.

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use super::close::restore;
use crate::delivery::batch::Batch;
use crate::destination::Ticket;
use crate::store::deliver::{PREPARED, UNKNOWN};
use crate::store::rows::millis;
use crate::store::{Error, Store, realm};

/// A job of one step begins anew. One of several is asked how far it has come, at once.
pub(super) async fn renew(tx: &mut Transaction<'_, Sqlite>, batch: &Batch, now: Timestamp) -> Result<(), Error> {
    let (state, wake) = if batch.ticket == Ticket::NONE {
        restore(tx, batch.id).await?;
        (PREPARED, None)
    } else {
        (UNKNOWN, Some(millis(now)))
    };
    sqlx::query("UPDATE batch SET state = ?, wake = ?, renewed = 1 WHERE id = ?")
        .bind(state)
        .bind(wake)
        .bind(batch.id)
        .execute(&mut **tx)
        .await?;
    let realm = realm::of_batch(tx, batch.id).await?;
    realm::drop_token(tx, realm).await
}

impl Store {
    /// A target's token is not accepted any more.
    pub async fn drop_token(&mut self, realm: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let realm = realm::named(&mut tx, realm).await?;
        realm::drop_token(&mut tx, realm).await?;
        Ok(tx.commit().await?)
    }
}
