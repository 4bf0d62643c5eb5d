//! What the guard held, and what it let pass.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde_json::{Value, json};
use sqlx::{Sqlite, Transaction};

use super::Admission;
use crate::plan::{Change, Kind, guard};
use crate::store::Error;
use crate::store::rows::{CHUNK, millis};

/// How long the guard's window is remembered; a little longer than it is.
const WINDOW_KEPT: SignedDuration = SignedDuration::from_hours(48);

/// Replaces what is held by what is held now; who is held again keeps their `since`.
pub(super) async fn hold(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    let plan = admission.plan.id.as_deref().unwrap_or_default();
    for change in admission.plan.held() {
        let (key, pair) = guard::pair(admission.observed, change);
        sqlx::query(
            "INSERT INTO held (feed, key, pair, kind, identity, why, since, plan) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (feed, key, pair) DO UPDATE SET why = excluded.why, plan = excluded.plan",
        )
        .bind(admission.feed)
        .bind(key.as_str())
        .bind(pair)
        .bind(change.kind.word())
        .bind(change.identity.as_str())
        .bind(change.held.as_deref())
        .bind(millis(admission.now))
        .bind(plan)
        .execute(&mut **tx)
        .await?;
    }
    sqlx::query("DELETE FROM held WHERE feed = ? AND plan <> ?")
        .bind(admission.feed)
        .bind(plan)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Counts what was admitted against the window, so many newcomers too, ends the grants that were used, and writes the audit.
pub(super) async fn spend(
    tx: &mut Transaction<'_, Sqlite>,
    admission: &Admission<'_>,
    newcomers: u64,
) -> Result<(), Error> {
    let admitted: Vec<&Change> = admission.plan.changes.iter().filter(|change| change.held.is_none()).collect();
    let mut spent = BTreeMap::<&str, i64>::new();
    for change in &admitted {
        if !ends_grant(tx, admission, change).await? {
            *spent.entry(change.kind.word()).or_default() += 1;
        }
    }
    if newcomers > 0 {
        *spent.entry(Kind::Join.word()).or_default() += newcomers.cast_signed();
    }
    for (kind, n) in spent {
        sqlx::query("INSERT INTO admission (feed, at, kind, n) VALUES (?, ?, ?, ?)")
            .bind(admission.feed)
            .bind(millis(admission.now))
            .bind(kind)
            .bind(n)
            .execute(&mut **tx)
            .await?;
    }
    sqlx::query("DELETE FROM admission WHERE at < ?")
        .bind(millis(admission.now - WINDOW_KEPT))
        .execute(&mut **tx)
        .await?;
    for chunk in admitted.chunks(CHUNK) {
        record(tx, admission, chunk).await?;
    }
    Ok(())
}

/// Whether a change was granted; that is used up.
async fn ends_grant(
    tx: &mut Transaction<'_, Sqlite>,
    admission: &Admission<'_>,
    change: &Change,
) -> Result<bool, Error> {
    if admission.granted.is_empty() {
        return Ok(false);
    }
    let pair = guard::pair(admission.observed, change);
    if !admission.granted.contains(&pair) {
        return Ok(false);
    }
    sqlx::query("DELETE FROM approval WHERE feed = ? AND key = ? AND pair = ?")
        .bind(admission.feed)
        .bind(pair.0.as_str())
        .bind(&pair.1)
        .execute(&mut **tx)
        .await?;
    Ok(true)
}

async fn record(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>, changes: &[&Change]) -> Result<(), Error> {
    let events = changes.iter().map(|change| {
        let seen = &admission.observed[change.observed];
        json!([seen.stage, change.identity.as_str(), change.kind.word(), seen.why])
    });
    sqlx::query(
        "INSERT INTO event (at, person, account, run, kind, detail)
         SELECT ?1, coalesce((SELECT y.person FROM stayer y WHERE y.stage = s.id), (SELECT p.id FROM person p
             WHERE p.feed = ?2 AND p.key = s.key AND p.imported = s.imported)), a.id, ?3, e.value->>2,
           coalesce(e.value->>3 || '; ' || t.fields, e.value->>3, t.fields)
         FROM json_each(?4) e CROSS JOIN stage s ON s.id = e.value->>0 LEFT JOIN renewed t ON t.stage = s.id CROSS JOIN account a
         WHERE a.identity = e.value->>1 AND a.realm = (SELECT id FROM realm WHERE name = ?5)",
    )
    .bind(millis(admission.now))
    .bind(admission.feed)
    .bind(admission.run)
    .bind(events.collect::<Value>().to_string())
    .bind(admission.realm)
    .execute(&mut **tx)
    .await?;
    Ok(())
}
