//! A sync and a target in numbers.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::Row;

use super::latency::{LatencyRow, latency, leaving_since};
use crate::store::reading::confirmed_active;
use crate::store::rows::moment_of;
use crate::store::{Error, Store};

/// A sync's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedRow {
    /// Accounts confirmed active.
    pub active: u64,
    /// People kept at their last state, by verdict.
    pub odd: Vec<(String, u64)>,
    /// Accounts quarantined.
    pub refused: u64,
    /// Accounts refused: those quarantined, and leaves.
    pub refusals: u64,
    /// How long the leaves took that were confirmed lately; `None`: there were none.
    pub latency: Option<LatencyRow>,
    /// When the directory made the oldest leave necessary that is not confirmed.
    pub overdue_since: Option<Timestamp>,
}

/// A target's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealmRow {
    /// Type, host, tenant.
    pub name: String,
    /// Token requests in the window.
    pub tokens: u64,
    /// A token is good until then.
    pub token_until: Option<Timestamp>,
    /// Nothing is sent before.
    pub not_before: Option<Timestamp>,
    /// Why.
    pub note: Option<String>,
    /// The credentials were refused.
    pub latched: bool,
    /// Accounts still to be sent.
    pub pending: u64,
    /// Leaves among them.
    pub leaves: u64,
    /// Batches without an answer.
    pub unknown: u64,
}

impl Store {
    /// A sync's state.
    pub async fn feed_row(&mut self, feed: i64, now: Timestamp) -> Result<FeedRow, Error> {
        let connection = &mut self.connection;
        let active = confirmed_active(connection, feed).await?;
        let odd: Vec<(String, i64)> = sqlx::query_as(
            "SELECT verdict, count(*) FROM person WHERE feed = ? AND verdict NOT IN ('active', 'left') GROUP BY verdict",
        )
        .bind(feed)
        .fetch_all(&mut *connection)
        .await?;
        let (refused, refusals): (i64, i64) = sqlx::query_as(
            "SELECT count(a.refused), count(*) FROM account a CROSS JOIN person p INDEXED BY person_account
             WHERE a.realm = (SELECT realm FROM feed WHERE id = ?1) AND a.refusal IS NOT NULL
               AND p.account = a.id AND p.feed = ?1",
        )
        .bind(feed)
        .fetch_one(&mut *connection)
        .await?;
        Ok(FeedRow {
            active,
            odd: odd.into_iter().map(|(verdict, n)| (verdict, n.unsigned_abs())).collect(),
            refused: refused.unsigned_abs(),
            refusals: refusals.unsigned_abs(),
            latency: latency(connection, feed, now).await?,
            overdue_since: leaving_since(connection, feed).await?,
        })
    }

    /// A target's state; `None` when nothing was ever sent there.
    pub async fn realm_row(&mut self, realm: &str, per: Duration, now: Timestamp) -> Result<Option<RealmRow>, Error> {
        let tokens = self.tokens_used(realm, per, now).await?;
        let row = sqlx::query(
            "SELECT r.*,
               (SELECT count(*) FROM account a WHERE a.realm = r.id AND a.pending IS NOT NULL AND a.refused IS NULL) AS n,
               (SELECT count(*) FROM account a WHERE a.realm = r.id AND a.pending = 0) AS leaves,
               (SELECT count(*) FROM batch b WHERE b.realm = r.id AND b.state = 2) AS unknown
             FROM realm r WHERE r.name = ?",
        )
        .bind(realm)
        .fetch_optional(&mut self.connection)
        .await?;
        row.map(|row| {
            Ok(RealmRow {
                name: row.try_get("name")?,
                tokens,
                token_until: moment_of(row.try_get("token_until")?),
                not_before: moment_of(row.try_get("not_before")?).filter(|until| *until > now),
                note: row.try_get("note")?,
                latched: row.try_get::<Option<Vec<u8>>, _>("refused_credential")?.is_some(),
                pending: row.try_get::<i64, _>("n")?.unsigned_abs(),
                leaves: row.try_get::<i64, _>("leaves")?.unsigned_abs(),
                unknown: row.try_get::<i64, _>("unknown")?.unsigned_abs(),
            })
        })
        .transpose()
    }
}
