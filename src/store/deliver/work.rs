//! What there is to do at a target.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use super::{ACCEPTED, UNKNOWN};
use crate::delivery::batch::{Batch, Stage};
use crate::delivery::next::Work;
use crate::destination::Ticket;
use crate::store::rows::{fingerprint, millis, moment, moment_of};
use crate::store::{Error, Store};

impl Store {
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
        let under_way = sqlx::query("SELECT * FROM batch WHERE realm = ? AND state IN (2, 3) ORDER BY wake LIMIT 1")
            .bind(id)
            .fetch_optional(&mut *connection)
            .await?;
        let ready: (bool, bool) = sqlx::query_as(concat!(
            "SELECT EXISTS (SELECT 1 FROM account a WHERE a.pending = 0 AND ",
            ready!(),
            ") OR EXISTS (SELECT 1 FROM batch b JOIN item i ON i.batch = b.id
               WHERE b.realm = ?1 AND i.gone = 1 AND (b.state = 0 OR b.state IN (2, 3) AND b.wake <= ?2)), EXISTS (SELECT 1 FROM account a WHERE a.pending > 0 AND ",
            ready!(),
            ")"
        ))
        .bind(id)
        .bind(millis(now))
        .bind(run)
        .fetch_one(&mut *connection)
        .await?;
        let is_ready = ready.0 || ready.1 || prepared.is_some();
        let later = if is_ready { None } else { later(connection, id, now).await? };
        let is_quiet = !is_ready && under_way.is_none();
        Ok(Work {
            under_way: under_way.as_ref().map(under_way_at).transpose()?,
            prepared: prepared.as_ref().map(batch).transpose()?,
            used: used.into_iter().map(moment).collect(),
            leaves: ready.0,
            others: ready.1 || is_quiet && stuck(connection, (id, run), now).await?,
            later,
            ..realm_state(&row)?
        })
    }
}

/// When the next one may be sent of those who wait. Everybody who is pending is looked at, so it is asked only when nobody
/// else can be sent: while a million are, it would be asked a thousand times.
async fn later(connection: &mut SqliteConnection, realm: i64, now: Timestamp) -> Result<Option<Timestamp>, Error> {
    let later = sqlx::query_scalar(
        "SELECT min(not_before) FROM account
         WHERE realm = ? AND pending IS NOT NULL AND batch IS NULL AND refused IS NULL AND not_before > ?",
    );
    Ok(moment_of(later.bind(realm).bind(millis(now)).fetch_one(connection).await?))
}

/// Whether somebody waits for somebody who may wait for them. Everybody who is pending is looked at, so it is asked only
/// when nothing else is left to do.
async fn stuck(connection: &mut SqliteConnection, (realm, run): (i64, i64), now: Timestamp) -> Result<bool, Error> {
    let stuck = sqlx::query_scalar(concat!(
        "SELECT EXISTS (SELECT 1 FROM holding) AND EXISTS (SELECT 1 FROM account a WHERE ",
        stuck!(),
        ")"
    ));
    Ok(stuck.bind(realm).bind(millis(now)).bind(run).fetch_one(connection).await?)
}

fn batch(row: &SqliteRow) -> Result<Batch, Error> {
    let stage = match row.try_get("state")? {
        UNKNOWN => Stage::Unknown,
        ACCEPTED => Stage::Accepted,
        _ => Stage::Prepared,
    };
    Ok(Batch {
        id: row.try_get("id")?,
        root: row.try_get("root")?,
        renewed: row.try_get("renewed")?,
        size: row.try_get::<i64, _>("size")?.unsigned_abs(),
        at: moment(row.try_get("at")?),
        stage,
        ticket: Ticket::from_stored(row.try_get("ticket")?),
    })
}

fn under_way_at(row: &SqliteRow) -> Result<(Batch, Timestamp), Error> {
    Ok((batch(row)?, moment(row.try_get("wake")?)))
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
