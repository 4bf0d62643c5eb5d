//! What a settlement means for the target's pace.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{Sqlite, Transaction};

use crate::delivery::batch::Settlement;
use crate::store::{Error, realm};

/// When and how the target is to be waited for after something went wrong.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Nothing is sent before; `None`: go on.
    pub not_before: Option<Timestamp>,
    /// How long an unanswered request may still take effect.
    pub quiet: Duration,
}

/// An acceptance ends a target's row of failures; what waits makes it longer.
pub(super) async fn pace_realm(
    tx: &mut Transaction<'_, Sqlite>,
    batch: i64,
    settlement: &Settlement,
    pace: Pace,
) -> Result<(), Error> {
    let realm = realm::of_batch(tx, batch).await?;
    match settlement {
        Settlement::Confirmed(_) | Settlement::Partly(_) => realm::go_on(tx, realm).await,
        Settlement::NotApplied(_, refusal) | Settlement::Unknown(refusal) | Settlement::Failed(refusal) => {
            realm::put_off(tx, realm, pace.not_before, &refusal.text).await
        }
        Settlement::Renew(_)
        | Settlement::Split(_)
        | Settlement::Shrink(_)
        | Settlement::Refused(_)
        | Settlement::Stuck(_)
        | Settlement::Lost(_) => Ok(()),
    }
}
