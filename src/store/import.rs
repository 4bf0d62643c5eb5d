//! Identities that are said to be known at the target.

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{Sqlite, Transaction};

use super::confirmed::{clear, confirmed};
use super::rows::{CHUNK, millis};
use super::{Error, Store};
use crate::destination::Member;

/// What an import came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Imported {
    /// Identities of which it was news that the target knows them.
    pub imported: u64,
    /// Identities that were taken to be there already, or are leaving.
    pub known: u64,
}

impl Store {
    /// Believes that the target knows these as active, their payloads being all or part of what it knows. Whom nobody of
    /// the directory claims is claimed by the import, so that a reading may find who has them, or let them leave.
    pub async fn import(&mut self, feed: i64, members: &[Member], by: &str, now: Timestamp) -> Result<Imported, Error> {
        let mut tx = self.write().await?;
        lay_out(&mut tx, feed, members).await?;
        doubt(&mut tx).await?;
        believe(&mut tx, feed).await?;
        claim(&mut tx, feed, now).await?;
        // They may be somebody's of the other syncs, who is known by no account yet.
        let unseen =
            "UPDATE feed SET import_unseen = 1 WHERE realm = (SELECT realm FROM feed WHERE id = ?1) AND id <> ?1";
        sqlx::query(unseen).bind(feed).execute(&mut *tx).await?;
        // Whoever was inactive when first seen may be one of them, and is to leave for that reason.
        let anew = "UPDATE person SET seen = NULL WHERE feed = ? AND account IS NULL";
        sqlx::query(anew).bind(feed).execute(&mut *tx).await?;
        let imported = record(&mut tx, by, now).await?;
        tx.commit().await?;
        Ok(Imported { imported, known: members.len() as u64 - imported })
    }
}

/// The members beside their accounts, and what is new about them: somebody's, or to be claimed.
async fn lay_out(tx: &mut Transaction<'_, Sqlite>, feed: i64, members: &[Member]) -> Result<(), Error> {
    sqlx::raw_sql("DELETE FROM importing").execute(&mut **tx).await?;
    for chunk in members.chunks(CHUNK) {
        let rows = chunk.iter().map(|member| json!([member.identity.as_str(), member.payload.to_json()]));
        sqlx::query(
            "INSERT INTO importing (identity, body, account) SELECT value->>0, value->>1, (SELECT a.id FROM account a
               WHERE a.realm = (SELECT realm FROM feed WHERE id = ?1) AND a.identity = value->>0) FROM json_each(?2)",
        )
        .bind(feed)
        .bind(rows.collect::<Value>().to_string())
        .execute(&mut **tx)
        .await?;
    }
    sqlx::query(
        "UPDATE importing SET news = (SELECT CASE
           WHEN EXISTS (SELECT 1 FROM person p WHERE p.account = a.id AND p.imported = 0)
             OR a.gone = 1 AND a.pending IS NOT NULL THEN
             CASE WHEN a.confirmed_gone IS NOT 0 AND a.certain = 1 THEN 'doubted' END
           WHEN EXISTS (SELECT 1 FROM person p WHERE p.account = a.id AND p.active = 1) THEN NULL
           ELSE 'claimed' END FROM account a WHERE a.id = account)
         WHERE account IS NOT NULL",
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query("UPDATE importing SET news = 'claimed' WHERE account IS NULL").execute(&mut **tx).await?;
    Ok(())
}

/// Somebody's account that we take for absent or gone: what is due there is sent once more, whatever a batch on its way
/// is answered.
async fn doubt(tx: &mut Transaction<'_, Sqlite>) -> Result<(), Error> {
    for statement in [
        "UPDATE account SET certain = 0 WHERE id IN (SELECT account FROM importing WHERE news = 'doubted')",
        // What was sent of them is forgotten: what is said of them now is what they leave with.
        "UPDATE account SET body = i.body, confirmed_fp = NULL, emptied = 0 FROM importing i
         WHERE i.news = 'doubted' AND account.id = i.account AND emptied = 1",
        "UPDATE item SET was_certain = 0, doubted = (SELECT state <> 0 FROM batch WHERE id = item.batch)
         WHERE account IN (SELECT i.account FROM importing i
           JOIN account a ON a.id = i.account
           WHERE (a.confirmed_gone IS NOT 0 OR item.gone = 1) AND i.news IS NOT 'claimed')",
    ] {
        sqlx::query(statement).execute(&mut **tx).await?;
    }
    Ok(())
}

/// Nobody's account is there; with which fields is not known, but what is said of them is what they leave with. One that
/// was left behind as active stays as it was.
async fn believe(tx: &mut Transaction<'_, Sqlite>, feed: i64) -> Result<(), Error> {
    let believed: Vec<i64> = sqlx::query_scalar(concat!(
        "UPDATE account SET gone = 0, fp = x'', confirmed_gone = 0, confirmed_fp = NULL, certain = 1, announce = 0,
           left_by = NULL, leaving_since = NULL, leaving_feed = NULL, not_before = NULL, refused = NULL, refusal = NULL,
           emptied = 0, body = CASE WHEN i.body <> '{}' OR emptied = 1 THEN i.body WHEN confirmed_fp IS x'' THEN account.body ELSE ",
        confirmed!("account"),
        " END
         FROM importing i WHERE i.news = 'claimed' AND account.id = i.account AND (gone = 1 OR confirmed_gone IS NOT 0) RETURNING account.id"
    ))
    .fetch_all(&mut **tx)
    .await?;
    clear(tx, &believed).await?;
    sqlx::query(
        "INSERT INTO account (realm, identity, gone, fp, body, confirmed_gone)
         SELECT f.realm, i.identity, 0, x'', i.body, 0 FROM importing i CROSS JOIN feed f WHERE f.id = ? AND i.account IS NULL",
    )
    .bind(feed)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "UPDATE importing SET account = (SELECT a.id FROM account a
           WHERE a.realm = (SELECT realm FROM feed WHERE id = ?) AND a.identity = importing.identity)
         WHERE account IS NULL",
    )
    .bind(feed)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Claims them; one who was imported before and left is there again.
async fn claim(tx: &mut Transaction<'_, Sqlite>, feed: i64, now: Timestamp) -> Result<(), Error> {
    let before =
        "DELETE FROM person WHERE imported > 0 AND account IN (SELECT account FROM importing WHERE news = 'claimed')";
    sqlx::query(before).execute(&mut **tx).await?;
    sqlx::query(
        "INSERT INTO person (feed, key, account, active, verdict, why, imported)
         SELECT ?1, identity, account, 1, 'imported', 'until somebody of the directory takes it over', ?2
         FROM importing WHERE news = 'claimed'",
    )
    .bind(feed)
    .bind(millis(now))
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn record(tx: &mut Transaction<'_, Sqlite>, by: &str, now: Timestamp) -> Result<u64, Error> {
    let written = sqlx::query(
        "INSERT INTO event (at, account, kind, detail)
         SELECT ?1, account, 'imported', 'by ' || ?2 FROM importing WHERE news IS NOT NULL",
    )
    .bind(millis(now))
    .bind(by)
    .execute(&mut **tx)
    .await?;
    Ok(written.rows_affected())
}
