//! Where a target has what it keeps unique among its members, as far as is known.

use sqlx::{Sqlite, Transaction};

use super::latency;
use crate::roster::Timestamp;
use crate::store::Error;
use crate::store::confirmed::clear;

/// Whether nobody has anything that the target keeps unique: then a batch need not be asked for it member by member.
pub(in crate::store) async fn none(tx: &mut Transaction<'_, Sqlite>) -> Result<bool, Error> {
    Ok(sqlx::query_scalar("SELECT NOT EXISTS (SELECT 1 FROM holding)").fetch_one(&mut **tx).await?)
}

/// What a batch brings is under way, and so is what those who leave let go of, because others are to have it. Whoever had
/// it until then, under the identity before, may lose it at any moment.
pub(in crate::store) async fn sent(tx: &mut Transaction<'_, Sqlite>, batch: i64) -> Result<(), Error> {
    if none(tx).await? {
        return Ok(());
    }
    for statement in [
        "UPDATE holding SET batch = ?1
         WHERE due = 1 AND account IN (SELECT account FROM item WHERE batch = ?1 AND gone = 0 AND whole IS NULL)",
        "UPDATE holding SET batch = ?1 WHERE due = 1 AND confirmed = 1
           AND account IN (SELECT account FROM item WHERE batch = ?1 AND gone = 0 AND whole IS NOT NULL)",
        "UPDATE holding SET batch = ?1
         WHERE account IN (SELECT account FROM item WHERE batch = ?1 AND gone = 1) AND EXISTS (
           SELECT 1 FROM holding other WHERE other.realm = holding.realm AND other.value = holding.value AND other.due = 1)",
        "UPDATE account SET certain = 0 WHERE certain = 1 AND id IN (
           SELECT other.account FROM holding mine CROSS JOIN holding other
           ON other.realm = mine.realm AND other.value = mine.value AND other.account <> mine.account
           WHERE mine.batch = ?1 AND mine.due = 1 AND other.confirmed = 1)",
    ] {
        sqlx::query(statement).bind(batch).execute(&mut **tx).await?;
    }
    Ok(())
}

/// A batch was not applied; or one of its members was not.
pub(super) async fn withdrawn(tx: &mut Transaction<'_, Sqlite>, batch: i64, account: Option<i64>) -> Result<(), Error> {
    sqlx::query("UPDATE holding SET batch = NULL WHERE batch = ?1 AND (?2 IS NULL OR account = ?2)")
        .bind(batch)
        .bind(account)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Nothing more will be learnt about a batch.
pub(super) async fn lost(tx: &mut Transaction<'_, Sqlite>, batch: i64) -> Result<(), Error> {
    for statement in [
        "UPDATE holding SET batch = 0 WHERE batch = ?",
        "UPDATE account SET maybe_gone = maybe_gone OR i.gone,
           maybe_body = CASE i.gone WHEN 1 THEN maybe_body ELSE json_patch(coalesce(maybe_body, '{}'), i.body) END
         FROM item i WHERE i.batch = ? AND account.id = i.account",
    ] {
        sqlx::query(statement).bind(batch).execute(&mut **tx).await?;
    }
    Ok(())
}

/// The members of a batch are confirmed: they have what it brought, and nobody else has. Who left has what they were not to
/// let go of.
pub(super) async fn confirmed(tx: &mut Transaction<'_, Sqlite>, batch: i64) -> Result<(), Error> {
    if none(tx).await? {
        return Ok(());
    }
    for statement in [
        "UPDATE holding SET confirmed = 0, batch = NULL
         WHERE account IN (SELECT account FROM item WHERE batch = ?1 AND gone = 1) AND batch = ?1",
        "UPDATE holding SET confirmed = 0, batch = NULL
         WHERE account IN (SELECT account FROM item WHERE batch = ?1 AND gone = 0) AND batch IS NOT ?1",
        "UPDATE holding SET confirmed = 0 WHERE confirmed = 1 AND (realm, value, account) IN (
           SELECT other.realm, other.value, other.account FROM holding mine CROSS JOIN holding other
           ON other.realm = mine.realm AND other.value = mine.value AND other.account <> mine.account
           WHERE mine.batch = ?1)",
        "UPDATE holding SET confirmed = 1, batch = NULL WHERE batch = ?1",
        "DELETE FROM holding WHERE account IN (SELECT account FROM item WHERE batch = ?1)
           AND due = 0 AND confirmed = 0 AND batch IS NULL",
    ] {
        sqlx::query(statement).bind(batch).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Who left with what somebody else came to want meanwhile leaves once more, to let go of it.
pub(super) async fn wanted(tx: &mut Transaction<'_, Sqlite>, batch: i64) -> Result<(), Error> {
    if none(tx).await? {
        return Ok(());
    }
    sqlx::query(
        "UPDATE account SET certain = 0 WHERE gone = 1 AND id IN (SELECT mine.account FROM item i
           CROSS JOIN holding mine ON mine.account = i.account CROSS JOIN holding other
             ON other.realm = mine.realm AND other.value = mine.value AND other.account <> mine.account
           WHERE i.batch = ? AND i.gone = 1 AND mine.confirmed = 1 AND other.due = 1)",
    )
    .bind(batch)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Who moved to another identity, under which nobody was there, and brought along what the target keeps unique is the same
/// member under it: of the old identity the target knows nobody any more. Where somebody else claims that and has not got it
/// yet, nothing is known that could be sent.
pub(super) async fn moved(tx: &mut Transaction<'_, Sqlite>, batch: i64, now: Timestamp) -> Result<(), Error> {
    if none(tx).await? {
        return Ok(());
    }
    let left: Vec<i64> = sqlx::query_scalar(
        "UPDATE account SET confirmed_gone = NULL, confirmed_fp = NULL, certain = 1, announce = 0,
           maybe_gone = 0, maybe_body = NULL, left_by = NULL,
           fp = CASE WHEN gone = 0 AND handed = 0 THEN x'' ELSE fp END WHERE id IN (
           SELECT old.id FROM holding mine CROSS JOIN account a ON a.id = mine.account
           CROSS JOIN holding other ON other.realm = mine.realm AND other.value = mine.value AND other.account <> a.id
           CROSS JOIN account old ON old.id = other.account CROSS JOIN person p ON p.id = old.left_by
           WHERE mine.batch = ? AND (other.confirmed = 1 OR other.batch = 0) AND p.account = a.id AND old.batch IS NULL)
         RETURNING id",
    )
    .bind(batch)
    .fetch_all(&mut **tx)
    .await?;
    clear(tx, &left).await?;
    for account in &left {
        sqlx::query("UPDATE holding SET confirmed = 0, batch = NULL WHERE account = ?")
            .bind(account)
            .execute(&mut **tx)
            .await?;
        sqlx::query(
            "INSERT INTO event (at, account, run, batch, kind, detail)
             SELECT ?1, ?2, run, id, 'confirmed', 'the same member has another identity there now' FROM batch WHERE id = ?3",
        )
        .bind(now.as_millisecond())
        .bind(account)
        .bind(batch)
        .execute(&mut **tx)
        .await?;
    }
    latency::left(tx, &left, now).await
}
