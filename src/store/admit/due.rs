//! The plan laid out, and what is due at the target from now on.

use serde_json::{Value, json};
use sqlx::{Sqlite, Transaction};

use super::{Admission, leave, newcomer};
use crate::plan::{Due, Ruling};
use crate::roster::{Fingerprint, Identity};
use crate::store::Error;
use crate::store::rows::CHUNK;

/// The plan as temporary rows, for the statements that follow to join.
pub(super) async fn lay_out(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    // In the order in which they are staged, as the table is: rows by the million are appended, and then read side by side.
    let mut rulings: Vec<&Ruling> = admission.plan.rulings.iter().collect();
    rulings.sort_unstable_by_key(|ruling| admission.observed[ruling.observed].stage);
    for chunk in rulings.chunks(CHUNK) {
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
    let leavers = leave::leavers(admission);
    for chunk in admission.plan.dues.chunks(CHUNK) {
        let rows = chunk.iter().map(|due| {
            let gone = i32::from(due.due == Due::Left);
            json!([due.identity.as_str(), gone, due.stage, leavers.get(&due.identity)])
        });
        sqlx::query(
            "INSERT INTO due (identity, gone, stage, leaver, account)
             SELECT value->>0, value->>1, value->>2, value->>3, (SELECT a.id FROM account a WHERE a.identity = value->>0
               AND a.realm = (SELECT id FROM realm WHERE name = ?2)) FROM json_each(?1)",
        )
        .bind(rows.collect::<Value>().to_string())
        .bind(admission.realm)
        .execute(&mut **tx)
        .await?;
    }
    newcomer::lay_out(tx).await
}

pub(super) async fn make(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    let made_under = rules(tx, admission.rules).await?;
    keep_confirmed(tx).await?;
    // A payload replaces the last one. A quarantine ends when payload or rules differ, and the day that a refused leave
    // waits when it is taken back. What an identity left behind waits for stays: should whoever takes it give it up, it
    // waits all the same.
    sqlx::query(
        "UPDATE OR FAIL account SET
           refused = CASE WHEN refused = s.fp AND made_under = ?1 THEN refused END,
           refusal = CASE WHEN refused = s.fp AND made_under = ?1 THEN refusal END,
           not_before = NULL,
           failed = CASE WHEN account.fp = s.fp AND account.gone = d.gone THEN failed ELSE 0 END,
           once = CASE WHEN confirmed_gone IS NULL AND s.once = 1 AND d.gone = 0 THEN ?2 END,
           leaving_since = CASE d.gone WHEN 1 THEN leaving_since END,
           leaving_feed = CASE d.gone WHEN 1 THEN leaving_feed END,
           suspect = CASE WHEN account.gone = d.gone THEN suspect END,
           suspect_root = CASE WHEN account.gone = d.gone THEN suspect_root END,
           suspect_run = CASE WHEN account.gone = d.gone THEN suspect_run END,
           gone = d.gone, fp = s.fp, body = s.body, made_under = ?1, emptied = 0, handed = 1
         FROM due d CROSS JOIN stage s ON s.id = d.stage WHERE account.id = d.account",
    )
    .bind(made_under)
    .bind(admission.run)
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "INSERT INTO account (realm, identity, gone, announce, fp, body, made_under, once)
         SELECT (SELECT id FROM realm WHERE name = ?1), d.identity, d.gone, d.gone, s.fp, s.body, ?2,
           CASE WHEN s.once = 1 AND d.gone = 0 THEN ?3 END
         FROM due d CROSS JOIN stage s ON s.id = d.stage WHERE d.account IS NULL",
    )
    .bind(admission.realm)
    .bind(made_under)
    .bind(admission.run)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The payload that the target confirmed is kept for as long as another one is due.
async fn keep_confirmed(tx: &mut Transaction<'_, Sqlite>) -> Result<(), Error> {
    for statement in [
        "DELETE FROM confirmed WHERE account IN (SELECT a.id FROM due d CROSS JOIN account a ON a.id = d.account
           CROSS JOIN stage s ON s.id = d.stage WHERE s.fp IS a.confirmed_fp)",
        "INSERT OR REPLACE INTO confirmed SELECT a.id, a.body FROM due d CROSS JOIN account a ON a.id = d.account
           CROSS JOIN stage s ON s.id = d.stage WHERE a.fp IS a.confirmed_fp AND s.fp IS NOT a.fp",
    ] {
        sqlx::query(statement).execute(&mut **tx).await?;
    }
    Ok(())
}

/// The number of these rules.
async fn rules(tx: &mut Transaction<'_, Sqlite>, rules: Fingerprint) -> Result<i64, Error> {
    let fp = &rules.as_bytes()[..];
    sqlx::query("INSERT INTO rules (fp) VALUES (?) ON CONFLICT DO NOTHING").bind(fp).execute(&mut **tx).await?;
    Ok(sqlx::query_scalar("SELECT id FROM rules WHERE fp = ?").bind(fp).fetch_one(&mut **tx).await?)
}
