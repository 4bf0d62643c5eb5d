//! How batches end.

mod close;
mod confirm;
mod failed;
pub(super) mod holding;
pub(super) mod latency;
mod pace;
mod refuse;
mod renew;
mod said;
mod split;

use jiff::{SignedDuration, Timestamp};

use super::deliver::{PREPARED, UNKNOWN};
use super::rows::millis;
use super::{Error, Store, realm};
use crate::delivery::batch::{Batch, Settlement};
use crate::destination::Refusal;
use close::{release, restore};
pub(super) use latency::KEPT;
pub use pace::Pace;

/// When a leave that was refused is tried again.
const OVERDUE_RETRY: SignedDuration = SignedDuration::from_hours(24);

impl Store {
    /// Records what became of a batch that was sent.
    pub async fn settle(
        &mut self,
        batch: &Batch,
        run: i64,
        settlement: &Settlement,
        pace: Pace,
        now: Timestamp,
    ) -> Result<(), Error> {
        // The disk is not waited for here, but by the next batch that leaves, or by the end of the run: should the power fail
        // before, the batch is one that was sent and not answered, as if it had failed a moment earlier.
        sqlx::raw_sql("PRAGMA synchronous = NORMAL").execute(&mut self.connection).await?;
        let settled = self.settle_all(batch, run, settlement, pace, now).await;
        sqlx::raw_sql("PRAGMA synchronous = FULL").execute(&mut self.connection).await?;
        settled
    }

    async fn settle_all(
        &mut self,
        batch: &Batch,
        run: i64,
        settlement: &Settlement,
        pace: Pace,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut tx = self.write().await?;
        match settlement {
            Settlement::Confirmed(remotes) => {
                confirm::rename(&mut tx, remotes).await?;
                confirm::confirm(&mut tx, batch, &[], run, now).await?;
            }
            Settlement::Partly(refused) => confirm::confirm(&mut tx, batch, refused, run, now).await?,
            Settlement::Renew(_) => renew::renew(&mut tx, batch, now).await?,
            Settlement::NotApplied(_, refusal) => {
                restore(&mut tx, batch.id).await?;
                release(&mut tx, batch.id, "not applied", refusal, now).await?;
            }
            Settlement::Split(refusal) | Settlement::Shrink(refusal) => {
                split::split(&mut tx, batch, refusal, now).await?;
            }
            Settlement::Refused(refusal) => refuse::refuse_single(&mut tx, batch, refusal, run, now).await?,
            Settlement::Stuck(refusal) => refuse::stuck(&mut tx, batch, refusal, run, now).await?,
            Settlement::Unknown(refusal) => {
                let update = "UPDATE batch SET state = ?, wake = ?, detail = ? WHERE id = ?";
                sqlx::query(update)
                    .bind(UNKNOWN)
                    .bind(millis(now + pace.quiet))
                    .bind(&refusal.text)
                    .bind(batch.id)
                    .execute(&mut *tx)
                    .await?;
            }
            Settlement::Lost(refusal) => {
                holding::lost(&mut tx, batch.id).await?;
                release(&mut tx, batch.id, "lost", refusal, now).await?;
            }
            Settlement::Failed(refusal) => failed::failed(&mut tx, batch, refusal, run, now).await?,
        }
        pace::pace_realm(&mut tx, batch.id, settlement, pace).await?;
        Ok(tx.commit().await?)
    }

    /// The target refuses everybody: nothing more is tried before a moment, nobody is suspected.
    pub async fn reject(&mut self, realm: &str, until: Timestamp, note: &str, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let realm = realm::named(&mut tx, realm).await?;
        let prepared: Vec<i64> = sqlx::query_scalar("SELECT id FROM batch WHERE state = ? AND realm = ?")
            .bind(PREPARED)
            .bind(realm)
            .fetch_all(&mut *tx)
            .await?;
        for batch in prepared {
            release(&mut tx, batch, "not sent", &Refusal::new(note), now).await?;
        }
        // Nor do leaves that were among the refused wait a day for the target to come to its senses.
        sqlx::query(
            "UPDATE account SET suspect = NULL, suspect_root = NULL, suspect_run = NULL,
               not_before = CASE WHEN gone = 1 AND refusal IS NOT NULL THEN NULL ELSE not_before END
             WHERE (suspect IS NOT NULL OR refusal IS NOT NULL) AND realm = ?",
        )
        .bind(realm)
        .execute(&mut *tx)
        .await?;
        realm::put_off(&mut tx, realm, Some(until), note).await?;
        Ok(tx.commit().await?)
    }
}
