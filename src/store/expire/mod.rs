//! What was kept for long enough goes: field values of those who left, and in the end all that is known of them.
//!
//! A portion a transaction, so that nobody waits for long. Of a target nothing is removed while a run is at work there.

mod account;
mod file;
mod history;
mod milestone;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use sqlx::{Sqlite, Transaction};

use super::{Error, Store};
pub(in crate::store) use account::{emptied, remove, unseen};
pub(in crate::store) use file::note;

/// Rows removed in one transaction, of each kind.
const PORTION: i64 = 2_000;

/// What is due to go at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cutoff {
    /// The moment.
    pub now: Timestamp,
    /// Field values of history go that are from before.
    pub values: Timestamp,
    /// So does the audit.
    pub audit: Timestamp,
    /// How long milestones are apart at least, so that they are few, and the audit lives hardly longer than it is to.
    apart: SignedDuration,
    /// How long values that were removed may be left over in the file.
    rest: SignedDuration,
}

impl Cutoff {
    /// By how long values and the audit are kept.
    pub fn at(now: Timestamp, values: Duration, audit: Duration) -> Self {
        let span = |kept: Duration| SignedDuration::try_from(kept).unwrap_or(SignedDuration::MAX);
        let ago = |kept: Duration| now.checked_sub(span(kept)).unwrap_or(Timestamp::MIN);
        Self {
            now,
            values: ago(values),
            audit: ago(audit),
            apart: span(audit / 24).min(SignedDuration::from_hours(1)),
            rest: span(values).min(SignedDuration::from_hours(24)),
        }
    }
}

impl Store {
    /// The targets that are known.
    pub async fn realms(&mut self) -> Result<Vec<String>, Error> {
        Ok(sqlx::query_scalar("SELECT name FROM realm ORDER BY name").fetch_all(&mut self.connection).await?)
    }

    /// Removes a portion of what is due to go of a target's people. Returns how many rows it looked after: none, and it is
    /// done.
    pub async fn expire_people(&mut self, realm: &str, cutoff: Cutoff) -> Result<u64, Error> {
        let mut tx = self.write().await?;
        let realm = super::realm::named(&mut tx, realm).await?;
        let mut touched = account::come_to_rest(&mut tx, realm, cutoff).await?;
        let mut removed = account::empty(&mut tx, realm, cutoff).await?;
        removed += account::leave_for_good(&mut tx, realm, cutoff).await?;
        removed += account::abandon(&mut tx, realm, cutoff).await?;
        note(&mut tx, removed, cutoff.now).await?;
        touched += removed;
        tx.commit().await?;
        Ok(touched)
    }

    /// Removes a portion of what is due to go of the record. Returns how many rows: none, and it is done.
    pub async fn expire_record(&mut self, cutoff: Cutoff) -> Result<u64, Error> {
        let mut tx = self.write().await?;
        milestone::set(&mut tx, cutoff).await?;
        let mut removed = history::of_values(&mut tx, cutoff).await?;
        removed += history::of_audit(&mut tx, cutoff).await?;
        milestone::clear(&mut tx, cutoff).await?;
        note(&mut tx, removed, cutoff.now).await?;
        tx.commit().await?;
        Ok(removed)
    }
}

/// Runs statements one after the other, whose `?1` is a moment and `?2` a portion; gives how many rows they changed.
async fn run(tx: &mut Transaction<'_, Sqlite>, statements: &[&'static str], before: Timestamp) -> Result<u64, Error> {
    let mut changed = 0;
    for statement in statements {
        let query = sqlx::query(*statement).bind(super::rows::millis(before)).bind(PORTION);
        changed += query.execute(&mut **tx).await?.rows_affected();
    }
    Ok(changed)
}
