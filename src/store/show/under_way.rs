//! What a target has been sent and is not done with, and why somebody is not sent.

use jiff::Timestamp;
use sqlx::Row;

use crate::roster::Unique;
use crate::store::rows::{collect, moment};
use crate::store::{Error, Store};

/// Batches a target has taken and is at work on, as far along as each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AtWorkRow {
    /// What it is doing, in words.
    pub note: String,
    /// Batches.
    pub batches: u64,
    /// Their members.
    pub members: u64,
    /// When the oldest was sent.
    pub since: Timestamp,
    /// When the first of them is asked about next.
    pub next: Timestamp,
}

/// Why somebody who is due is not sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum WaitRow {
    /// Their last batch is with the target.
    AtWork(AtWorkRow),
    /// Their last batch was not answered.
    Unanswered(AtWorkRow),
    /// The target has, or may have, something of theirs for another member, of this identity, which it takes only once.
    Taken {
        /// Which field.
        field: String,
        /// By which the target knows the other one.
        identity: String,
        /// The other one waits for something of this one in turn.
        mutual: bool,
    },
    /// What goes along only once is not at hand before the next reading.
    Once,
}

impl Store {
    /// What a target is at work on.
    pub async fn at_work(&mut self, realm: &str) -> Result<Vec<AtWorkRow>, Error> {
        let rows = sqlx::query(
            "SELECT coalesce(detail, ''), count(*), sum(size), min(at), min(wake) FROM batch
             WHERE state = 3 AND realm = (SELECT id FROM realm WHERE name = ?) GROUP BY detail ORDER BY min(at)",
        )
        .bind(realm)
        .fetch(&mut self.connection);
        collect(rows, at_work).await
    }

    /// Why an account is not sent although it is due.
    pub async fn waits(&mut self, account: i64) -> Result<Option<WaitRow>, Error> {
        let batch = sqlx::query(
            "SELECT coalesce(b.detail, ''), 1, b.size, b.at, b.wake, b.state FROM account a CROSS JOIN batch b ON b.id = a.batch
             WHERE a.id = ? AND b.state IN (2, 3)",
        )
        .bind(account)
        .fetch_optional(&mut self.connection)
        .await?;
        if let Some(row) = batch {
            let batch = at_work(&row)?;
            let is_taken = row.try_get::<i64, _>(5)? == 3;
            return Ok(Some(if is_taken { WaitRow::AtWork(batch) } else { WaitRow::Unanswered(batch) }));
        }
        if let Some(taken) = self.taken(account).await? {
            return Ok(Some(taken));
        }
        let once = "SELECT once = 0 AND gone = 0 AND pending IS NOT NULL FROM account WHERE id = ?";
        let once: Option<bool> = sqlx::query_scalar(once).bind(account).fetch_one(&mut self.connection).await?;
        Ok(once.filter(|once| *once).map(|_| WaitRow::Once))
    }

    /// As a claim has it: see `ready!`.
    async fn taken(&mut self, account: i64) -> Result<Option<WaitRow>, Error> {
        let row = sqlx::query(
            "SELECT mine.value, a.identity, EXISTS (SELECT 1 FROM holding his CROSS JOIN holding ours
                 ON ours.realm = his.realm AND ours.value = his.value AND ours.account = mine.account
                 WHERE his.account = other.account AND his.due = 1 AND his.confirmed = 0
                   AND (ours.confirmed = 1 OR ours.batch IS NOT NULL))
             FROM holding mine CROSS JOIN holding other
               ON other.realm = mine.realm AND other.value = mine.value AND other.account <> mine.account
             CROSS JOIN account a ON a.id = other.account
             WHERE mine.account = ?1 AND mine.due = 1 AND (other.batch > 0 OR mine.confirmed = 0
               AND (other.confirmed = 1 OR other.batch = 0)
               AND NOT EXISTS (SELECT 1 FROM person p JOIN account b ON b.id = p.account
                 WHERE p.id = a.left_by AND b.id = ?1 AND b.confirmed_gone IS NULL)) LIMIT 1",
        )
        .bind(account)
        .fetch_optional(&mut self.connection)
        .await?;
        row.map(|row| {
            let field = Unique::from_stored(row.try_get::<String, _>(0)?).field().to_owned();
            Ok(WaitRow::Taken { field, identity: row.try_get(1)?, mutual: row.try_get(2)? })
        })
        .transpose()
    }
}

fn at_work(row: &sqlx::sqlite::SqliteRow) -> Result<AtWorkRow, Error> {
    Ok(AtWorkRow {
        note: row.try_get(0)?,
        batches: row.try_get::<i64, _>(1)?.unsigned_abs(),
        members: row.try_get::<i64, _>(2)?.unsigned_abs(),
        since: moment(row.try_get(3)?),
        next: moment(row.try_get(4)?),
    })
}
