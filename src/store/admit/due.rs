//! The plan laid out, and what is due at the target from now on.

use serde_json::{Value, json};
use sqlx::{Sqlite, Transaction};

use super::Admission;
use crate::plan::Due;
use crate::roster::Identity;
use crate::store::Error;
use crate::store::rows::CHUNK;

/// The plan as temporary rows, for the statements that follow to join.
pub(super) async fn lay_out(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    sqlx::raw_sql("DELETE FROM ruling; DELETE FROM due;").execute(&mut **tx).await?;
    for chunk in admission.plan.rulings.chunks(CHUNK) {
        let rows = chunk.iter().map(|ruling| {
            let identity = ruling.account.as_ref().map(Identity::as_str);
            let stage = admission.observed[ruling.observed].stage;
            let flags = (i32::from(ruling.active), i32::from(ruling.settled));
            json!([stage, identity, flags.0, flags.1, ruling.verdict.word(), ruling.why])
        });
        sqlx::query(
            "INSERT INTO ruling (stage, identity, active, settled, verdict, why)
             SELECT value->>0, value->>1, value->>2, value->>3, value->>4, value->>5 FROM json_each(?)",
        )
        .bind(rows.collect::<Value>().to_string())
        .execute(&mut **tx)
        .await?;
    }
    for chunk in admission.plan.dues.chunks(CHUNK) {
        let rows = chunk.iter().map(|due| {
            let after = due.after.as_ref().map(Identity::as_str);
            json!([due.identity.as_str(), i32::from(due.due == Due::Left), due.stage, after])
        });
        sqlx::query(
            "INSERT INTO due (identity, gone, stage, after)
             SELECT value->>0, value->>1, value->>2, value->>3 FROM json_each(?)",
        )
        .bind(rows.collect::<Value>().to_string())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}

pub(super) async fn make(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    // A payload replaces the last one; the one the target confirmed is kept beside it for as long as they differ. A
    // quarantine ends when payload or rules differ, and the day that a refused leave waits when it is taken back. What
    // an identity left behind waits for stays: should whoever takes it give it up, it waits all the same.
    sqlx::query(
        "INSERT INTO account (realm, identity, gone, announce, fp, body, mapping)
         SELECT (SELECT id FROM realm WHERE name = ?1), d.identity, d.gone, d.gone, s.fp, s.body, ?2
         FROM due d JOIN stage s ON s.id = d.stage WHERE true
         ON CONFLICT (realm, identity) DO UPDATE SET
           confirmed_body = CASE
             WHEN account.confirmed_fp IS excluded.fp THEN NULL
             WHEN account.confirmed_fp IS account.fp THEN account.body
             ELSE account.confirmed_body END,
           refused = CASE WHEN account.refused = excluded.fp AND account.mapping = excluded.mapping THEN account.refused END,
           refusal = CASE WHEN account.refused = excluded.fp AND account.mapping = excluded.mapping THEN account.refusal END,
           not_before = NULL,
           gone = excluded.gone, fp = excluded.fp, body = excluded.body, mapping = excluded.mapping",
    )
    .bind(admission.realm)
    .bind(&admission.rules.as_bytes()[..])
    .execute(&mut **tx)
    .await?;
    // Leaves are never quarantined. Found from what is due, for SQLite would begin with every account of the target.
    sqlx::query(
        "UPDATE account SET gone = 1, refused = NULL, refusal = NULL, not_before = NULL
         WHERE id IN (SELECT a.id FROM due d CROSS JOIN account a ON a.identity = d.identity
           WHERE d.stage IS NULL AND a.realm = (SELECT id FROM realm WHERE name = ?))",
    )
    .bind(admission.realm)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An identity left behind waits for the one that replaces it, also when that one is itself replaced before it was
/// confirmed.
pub(super) async fn chain(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    // Materialized, or SQLite would begin with every account of the target.
    sqlx::query(
        "WITH moved AS MATERIALIZED (
           SELECT a.id, b.id AS after FROM due d CROSS JOIN account a CROSS JOIN account b
           WHERE d.after IS NOT NULL AND a.identity = d.identity AND a.realm = (SELECT id FROM realm WHERE name = ?)
             AND b.identity = d.after AND b.realm = a.realm)
         UPDATE account SET after = moved.after FROM moved WHERE account.id = moved.id",
    )
    .bind(admission.realm)
    .execute(&mut **tx)
    .await?;
    // Who goes back to an identity they had left behind is known by it again.
    sqlx::query(
        "UPDATE account SET after = NULL WHERE id IN
           (SELECT back.id FROM due d CROSS JOIN account a CROSS JOIN account back ON back.id = a.after
            WHERE d.after IS NOT NULL AND a.identity = d.identity AND a.realm = (SELECT id FROM realm WHERE name = ?)
              AND back.after = a.id)",
    )
    .bind(admission.realm)
    .execute(&mut **tx)
    .await?;
    leave_behind(tx, admission).await?;
    sqlx::query(
        "UPDATE account SET after = middle.after FROM account middle
         WHERE account.after = middle.id AND middle.gone = 1 AND middle.after IS NOT NULL AND middle.after <> account.id",
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An identity left behind that somebody else claims, too, stays for now. Should that one give it up, it waits all the
/// same: the one who moved may still be known by it alone.
async fn leave_behind(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    for change in admission.plan.changes.iter().filter(|change| change.held.is_none()) {
        let Some(from) = &change.from else { continue };
        sqlx::query(
            "UPDATE account SET after = (SELECT b.id FROM account b WHERE b.realm = account.realm AND b.identity = ?3)
             WHERE realm = (SELECT id FROM realm WHERE name = ?1) AND identity = ?2
               AND NOT EXISTS (SELECT 1 FROM due d WHERE d.identity = ?2)",
        )
        .bind(admission.realm)
        .bind(from.as_str())
        .bind(change.identity.as_str())
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
