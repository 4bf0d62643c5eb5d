//! A batch is claimed, and leaves.

use jiff::Timestamp;
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};

use super::{PREPARED, SENT};
use crate::delivery::batch::{Batch, Stage};
use crate::destination::{Op, Remote, Ticket};
use crate::roster::{Identity, Payload, Unique};
use crate::store::confirmed::confirmed;
use crate::store::rows::{collect, millis};
use crate::store::settle::holding;
use crate::store::{Error, Store, realm};

/// All that the target may have of an account's member: what it confirmed, and what was lost on its way since.
macro_rules! held {
    ($account:literal) => {
        concat!(
            "(SELECT CASE WHEN h.maybe_body IS NULL THEN h.confirmed ELSE json_patch(coalesce(h.confirmed, '{}'), h.maybe_body) END
              FROM (SELECT ",
            $account,
            ".maybe_body, CASE WHEN ",
            $account,
            ".confirmed_fp IS NOT NULL THEN ",
            $crate::store::confirmed::confirmed!($account),
            " END AS confirmed) h)"
        )
    };
}
pub(in crate::store) use held;

impl Portion {
    /// Of whom a batch is made, one after the other: of those who join alone, of the others alone, or of both.
    fn turns(self) -> &'static [Option<bool>] {
        if self.joins_apart { &[Some(false), Some(true)] } else { &[None] }
    }
}

/// Fills a batch. `?4` the batch, `?5` how many at most, `?6` whether those who join, or the others. Who leaves does so with what
/// the target confirmed; where that is forgotten, with what they were to be there with since.
macro_rules! fill {
    ($who:expr) => {
        concat!(
            "INSERT INTO item (batch, account, gone, fp, body, was_certain)
             SELECT ?4, a.id, a.gone, a.fp, CASE WHEN a.emptied = 1 THEN '{}' WHEN a.gone = 1 AND a.confirmed_fp IS NOT x'' THEN ",
            confirmed!("a"),
            " ELSE a.body END,
               a.certain
             FROM account a WHERE ",
            $who,
            " AND (?6 IS NULL OR ?6 = (a.gone = 0 AND a.confirmed_gone IS NULL)) ORDER BY a.pending, a.id LIMIT ?5"
        )
    };
}

pub(in crate::store) const READY: &str = fill!(ready!());
pub(super) const STUCK: &str = fill!(stuck!());

/// One frozen member; the payload is the last good one, also when it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// In the store.
    pub account: i64,
    /// By which the target knows them.
    pub identity: Identity,
    /// What the target calls them.
    pub remote: Option<Remote>,
    /// What becomes of them.
    pub op: Op,
    /// The payload of an active member.
    pub body: Payload,
    /// What somebody who leaves must let go of, because others are to have it.
    pub let_go: Vec<Unique>,
    /// What the target confirmed last, with what was lost on its way since.
    pub before: Option<Payload>,
    /// Whether it can't have anything else.
    pub certain: bool,
}

/// How much of what is pending goes into a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Portion {
    /// Members at most.
    pub most: usize,
    /// Whether those who join are not mixed with others.
    pub joins_apart: bool,
}

impl Store {
    /// Makes a batch of pending accounts, leavers first, that is about to leave: from here on its members are uncertain, and
    /// a crash makes it unanswered. Gives what is to be sent; `None` when nothing is ready any more.
    pub async fn claim(
        &mut self,
        realm: &str,
        run: i64,
        portion: Portion,
        now: Timestamp,
    ) -> Result<Option<(Batch, Vec<Frozen>)>, Error> {
        let mut tx = self.write().await?;
        let realm = realm::named(&mut tx, realm).await?;
        let Some(batch) = prepare(&mut tx, READY, (realm, run), portion, now).await? else {
            tx.rollback().await?;
            return Ok(None);
        };
        let items = leave(&mut tx, batch.id, now).await?;
        tx.commit().await?;
        Ok(Some((batch, items)))
    }

    /// Commits that a batch is about to leave that was prepared before, or to be asked about. Gives what is to be sent.
    pub async fn mark_sent(&mut self, batch: i64, now: Timestamp) -> Result<Vec<Frozen>, Error> {
        let mut tx = self.write().await?;
        let items = leave(&mut tx, batch, now).await?;
        tx.commit().await?;
        Ok(items)
    }
}

/// A batch is about to leave, or to be asked about.
pub(super) async fn leave(tx: &mut Transaction<'_, Sqlite>, batch: i64, now: Timestamp) -> Result<Vec<Frozen>, Error> {
    let leaves: bool = sqlx::query_scalar("SELECT state = ? FROM batch WHERE id = ?")
        .bind(PREPARED)
        .bind(batch)
        .fetch_one(&mut **tx)
        .await?;
    if leaves {
        holding::sent(tx, batch).await?;
    }
    sqlx::query("UPDATE batch SET state = ?1, at = CASE state WHEN ?2 THEN ?3 ELSE at END WHERE id = ?4")
        .bind(SENT)
        .bind(PREPARED)
        .bind(millis(now))
        .bind(batch)
        .execute(&mut **tx)
        .await?;
    sqlx::query("UPDATE OR FAIL account SET certain = 0 WHERE batch = ?").bind(batch).execute(&mut **tx).await?;
    let rows = sqlx::query(concat!(
        "SELECT i.account, a.identity, a.remote, i.body, i.was_certain,
           CASE WHEN i.gone = 1 THEN 3 WHEN old.confirmed_gone = 1 OR old.maybe_gone = 1 THEN 2
             WHEN old.confirmed_gone = 0 THEN 1
             WHEN a.confirmed_gone = 1 OR a.maybe_gone = 1 THEN 2 WHEN a.confirmed_gone = 0 THEN 1 ELSE 0 END,
           CASE i.gone WHEN 0 THEN coalesce(",
        held!("old"),
        ", ",
        held!("a"),
        ") END,
           CASE i.gone WHEN 1 THEN (SELECT json_group_array(value) FROM holding WHERE account = a.id AND batch = ?1) END
         FROM item i JOIN account a ON a.id = i.account
         LEFT JOIN account old ON old.id = (SELECT min(other.account) FROM holding mine
           CROSS JOIN holding other ON other.realm = mine.realm AND other.value = mine.value AND other.account <> a.id
           CROSS JOIN account o ON o.id = other.account CROSS JOIN person p ON p.id = o.left_by
           WHERE mine.account = a.id AND mine.due = 1 AND p.account = a.id AND i.gone = 0 AND i.whole IS NULL
             AND a.confirmed_gone IS NULL
             AND (other.confirmed = 1 OR other.batch = 0))
         WHERE i.batch = ?1 ORDER BY i.gone DESC, i.account"
    ))
    .bind(batch)
    .fetch(&mut **tx);
    collect(rows, frozen).await
}

/// A batch of whomever a statement finds, of those who join alone, of the others alone, or of both.
pub(in crate::store) async fn prepare(
    tx: &mut Transaction<'_, Sqlite>,
    statement: &'static str,
    (realm, run): (i64, i64),
    portion: Portion,
    now: Timestamp,
) -> Result<Option<Batch>, Error> {
    for joins in portion.turns() {
        if let Some(batch) = gather(tx, statement, (realm, run), (portion.most, *joins), now).await? {
            return Ok(Some(batch));
        }
    }
    Ok(None)
}

/// Puts accounts into a new batch: whatever a statement finds.
async fn gather(
    tx: &mut Transaction<'_, Sqlite>,
    statement: &'static str,
    (realm, run): (i64, i64),
    (limit, joins): (usize, Option<bool>),
    now: Timestamp,
) -> Result<Option<Batch>, Error> {
    let id: i64 =
        sqlx::query_scalar("INSERT INTO batch (realm, run, state, size, at) VALUES (?, ?, ?, 0, ?) RETURNING id")
            .bind(realm)
            .bind(run)
            .bind(PREPARED)
            .bind(millis(now))
            .fetch_one(&mut **tx)
            .await?;
    let size = sqlx::query(statement)
        .bind(realm)
        .bind(millis(now))
        .bind(run)
        .bind(id)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .bind(joins)
        .execute(&mut **tx)
        .await?
        .rows_affected();
    if size == 0 {
        sqlx::query("DELETE FROM batch WHERE id = ?").bind(id).execute(&mut **tx).await?;
        return Ok(None);
    }
    sqlx::query("UPDATE OR FAIL account SET batch = ?1 WHERE id IN (SELECT account FROM item WHERE batch = ?1)")
        .bind(id)
        .execute(&mut **tx)
        .await?;
    sqlx::query("UPDATE batch SET size = ?, root = id WHERE id = ?")
        .bind(size.cast_signed())
        .bind(id)
        .execute(&mut **tx)
        .await?;
    Ok(Some(Batch { id, root: id, renewed: false, size, at: now, stage: Stage::Prepared, ticket: Ticket::NONE }))
}

fn frozen(row: &SqliteRow) -> Result<Frozen, Error> {
    Ok(Frozen {
        account: row.try_get(0)?,
        identity: Identity::new(row.try_get::<&str, _>(1)?),
        remote: row.try_get::<Option<String>, _>(2)?.map(Remote::new),
        op: match row.try_get(5)? {
            0 => Op::Join,
            1 => Op::Change,
            2 => Op::Return,
            _ => Op::Leave,
        },
        body: payload(row.try_get(3)?)?,
        let_go: row.try_get::<Option<&str>, _>(7)?.map(let_go).transpose()?.unwrap_or_default(),
        before: row.try_get::<Option<&str>, _>(6)?.map(payload).transpose()?,
        certain: row.try_get(4)?,
    })
}

pub(super) fn let_go(stored: &str) -> Result<Vec<Unique>, Error> {
    let values: Vec<String> = serde_json::from_str(stored).map_err(|error| Error::Damaged(error.to_string()))?;
    Ok(values.into_iter().map(Unique::from_stored).collect())
}

pub(in crate::store) fn payload(stored: &str) -> Result<Payload, Error> {
    Payload::from_json(stored).map_err(|error| Error::Damaged(error.to_string()))
}
