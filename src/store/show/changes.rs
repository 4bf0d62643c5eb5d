//! Who changed in a run, as far as that is kept: the record has no values of the past.

use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};

use crate::store::confirmed::confirmed;
use crate::store::rows::{collect, moment};
use crate::store::{Error, Store};

/// What a run admitted, or decided, of somebody.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChangeRow {
    /// When.
    pub at: Timestamp,
    /// Who; `None`: they are forgotten.
    pub key: Option<String>,
    /// Their account.
    pub identity: Option<String>,
    /// What.
    pub kind: String,
    /// In words.
    pub why: Option<String>,
    /// What became of it at the target in this run: what, and in words.
    pub outcome: Option<(String, Option<String>)>,
    /// What is still to be sent of the account, JSON, whichever run that is of.
    pub due: Option<String>,
    /// What the target confirmed of it last, where something is still to be sent.
    pub confirmed: Option<String>,
}

/// Events of `?1` are none of before it began, nor of after the next run of its sync did: a run admits in one transaction,
/// and of a sync one at a time is at work. Milestones say how far the record had come by then, as no index does.
const RANGE: &str = "
  SELECT coalesce((SELECT max(event) FROM milestone WHERE run < ?1), 0),
    coalesce((SELECT min(event) FROM milestone WHERE run >= (SELECT min(id) FROM run
      WHERE feed = (SELECT feed FROM run WHERE id = ?1) AND id > ?1)), (SELECT max(id) FROM event), 0)";

impl Store {
    /// Who changed in a run, in the order it was recorded, and how many there are in all.
    pub async fn changes(&mut self, run: i64, limit: u32) -> Result<(Vec<ChangeRow>, u64), Error> {
        let (after, until): (i64, i64) = sqlx::query_as(RANGE).bind(run).fetch_one(&mut self.connection).await?;
        let rows = sqlx::query(concat!(
            "SELECT e.at, p.key, a.identity, e.kind, e.detail, o.kind,
               coalesce(o.detail, CASE o.kind WHEN 'confirmed' THEN 'active' END),
               CASE WHEN a.pending IS NOT NULL AND a.emptied = 0 THEN a.body END,
               CASE WHEN a.pending IS NOT NULL AND a.emptied = 0 AND a.confirmed_gone IS NOT NULL THEN ",
            confirmed!("a"),
            " END
             FROM event e LEFT JOIN person p ON p.id = e.person LEFT JOIN account a ON a.id = e.account
               LEFT JOIN event o ON o.id = (SELECT max(id) FROM record
                 WHERE account = e.account AND run = ?1 AND batch IS NOT NULL)
             WHERE e.id > ?2 AND e.id <= ?3 AND e.run = ?1 AND e.batch IS NULL ORDER BY e.id LIMIT ?4"
        ))
        .bind(run)
        .bind(after)
        .bind(until)
        .bind(limit)
        .fetch(&mut self.connection);
        let rows = collect(rows, change).await?;
        let all: i64 =
            sqlx::query_scalar("SELECT count(*) FROM event WHERE id > ?2 AND id <= ?3 AND run = ?1 AND batch IS NULL")
                .bind(run)
                .bind(after)
                .bind(until)
                .fetch_one(&mut self.connection)
                .await?;
        Ok((rows, all.unsigned_abs()))
    }
}

fn change(row: &SqliteRow) -> Result<ChangeRow, Error> {
    let outcome: Option<String> = row.try_get(5)?;
    let said = row.try_get(6)?;
    Ok(ChangeRow {
        at: moment(row.try_get(0)?),
        key: row.try_get(1)?,
        identity: row.try_get(2)?,
        kind: row.try_get(3)?,
        why: row.try_get(4)?,
        outcome: outcome.map(|outcome| (outcome, said)),
        due: row.try_get(7)?,
        confirmed: row.try_get(8)?,
    })
}
