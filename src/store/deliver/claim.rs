//! A batch is claimed, and leaves.

use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};

use super::{PREPARED, SENT};
use crate::delivery::batch::{Batch, Stage};
use crate::destination::{Remote, Ticket};
use crate::roster::{Identity, Payload};
use crate::store::rows::{collect, millis};
use crate::store::{Error, Store, realm};

/// One frozen member; the payload is the last good one, also when it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// In the store.
    pub account: i64,
    /// By which the target knows them.
    pub identity: Identity,
    /// What the target calls them.
    pub remote: Option<Remote>,
    /// Leaving.
    pub gone: bool,
    /// The payload of an active member.
    pub body: Payload,
}

impl Store {
    /// Makes a batch of at most `limit` pending accounts, leavers first; `None` when nothing is ready any more.
    pub async fn claim(&mut self, realm: &str, run: i64, limit: usize, now: Timestamp) -> Result<Option<Batch>, Error> {
        let mut tx = self.write().await?;
        let realm = realm::named(&mut tx, realm).await?;
        let id: i64 =
            sqlx::query_scalar("INSERT INTO batch (realm, run, state, size, at) VALUES (?, ?, ?, 0, ?) RETURNING id")
                .bind(realm)
                .bind(run)
                .bind(PREPARED)
                .bind(millis(now))
                .fetch_one(&mut *tx)
                .await?;
        let size = sqlx::query(concat!(
            "INSERT INTO item (batch, account, gone, fp, body, was_certain)
             SELECT ?4, a.id, a.gone, a.fp, CASE a.gone WHEN 1 THEN coalesce(a.confirmed_body, a.body) ELSE a.body END,
               a.certain
             FROM account a WHERE ",
            ready!(),
            " ORDER BY a.pending, a.id LIMIT ?5"
        ))
        .bind(realm)
        .bind(millis(now))
        .bind(run)
        .bind(id)
        .bind(i64::try_from(limit).unwrap_or(i64::MAX))
        .execute(&mut *tx)
        .await?
        .rows_affected();
        if size == 0 {
            tx.rollback().await?;
            return Ok(None);
        }
        sqlx::query("UPDATE account SET batch = ?1 WHERE id IN (SELECT account FROM item WHERE batch = ?1)")
            .bind(id)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE batch SET size = ?, root = id WHERE id = ?")
            .bind(size.cast_signed())
            .bind(id)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Some(Batch { id, root: id, renewed: false, size, stage: Stage::Prepared, ticket: Ticket::NONE }))
    }

    /// Commits that a batch is about to leave, or to be asked about: from here on its members are uncertain, and a crash
    /// makes it unanswered. Gives what is to be sent.
    pub async fn mark_sent(&mut self, batch: i64, now: Timestamp) -> Result<Vec<Frozen>, Error> {
        let mut tx = self.write().await?;
        sqlx::query("UPDATE batch SET state = ?, at = ? WHERE id = ?")
            .bind(SENT)
            .bind(millis(now))
            .bind(batch)
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE account SET certain = 0 WHERE batch = ?").bind(batch).execute(&mut *tx).await?;
        let rows = sqlx::query(
            "SELECT i.account, a.identity, i.gone, i.body, a.remote FROM item i JOIN account a ON a.id = i.account
             WHERE i.batch = ? ORDER BY i.gone DESC, i.account",
        )
        .bind(batch)
        .fetch(&mut *tx);
        let items = collect(rows, frozen).await?;
        tx.commit().await?;
        Ok(items)
    }
}

fn frozen(row: &SqliteRow) -> Result<Frozen, Error> {
    Ok(Frozen {
        account: row.try_get(0)?,
        identity: Identity::new(row.try_get::<&str, _>(1)?),
        remote: row.try_get::<Option<String>, _>(4)?.map(Remote::new),
        gone: row.try_get(2)?,
        body: Payload::from_json(row.try_get(3)?).map_err(|error| Error::Damaged(error.to_string()))?,
    })
}
