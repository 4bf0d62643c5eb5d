//! Admission: a plan becomes what is due, in one transaction.

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sqlx::{Sqlite, Transaction};

use super::{Error, Store, millis};
use crate::plan::guard;
use crate::plan::{Due, Observed, Plan};
use crate::roster::Fingerprint;

/// How long the guard's window is remembered; a little longer than it is.
const WINDOW_KEPT: SignedDuration = SignedDuration::from_hours(48);

/// A plan with all that is stored together with it.
#[derive(Debug)]
pub struct Admission<'a> {
    /// The sync.
    pub feed: i64,
    /// The target.
    pub realm: &'a str,
    /// The run.
    pub run: i64,
    /// What was weighed.
    pub observed: &'a [Observed],
    /// The answer.
    pub plan: &'a Plan,
    /// What the guard had been granted.
    pub granted: &'a std::collections::BTreeSet<guard::Pair>,
    /// Search, mapping and identity it was read under.
    pub rules: Fingerprint,
    /// People who never had an account and are not in the directory any more.
    pub forgotten: &'a [i64],
    /// Who answered.
    pub server: &'a str,
    /// When a change of server was first seen, while it has not settled.
    pub server_since: Option<Timestamp>,
    /// Entries found per search.
    pub bases: &'a [u64],
    /// When.
    pub now: Timestamp,
}

impl Store {
    /// Admits a plan: claims, what is due, what is held, the guard's window and the audit, all or nothing. Returns how
    /// many people are invalid who were not before.
    pub async fn admit(&mut self, admission: &Admission<'_>) -> Result<u64, Error> {
        let mut tx = self.write().await?;
        lay_out(&mut tx, admission).await?;
        let newly_invalid = record_verdicts(&mut tx, admission).await?;
        make_due(&mut tx, admission).await?;
        chain(&mut tx, admission).await?;
        rule(&mut tx, admission).await?;
        hold(&mut tx, admission).await?;
        spend(&mut tx, admission).await?;
        sqlx::query("DELETE FROM person WHERE account IS NULL AND id IN (SELECT value FROM json_each(?))")
            .bind(Value::from(admission.forgotten.to_vec()).to_string())
            .execute(&mut *tx)
            .await?;
        sqlx::query("UPDATE feed SET rules = ?, server = ?, server_since = ?, bases = ? WHERE id = ?")
            .bind(&admission.rules.as_bytes()[..])
            .bind(admission.server)
            .bind(admission.server_since.map(millis))
            .bind(Value::from(admission.bases.to_vec()).to_string())
            .bind(admission.feed)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        self.clear_stage().await?;
        Ok(newly_invalid)
    }
}

/// The plan as temporary rows, for the statements that follow to join.
async fn lay_out(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    sqlx::raw_sql("DELETE FROM ruling; DELETE FROM due;").execute(&mut **tx).await?;
    for chunk in admission.plan.rulings.chunks(2_000) {
        let rows = chunk.iter().map(|ruling| {
            let identity = ruling.account.as_ref().map(crate::roster::Identity::as_str);
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
    for chunk in admission.plan.dues.chunks(2_000) {
        let rows = chunk.iter().map(|due| {
            let after = due.after.as_ref().map(crate::roster::Identity::as_str);
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

/// Writes an event for every verdict that is new, and counts the newly invalid.
async fn record_verdicts(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<u64, Error> {
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

async fn make_due(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    // A payload replaces the last one; the one the target confirmed is kept beside it for as long as they differ. A
    // quarantine ends when payload or rules differ, and the day that a refused leave waits when it is taken back.
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
           gone = excluded.gone, fp = excluded.fp, body = excluded.body, mapping = excluded.mapping, after = NULL",
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
async fn chain(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
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
    sqlx::query(
        "UPDATE account SET after = middle.after FROM account middle
         WHERE account.after = middle.id AND middle.gone = 1 AND middle.after IS NOT NULL AND middle.after <> account.id",
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

async fn rule(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO person (feed, key, seen, account, active, verdict, why, protected, absent_since, recheck_at)
         SELECT ?1, s.key, CASE WHEN r.settled THEN s.seen END, a.id, r.active AND a.id IS NOT NULL, r.verdict, r.why,
           s.protected, s.absent_since, s.recheck_at
         FROM ruling r JOIN stage s ON s.id = r.stage
         LEFT JOIN account a ON a.identity = r.identity AND a.realm = (SELECT id FROM realm WHERE name = ?2)
         WHERE true
         ON CONFLICT (feed, key) DO UPDATE SET
           seen = excluded.seen, account = excluded.account, active = excluded.active, verdict = excluded.verdict,
           why = excluded.why, protected = excluded.protected, absent_since = excluded.absent_since,
           recheck_at = excluded.recheck_at",
    )
    .bind(admission.feed)
    .bind(admission.realm)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Replaces what is held by what is held now; who is held again keeps their `since`.
async fn hold(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
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

/// Counts what was admitted against the window, ends the grants that were used, and writes the audit.
async fn spend(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    let mut spent = std::collections::BTreeMap::<&str, i64>::new();
    let mut events = Vec::new();
    for change in admission.plan.changes.iter().filter(|change| change.held.is_none()) {
        let pair = guard::pair(admission.observed, change);
        let seen = &admission.observed[change.observed];
        if admission.granted.contains(&pair) {
            sqlx::query("DELETE FROM approval WHERE feed = ? AND key = ? AND pair = ?")
                .bind(admission.feed)
                .bind(pair.0.as_str())
                .bind(&pair.1)
                .execute(&mut **tx)
                .await?;
        } else {
            *spent.entry(change.kind.word()).or_default() += 1;
        }
        events.push(json!([seen.key.as_str(), change.identity.as_str(), change.kind.word(), seen.why]));
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
    for chunk in events.chunks(2_000) {
        sqlx::query(
            "INSERT INTO event (at, feed, key, account, run, kind, detail)
             SELECT ?1, ?2, e.value->>0, a.id, ?3, e.value->>2, e.value->>3
             FROM json_each(?4) e CROSS JOIN account a
             WHERE a.identity = e.value->>1 AND a.realm = (SELECT id FROM realm WHERE name = ?5)",
        )
        .bind(millis(admission.now))
        .bind(admission.feed)
        .bind(admission.run)
        .bind(Value::from(chunk.to_vec()).to_string())
        .bind(admission.realm)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
