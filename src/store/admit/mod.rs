//! Admission: a plan becomes what is due, in one transaction.

mod drift;
mod due;
mod guarded;
mod holding;
mod leave;
mod newcomer;
mod people;
mod renewed;
mod standpoint;

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::expire::unseen;
use super::pages::{self, Pages};
use super::{Error, Store};
use crate::engine::{Extent, Standpoint};
use crate::plan::guard;
use crate::plan::{Observed, Plan};
use crate::roster::Fingerprint;

/// A plan with all that is stored together with it.
#[derive(Debug)]
pub struct Admission<'a> {
    /// The sync.
    pub feed: i64,
    /// The target.
    pub realm: &'a str,
    /// The run.
    pub run: i64,
    /// What was weighed.
    pub observed: &'a [Observed],
    /// The answer.
    pub plan: &'a Plan,
    /// What the guard had been granted.
    pub granted: &'a BTreeSet<guard::Pair>,
    /// Search, mapping and identity it was read under.
    pub rules: Fingerprint,
    /// People who never had an account and are not in the directory any more.
    pub forgotten: &'a [i64],
    /// People who left and are not in the directory any more, as far as everybody was read.
    pub unseen: &'a [i64],
    /// How far it is what the directory holds.
    pub extent: &'a Extent,
    /// Who answered, and where it stood.
    pub standpoint: &'a Standpoint,
    /// When.
    pub now: Timestamp,
}

impl Store {
    /// Admits a plan: claims, what is due, what is held, the guard's window and the audit, all or nothing. Returns how
    /// many people are invalid who were not before.
    pub async fn admit(&mut self, admission: &Admission<'_>) -> Result<u64, Error> {
        pages::hold(&mut self.connection, Pages::Many).await?;
        let newly_invalid = self.admit_all(admission).await;
        pages::hold(&mut self.connection, Pages::Usual).await?;
        newly_invalid
    }

    async fn admit_all(&mut self, admission: &Admission<'_>) -> Result<u64, Error> {
        let mut tx = self.write().await?;
        due::lay_out(&mut tx, admission).await?;
        let newly_invalid = people::compare(&mut tx).await?;
        drift::make(&mut tx, admission).await?;
        renewed::compare(&mut tx).await?;
        due::make(&mut tx, admission).await?;
        leave::make(&mut tx, admission).await?;
        holding::make(&mut tx, admission).await?;
        leave::behind(&mut tx, admission).await?;
        let newcomers = people::rule(&mut tx, admission).await?;
        people::record(&mut tx, admission).await?;
        guarded::hold(&mut tx, admission).await?;
        guarded::spend(&mut tx, admission, newcomers).await?;
        sqlx::query("DELETE FROM person WHERE account IS NULL AND id IN (SELECT value FROM json_each(?))")
            .bind(Value::from(admission.forgotten.to_vec()).to_string())
            .execute(&mut *tx)
            .await?;
        if matches!(admission.extent, Extent::Everybody { .. }) {
            unseen(&mut tx, admission.feed, admission.unseen, admission.now).await?;
        }
        standpoint::reach(&mut tx, admission).await?;
        standpoint::stand(&mut tx, admission.feed, admission.standpoint).await?;
        tx.commit().await?;
        self.clear_stage().await?;
        Ok(newly_invalid)
    }
}
