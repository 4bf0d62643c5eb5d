//! What is known of people from now on, and what is new about them.

use sqlx::{Sqlite, Transaction};

use super::{Admission, newcomer};
use crate::store::Error;
use crate::store::rows::millis;

/// Sets those apart whose verdict is new, and counts the newly invalid.
pub(super) async fn compare(tx: &mut Transaction<'_, Sqlite>) -> Result<u64, Error> {
    sqlx::query(
        "INSERT INTO news (stage, account)
         SELECT r.stage, p.account FROM ruling r JOIN stage s ON s.id = r.stage LEFT JOIN person p ON p.id = s.person
         WHERE r.verdict NOT IN ('active', 'left') AND (p.id IS NULL OR p.verdict <> r.verdict OR p.why IS NOT r.why)",
    )
    .execute(&mut **tx)
    .await?;
    let invalid: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM news n JOIN ruling r ON r.stage = n.stage JOIN stage s ON s.id = n.stage
           LEFT JOIN person p ON p.id = s.person
         WHERE r.verdict IN ('invalid', 'disputed') AND (p.id IS NULL OR p.verdict <> r.verdict)",
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(invalid.unsigned_abs())
}

/// Writes an event for every verdict that is new.
pub(super) async fn record(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO event (at, person, account, run, kind, detail)
         SELECT ?1, p.id, n.account, ?3, r.verdict, r.why
         FROM news n CROSS JOIN ruling r ON r.stage = n.stage CROSS JOIN stage s ON s.id = n.stage
           LEFT JOIN person p ON p.feed = ?2 AND p.key = s.key AND p.imported = s.imported
         ORDER BY n.stage",
    )
    .bind(millis(admission.now))
    .bind(admission.feed)
    .bind(admission.run)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Most of whom changed keep their account.
const STAYERS: &str = "
    INSERT INTO stayer SELECT r.stage, p.id FROM ruling r CROSS JOIN stage s ON s.id = r.stage
      CROSS JOIN person p ON p.id = s.person CROSS JOIN account a ON a.id = p.account
    WHERE +a.identity = r.identity AND a.realm = (SELECT id FROM realm WHERE name = ?1) AND (s.handle IS NULL OR s.handle = p.handle)";

/// They are found by their number, and the indexes over what stays are not looked at.
const STAY: &str = "
    UPDATE OR FAIL person SET seen = CASE WHEN r.settled THEN s.seen END, active = r.active, verdict = r.verdict, why = r.why,
      protected = s.protected, absent_since = s.absent_since, recheck_at = s.recheck_at, unseen_since = NULL
    FROM stayer t JOIN ruling r ON r.stage = t.stage JOIN stage s ON s.id = t.stage WHERE person.id = t.person";

/// Of newcomers, or of all the others but those who stay. In the order of their keys: among a million others each key would
/// change a page of its own.
const RULE: &str = "
    INSERT INTO person (feed, key, handle, seen, account, active, verdict, why, protected, absent_since, recheck_at, imported)
    SELECT ?1, s.key, s.handle, CASE WHEN r.settled THEN s.seen END, a.id, r.active AND a.id IS NOT NULL, r.verdict, r.why,
      s.protected, s.absent_since, s.recheck_at, s.imported
    FROM ruling r JOIN stage s ON s.id = r.stage
    LEFT JOIN account a ON a.identity = r.identity AND a.realm = (SELECT id FROM realm WHERE name = ?2)
    WHERE EXISTS (SELECT 1 FROM newcomer n WHERE n.stage = r.stage) = ?3 AND r.stage NOT IN (SELECT stage FROM stayer) ORDER BY s.key
    ON CONFLICT (feed, key, imported) DO UPDATE SET
      handle = coalesce(excluded.handle, handle), seen = excluded.seen, account = excluded.account, active = excluded.active,
      verdict = excluded.verdict, why = excluded.why, protected = excluded.protected, absent_since = excluded.absent_since,
      recheck_at = excluded.recheck_at, unseen_since = NULL";

/// What is known of them from now on. Returns how many newcomers there are.
pub(super) async fn rule(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<u64, Error> {
    sqlx::query(STAYERS).bind(admission.realm).execute(&mut **tx).await?;
    sqlx::query(STAY).execute(&mut **tx).await?;
    // Newcomers come last, and are whoever has a number beyond this one: to look a million of them up would take longer than
    // to write them.
    let mut last = 0;
    for newcomers in [false, true] {
        last = sqlx::query_scalar("SELECT coalesce(max(id), 0) FROM person").fetch_one(&mut **tx).await?;
        let rule = sqlx::query(RULE).bind(admission.feed).bind(admission.realm).bind(newcomers);
        rule.execute(&mut **tx).await?;
    }
    let newcomers = newcomer::record(tx, admission, last).await?;
    // Somebody of the directory has it now.
    sqlx::query(
        "DELETE FROM person INDEXED BY person_imported WHERE imported > 0
           AND EXISTS (SELECT 1 FROM person other WHERE other.account = person.account AND other.imported = 0)",
    )
    .execute(&mut **tx)
    .await?;
    Ok(newcomers)
}
