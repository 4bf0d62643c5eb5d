//! Batches of which nothing more will be learnt, and what was in them.

use jiff::{SignedDuration, Timestamp};

use crate::destination::Refusal;
use crate::store::settle::{holding, release};
use crate::store::{Error, Store};

/// A target that works on what it took forgets it after a day (seed 002), and an hour later nobody asks any more. No other
/// target takes longer.
const KEPT: SignedDuration = SignedDuration::from_hours(25);

impl Store {
    /// Gives up what was sent so long ago, at whatever target, also where its sync is paused or not in the config any more:
    /// its members' values are not kept for longer.
    pub async fn expire(&mut self, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let expired: Vec<i64> =
            sqlx::query_scalar("SELECT id FROM batch WHERE state IN (2, 3) AND at <= ? ORDER BY id")
                .bind((now - KEPT).as_millisecond())
                .fetch_all(&mut *tx)
                .await?;
        let why = Refusal::new("nothing was learnt about it within a day");
        for batch in expired {
            holding::lost(&mut tx, batch).await?;
            release(&mut tx, batch, "lost", &why, now).await?;
        }
        Ok(tx.commit().await?)
    }
}
