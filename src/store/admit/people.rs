//! What is known of people from now on, and what is new about them.

use sqlx::{Sqlite, Transaction};

use super::Admission;
use crate::store::Error;
use crate::store::rows::millis;

/// Writes an event for every verdict that is new, and counts the newly invalid.
pub(super) async fn record_verdicts(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<u64, Error> {
    sqlx::query(
        "INSERT INTO event (at, feed, key, account, run, kind, detail)
         SELECT ?1, ?2, s.key, p.account, ?3, r.verdict, r.why
         FROM ruling r JOIN stage s ON s.id = r.stage LEFT JOIN person p ON p.id = s.person
         WHERE r.verdict NOT IN ('active', 'left') AND (p.id IS NULL OR p.verdict <> r.verdict OR p.why IS NOT r.why)",
    )
    .bind(millis(admission.now))
    .bind(admission.feed)
    .bind(admission.run)
    .execute(&mut **tx)
    .await?;
    let invalid: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM ruling r JOIN stage s ON s.id = r.stage LEFT JOIN person p ON p.id = s.person
         WHERE r.verdict IN ('invalid', 'disputed') AND (p.id IS NULL OR p.verdict <> r.verdict)",
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(invalid.unsigned_abs())
}

pub(super) async fn rule(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    // In the order of their keys: among a million others each key would change a page of its own.
    sqlx::query(
        "INSERT INTO person (feed, key, handle, seen, account, active, verdict, why, protected, absent_since, recheck_at, imported)
         SELECT ?1, s.key, s.handle, CASE WHEN r.settled THEN s.seen END, a.id, r.active AND a.id IS NOT NULL, r.verdict, r.why,
           s.protected, s.absent_since, s.recheck_at, s.imported
         FROM ruling r JOIN stage s ON s.id = r.stage
         LEFT JOIN account a ON a.identity = r.identity AND a.realm = (SELECT id FROM realm WHERE name = ?2)
         WHERE true ORDER BY s.key
         ON CONFLICT (feed, key, imported) DO UPDATE SET
           handle = coalesce(excluded.handle, handle), seen = excluded.seen, account = excluded.account, active = excluded.active, verdict = excluded.verdict,
           why = excluded.why, protected = excluded.protected, absent_since = excluded.absent_since,
           recheck_at = excluded.recheck_at, unseen_since = NULL",
    )
    .bind(admission.feed)
    .bind(admission.realm)
    .execute(&mut **tx)
    .await?;
    // Somebody of the directory has it now.
    sqlx::query(
        "DELETE FROM person INDEXED BY person_imported WHERE imported > 0
           AND EXISTS (SELECT 1 FROM person other WHERE other.account = person.account AND other.imported = 0)",
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
