//! Batches on their way: what there is to do, claimed, sent, recovered.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};

use super::reading::collect;
use super::{Error, Store, fingerprint, millis, moment, moment_of};
use crate::delivery::batch::Batch;
use crate::delivery::next::Work;
use crate::roster::{Identity, Payload};

/// Prepared: nothing has left yet.
pub(super) const PREPARED: i64 = 0;
/// Sent: the answer is out.
pub(super) const SENT: i64 = 1;
/// Unknown: it may have taken effect.
pub(super) const UNKNOWN: i64 = 2;
/// Over.
pub(super) const OVER: i64 = 9;

/// Which pending accounts may go out now. `?1` realm, `?2` now, `?3` run. Checked again here, whatever was planned: an
/// account with an active claim is not sent as leaving, and a replaced identity waits for the one that replaces it.
macro_rules! ready {
    () => {
        "a.realm = ?1 AND a.pending IS NOT NULL AND a.batch IS NULL AND a.refused IS NULL
         AND coalesce(a.not_before, 0) <= ?2 AND a.suspect_run IS NOT ?3
         AND (a.gone = 0 OR NOT EXISTS (SELECT 1 FROM person p WHERE p.account = a.id AND p.active = 1))
         AND (a.gone = 0 OR a.after IS NULL OR EXISTS (SELECT 1 FROM account b
              WHERE b.id = a.after AND (b.gone = 1 OR b.pending IS NULL)))"
    };
}

/// One frozen member; the payload is the last good one, also when it leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frozen {
    /// In the store.
    pub account: i64,
    /// By which the target knows them.
    pub identity: Identity,
    /// Leaving.
    pub gone: bool,
    /// The payload of an active member.
    pub body: Payload,
}

impl Store {
    /// After a restart: what was prepared never left, what was sent may have arrived.
    pub async fn recover(&mut self, realm: &str, quiet: Duration, now: Timestamp) -> Result<(), Error> {
        let mut tx = self.write().await?;
        for statement in [
            "UPDATE account SET batch = NULL WHERE batch IN (SELECT id FROM batch
               WHERE state = 0 AND realm = (SELECT id FROM realm WHERE name = ?))",
            "DELETE FROM item WHERE batch IN (SELECT id FROM batch
               WHERE state = 0 AND realm = (SELECT id FROM realm WHERE name = ?))",
            "DELETE FROM batch WHERE state = 0 AND realm = (SELECT id FROM realm WHERE name = ?)",
        ] {
            sqlx::query(statement).bind(realm).execute(&mut *tx).await?;
        }
        sqlx::query(
            "UPDATE batch SET state = 2, wake = ?1, detail = 'rosterd was restarted before the answer came'
             WHERE state = 1 AND realm = (SELECT id FROM realm WHERE name = ?2)",
        )
        .bind(millis(now + quiet))
        .bind(realm)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// Everything known about the work at a target.
    pub async fn work(&mut self, realm: &str, run: i64, per: Duration, now: Timestamp) -> Result<Work, Error> {
        let connection = &mut self.connection;
        let row = sqlx::query("SELECT * FROM realm WHERE name = ?").bind(realm).fetch_one(&mut *connection).await?;
        let id: i64 = row.try_get("id")?;
        let used: Vec<i64> = sqlx::query_scalar("SELECT at FROM token_use WHERE realm = ? AND at > ? ORDER BY at")
            .bind(id)
            .bind(millis(now - per))
            .fetch_all(&mut *connection)
            .await?;
        let prepared = sqlx::query("SELECT * FROM batch WHERE realm = ? AND state = 0 ORDER BY id LIMIT 1")
            .bind(id)
            .fetch_optional(&mut *connection)
            .await?;
        let unknown: Option<(i64, i64)> =
            sqlx::query_as("SELECT id, wake FROM batch WHERE realm = ? AND state = 2 ORDER BY wake LIMIT 1")
                .bind(id)
                .fetch_optional(&mut *connection)
                .await?;
        let ready: (bool, bool) = sqlx::query_as(concat!(
            "SELECT EXISTS (SELECT 1 FROM account a WHERE a.pending = 0 AND ",
            ready!(),
            ") OR EXISTS (SELECT 1 FROM batch b JOIN item i ON i.batch = b.id
               WHERE b.realm = ?1 AND b.state = 0 AND i.gone = 1), EXISTS (SELECT 1 FROM account a WHERE a.pending > 0 AND ",
            ready!(),
            ")"
        ))
        .bind(id)
        .bind(millis(now))
        .bind(run)
        .fetch_one(&mut *connection)
        .await?;
        let later: Option<i64> = sqlx::query_scalar(
            "SELECT min(not_before) FROM account
             WHERE realm = ? AND pending IS NOT NULL AND batch IS NULL AND refused IS NULL AND not_before > ?",
        )
        .bind(id)
        .bind(millis(now))
        .fetch_one(&mut *connection)
        .await?;
        Ok(Work {
            unknown: unknown.map(|(batch, wake)| (batch, moment(wake))),
            prepared: prepared.as_ref().map(batch).transpose()?,
            used: used.into_iter().map(moment).collect(),
            leaves: ready.0,
            others: ready.1,
            later: moment_of(later),
            ..realm_state(&row)?
        })
    }

    /// Makes a batch of at most `limit` pending accounts, leavers first; `None` when nothing is ready any more.
    pub async fn claim(&mut self, realm: &str, run: i64, limit: usize, now: Timestamp) -> Result<Option<Batch>, Error> {
        let mut tx = self.write().await?;
        let realm: i64 =
            sqlx::query_scalar("SELECT id FROM realm WHERE name = ?").bind(realm).fetch_one(&mut *tx).await?;
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
        Ok(Some(Batch { id, root: id, renewed: false, size }))
    }

    /// Commits that a batch is about to leave: from here on its members are uncertain. Gives what is to be sent.
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
            "SELECT i.account, a.identity, i.gone, i.body FROM item i JOIN account a ON a.id = i.account
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
        gone: row.try_get(2)?,
        body: Payload::from_json(row.try_get(3)?).map_err(|error| Error::Damaged(error.to_string()))?,
    })
}

fn batch(row: &SqliteRow) -> Result<Batch, Error> {
    Ok(Batch {
        id: row.try_get("id")?,
        root: row.try_get("root")?,
        renewed: row.try_get("renewed")?,
        size: row.try_get::<i64, _>("size")?.unsigned_abs(),
    })
}

fn realm_state(row: &SqliteRow) -> Result<Work, Error> {
    let token = (moment_of(row.try_get("token_at")?), moment_of(row.try_get("token_until")?));
    let note: Option<String> = row.try_get("note")?;
    Ok(Work {
        not_before: moment_of(row.try_get("not_before")?).map(|until| (until, note.unwrap_or_default())),
        token: token.0.zip(token.1),
        refused_credential: fingerprint(row.try_get("refused_credential")?),
        ..Work::default()
    })
}
