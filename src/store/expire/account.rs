//! Those who left: at first what was sent of them is forgotten, but which fields that were; in the end they are.

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{Row, Sqlite, Transaction};

use super::{Cutoff, PORTION};
use crate::store::Error;
use crate::store::deliver::{held, payload};
use crate::store::rows::{collect, millis};

/// An account of somebody whom the target is known not to have as active, with nothing on the way, and whom nobody claims.
macro_rules! at_rest {
    () => {
        "a.gone = 1 AND a.pending IS NULL AND a.batch IS NULL
         AND NOT EXISTS (SELECT 1 FROM person c WHERE c.account = a.id AND c.active = 1)"
    };
}

/// Notes since when nothing is left to do for somebody. It takes effect a while later, so it does not matter that it is seen
/// only now.
pub(super) async fn come_to_rest(tx: &mut Transaction<'_, Sqlite>, realm: i64, cutoff: Cutoff) -> Result<u64, Error> {
    let rest = sqlx::query(concat!(
        "UPDATE account SET rest_since = ?2 WHERE id IN (SELECT a.id FROM account a INDEXED BY account_ended
           WHERE a.realm = ?1 AND a.rest_since IS NULL AND ",
        at_rest!(),
        " LIMIT ?3)"
    ));
    let done = rest.bind(realm).bind(millis(cutoff.now)).bind(PORTION).execute(&mut **tx).await?;
    Ok(done.rows_affected())
}

/// What was sent of them is needed as long as they can still leave, or be sent as leaving once more. Of what the target may
/// have, the names of the fields stay, by which it is told of those that somebody who returns has no more.
pub(super) async fn empty(tx: &mut Transaction<'_, Sqlite>, realm: i64, cutoff: Cutoff) -> Result<u64, Error> {
    let rows = sqlx::query(concat!(
        "SELECT a.id, ",
        held!("a"),
        " FROM account a INDEXED BY account_resting
         WHERE a.realm = ?1 AND a.rest_since IS NOT NULL AND a.rest_since <= ?2 AND a.emptied = 0 AND ",
        at_rest!(),
        " LIMIT ?3"
    ))
    .bind(realm)
    .bind(millis(cutoff.values))
    .bind(PORTION)
    .fetch(&mut **tx);
    let rows = collect(rows, |row| {
        let held = row.try_get::<Option<&str>, _>(1)?.map(payload).transpose()?;
        Ok(json!([row.try_get::<i64, _>(0)?, held.map(|held| held.emptied().to_json())]))
    })
    .await?;
    emptied(tx, rows).await
}

/// `[[account, what is left of its payload]]`. An empty fingerprint is that of no payload.
pub(in crate::store) async fn emptied(tx: &mut Transaction<'_, Sqlite>, rows: Vec<Value>) -> Result<u64, Error> {
    let rows = Value::from(rows).to_string();
    sqlx::query("DELETE FROM confirmed WHERE account IN (SELECT value->>0 FROM json_each(?))")
        .bind(&rows)
        .execute(&mut **tx)
        .await?;
    let done = sqlx::query(
        "UPDATE account SET emptied = 1, body = coalesce(r.value->>1, '{}'), fp = x'',
           confirmed_fp = CASE WHEN r.value->>1 IS NOT NULL THEN x'' END, maybe_body = NULL, parted = NULL, made_under = NULL,
           once = NULL, refused = NULL, refusal = NULL, suspect = NULL, suspect_root = NULL, suspect_run = NULL
         FROM json_each(?) r WHERE account.id = r.value->>0",
    )
    .bind(&rows)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}

/// Nobody whom the directory still shows, whether active or not. Where the target keeps something unique among its members
/// their identities stay: whoever comes next under one, with a value that somebody else has there, would be refused or be
/// taken for them.
pub(super) async fn leave_for_good(tx: &mut Transaction<'_, Sqlite>, realm: i64, cutoff: Cutoff) -> Result<u64, Error> {
    let gone = sqlx::query(concat!(
        "DELETE FROM person WHERE id IN (SELECT p.id FROM account a INDEXED BY account_emptied
           CROSS JOIN person p INDEXED BY person_account ON p.account = a.id
           WHERE a.realm = ?1 AND a.emptied = 1 AND a.rest_since <= ?2 AND p.active = 0
             AND (p.imported > 0 OR p.unseen_since <= ?2) AND ",
        at_rest!(),
        "    AND NOT EXISTS (SELECT 1 FROM account l WHERE l.left_by = p.id) LIMIT ?3)"
    ))
    .bind(realm)
    .bind(millis(cutoff.audit))
    .bind(PORTION)
    .execute(&mut **tx)
    .await?;
    let accounts: Vec<i64> = sqlx::query_scalar(concat!(
        "SELECT a.id FROM account a INDEXED BY account_emptied
         WHERE a.realm = ?1 AND a.emptied = 1 AND a.rest_since <= ?2 AND ",
        at_rest!(),
        "  AND NOT EXISTS (SELECT 1 FROM person p WHERE p.account = a.id)
           AND NOT EXISTS (SELECT 1 FROM holding h WHERE h.realm = a.realm)
         LIMIT ?3"
    ))
    .bind(realm)
    .bind(millis(cutoff.audit))
    .bind(PORTION)
    .fetch_all(&mut **tx)
    .await?;
    Ok(gone.rows_affected() + remove(tx, accounts).await?)
}

/// A target that no sync points to any more: nobody can leave there, whatever happens.
pub(super) async fn abandon(tx: &mut Transaction<'_, Sqlite>, realm: i64, cutoff: Cutoff) -> Result<u64, Error> {
    sqlx::query(
        "UPDATE realm SET left_since = CASE WHEN NOT EXISTS (SELECT 1 FROM feed WHERE realm = ?1) THEN coalesce(left_since, ?2) END
         WHERE id = ?1 AND (left_since IS NULL) = (NOT EXISTS (SELECT 1 FROM feed WHERE realm = ?1))",
    )
    .bind(realm)
    .bind(millis(cutoff.now))
    .execute(&mut **tx)
    .await?;
    let accounts: Vec<i64> = sqlx::query_scalar(
        "SELECT a.id FROM realm r CROSS JOIN account a ON a.realm = r.id
         WHERE r.id = ?1 AND r.left_since <= ?2 AND NOT EXISTS (SELECT 1 FROM person p WHERE p.account = a.id)
           AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.id = a.batch AND b.state <> 9) LIMIT ?3",
    )
    .bind(realm)
    .bind(millis(cutoff.audit))
    .bind(PORTION)
    .fetch_all(&mut **tx)
    .await?;
    remove(tx, accounts).await
}

/// Accounts with all that is told of them: their numbers may be given to others.
pub(in crate::store) async fn remove(tx: &mut Transaction<'_, Sqlite>, accounts: Vec<i64>) -> Result<u64, Error> {
    if accounts.is_empty() {
        return Ok(0);
    }
    let accounts = Value::from(accounts).to_string();
    for statement in [
        "DELETE FROM said WHERE account IN (SELECT value FROM json_each(?))",
        "DELETE FROM confirmed WHERE account IN (SELECT value FROM json_each(?))",
        "DELETE FROM holding WHERE account IN (SELECT value FROM json_each(?))",
        "UPDATE event SET account = NULL, person = NULL, detail = NULL
         WHERE id IN (SELECT id FROM record WHERE account IN (SELECT value FROM json_each(?)))",
    ] {
        sqlx::query(statement).bind(&accounts).execute(&mut **tx).await?;
    }
    let done = sqlx::query("DELETE FROM account WHERE id IN (SELECT value FROM json_each(?))")
        .bind(&accounts)
        .execute(&mut **tx)
        .await?;
    Ok(done.rows_affected())
}

/// Whom readings of everybody do not find any more, of those who left; and who is found again.
pub(in crate::store) async fn unseen(
    tx: &mut Transaction<'_, Sqlite>,
    feed: i64,
    unseen: &[i64],
    now: Timestamp,
) -> Result<(), Error> {
    let unseen = Value::from(unseen).to_string();
    for statement in [
        "UPDATE person SET unseen_since = NULL
         WHERE feed = ?1 AND unseen_since IS NOT NULL AND id NOT IN (SELECT value FROM json_each(?2))",
        "UPDATE person SET unseen_since = ?3
         WHERE id IN (SELECT value FROM json_each(?2)) AND unseen_since IS NULL AND active = 0",
    ] {
        sqlx::query(statement).bind(feed).bind(&unseen).bind(millis(now)).execute(&mut **tx).await?;
    }
    Ok(())
}
