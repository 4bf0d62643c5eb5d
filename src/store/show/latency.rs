//! How long a sync's leaves take.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::SqliteConnection;

use crate::store::Error;
use crate::store::rows::{millis, moment_of};
use crate::store::settle::KEPT;

/// How long the leaves of 30 days took, from the directory's change until the target confirmed them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LatencyRow {
    /// How many.
    pub leaves: u64,
    /// The one in their middle; of two the shorter.
    pub median: Duration,
    /// The longest.
    pub worst: Duration,
}

pub(super) async fn latency(
    connection: &mut SqliteConnection,
    feed: i64,
    now: Timestamp,
) -> Result<Option<LatencyRow>, Error> {
    let row: Option<(i64, i64, i64)> = sqlx::query_as(
        "SELECT leaves, ms, worst FROM (
           SELECT ms, row_number() OVER (ORDER BY ms) AS place, count(*) OVER () AS leaves, max(ms) OVER () AS worst
           FROM latency WHERE feed = ? AND at >= ?) WHERE place = (leaves + 1) / 2",
    )
    .bind(feed)
    .bind(millis(now - KEPT))
    .fetch_optional(connection)
    .await?;
    Ok(row.map(|(leaves, median, worst)| {
        let [leaves, median, worst] = [leaves, median, worst].map(i64::unsigned_abs);
        LatencyRow { leaves, median: Duration::from_millis(median), worst: Duration::from_millis(worst) }
    }))
}

/// Since when the oldest leave is under way. A leave that the target confirmed once and is told again (`resend`, an
/// import) has no such beginning. The index is named, for by the other one every leave of the target would be read.
pub(super) async fn leaving_since(connection: &mut SqliteConnection, feed: i64) -> Result<Option<Timestamp>, Error> {
    let since: Option<i64> = sqlx::query_scalar(
        "SELECT leaving_since FROM account INDEXED BY account_leaving
         WHERE leaving_feed = ?1 AND leaving_since IS NOT NULL AND pending = 0
           AND realm = (SELECT realm FROM feed WHERE id = ?1) ORDER BY leaving_since LIMIT 1",
    )
    .bind(feed)
    .fetch_optional(connection)
    .await?;
    Ok(moment_of(since))
}
