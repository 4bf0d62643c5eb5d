//! What is to be known of a sync's last run to go on after it.

use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};

use super::rows::{moment, moment_of};
use super::{Error, Store};
use crate::engine::Tally;

/// A sync's last run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Past {
    /// Which.
    pub run: i64,
    /// When it began.
    pub began: Timestamp,
    /// When it ended, so far; `None`: it is going on, or was killed.
    pub ended: Option<Timestamp>,
    /// When its delivery can go on by itself.
    pub wake: Option<Timestamp>,
    /// Whether it left something to be delivered.
    pub pending: bool,
    /// When the last run ended that did not fail; this one or one before.
    pub succeeded: Option<Timestamp>,
}

impl Store {
    /// A sync's last run, by its name or its former one; `None` when it never ran.
    pub async fn past(&mut self, sync: &str, was: Option<&str>) -> Result<Option<Past>, Error> {
        let Some((feed, _)) = self.feed(sync, was).await? else { return Ok(None) };
        let row = sqlx::query(
            "SELECT id, began, ended, wake, coalesce(tally ->> 'pending', 0) > 0 AS pending, (SELECT ended FROM run INDEXED BY run_succeeded
               WHERE feed = ?1 AND result <> 'failed' ORDER BY id DESC LIMIT 1) AS succeeded
             FROM run WHERE feed = ?1 ORDER BY id DESC LIMIT 1",
        )
        .bind(feed.id)
        .fetch_optional(&mut self.connection)
        .await?;
        let past = |row: SqliteRow| -> Result<Past, Error> {
            Ok(Past {
                run: row.try_get("id")?,
                began: moment(row.try_get("began")?),
                ended: moment_of(row.try_get("ended")?),
                wake: moment_of(row.try_get("wake")?),
                pending: row.try_get("pending")?,
                succeeded: moment_of(row.try_get("succeeded")?),
            })
        };
        row.map(past).transpose()
    }

    /// What a sync's last run did; `None` when there was none, or its end was never recorded.
    pub async fn last_tally(&mut self, feed: i64) -> Result<Option<Tally>, Error> {
        let text: Option<Option<String>> =
            sqlx::query_scalar("SELECT tally FROM run WHERE feed = ? ORDER BY id DESC LIMIT 1")
                .bind(feed)
                .fetch_optional(&mut self.connection)
                .await?;
        tally(text.flatten())
    }
}

/// A stored tally.
pub(super) fn tally(text: Option<String>) -> Result<Option<Tally>, Error> {
    let tally = text.map(|text| serde_json::from_str(&text)).transpose();
    tally.map_err(|error| Error::Damaged(error.to_string()))
}
