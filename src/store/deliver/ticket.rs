//! Where a batch's job stands.

use jiff::Timestamp;

use super::ACCEPTED;
use crate::destination::Ticket;
use crate::store::rows::millis;
use crate::store::{Error, Store};

impl Store {
    /// Stores a batch's ticket before the step that it describes is taken.
    pub async fn note(&mut self, batch: i64, ticket: &Ticket) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE batch SET ticket = ? WHERE id = ?")
            .bind(ticket.words())
            .bind(batch)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// The target has taken a batch and is at work on it; it is asked again at a moment.
    pub async fn wait(&mut self, batch: i64, ticket: &Ticket, until: Timestamp, note: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE batch SET state = ?, ticket = ?, wake = ?, detail = ? WHERE id = ?")
            .bind(ACCEPTED)
            .bind(ticket.words())
            .bind(millis(until))
            .bind(note)
            .bind(batch)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }
}
