//! The last runs.

use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};

use crate::engine::Tally;
use crate::report::Summary;
use crate::store::past::tally;
use crate::store::rows::{collect, moment, moment_of};
use crate::store::{Error, Store};

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Which.
    pub id: i64,
    /// Of which sync.
    pub sync: String,
    /// When it began.
    pub began: Timestamp,
    /// When it ended; `None`: it is going on, or was killed.
    pub ended: Option<Timestamp>,
    /// What it did.
    pub summary: Option<Summary>,
}

/// A run as part of a sync's course.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourseRow {
    /// Which.
    pub id: i64,
    /// When it began.
    pub began: Timestamp,
    /// When it ended; `None`: it is going on, or was killed.
    pub ended: Option<Timestamp>,
    /// What it did.
    pub tally: Option<Tally>,
}

impl Store {
    /// A sync's last runs, newest first. However many there are of other syncs, no more than these are read.
    pub async fn course(&mut self, feed: i64, limit: u32) -> Result<Vec<CourseRow>, Error> {
        let rows = sqlx::query(
            "SELECT id, began, ended, tally FROM run INDEXED BY run_feed WHERE feed = ? ORDER BY id DESC LIMIT ?",
        )
        .bind(feed)
        .bind(limit)
        .fetch(&mut self.connection);
        collect(rows, |row| {
            Ok(CourseRow {
                id: row.try_get(0)?,
                began: moment(row.try_get(1)?),
                ended: moment_of(row.try_get(2)?),
                tally: tally(row.try_get(3)?)?,
            })
        })
        .await
    }

    /// The last runs, newest first, of one sync or of all.
    pub async fn runs(&mut self, sync: Option<&str>, limit: u32) -> Result<Vec<RunRow>, Error> {
        let rows = sqlx::query(
            "SELECT r.id, f.sync, r.began, r.ended, r.tally FROM run r JOIN feed f ON f.id = r.feed
             WHERE ?1 IS NULL OR f.sync = ?1 ORDER BY r.id DESC LIMIT ?2",
        )
        .bind(sync)
        .bind(limit)
        .fetch(&mut self.connection);
        collect(rows, run_row).await
    }

    /// A run.
    pub async fn run(&mut self, id: i64) -> Result<Option<RunRow>, Error> {
        let row = sqlx::query(
            "SELECT r.id, f.sync, r.began, r.ended, r.tally FROM run r JOIN feed f ON f.id = r.feed WHERE r.id = ?",
        )
        .bind(id)
        .fetch_optional(&mut self.connection)
        .await?;
        row.as_ref().map(run_row).transpose()
    }
}

fn run_row(row: &SqliteRow) -> Result<RunRow, Error> {
    let sync: String = row.try_get(1)?;
    let tally = tally(row.try_get(4)?)?;
    Ok(RunRow {
        id: row.try_get(0)?,
        began: moment(row.try_get(2)?),
        ended: moment_of(row.try_get(3)?),
        summary: tally.map(|tally| Summary::of(&sync, &tally)),
        sync,
    })
}
