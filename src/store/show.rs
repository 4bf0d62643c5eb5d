//! What is shown: rows for `status`, `runs`, `explain`, `plan`.

use std::time::Duration;

use jiff::Timestamp;
use sqlx::{Row, sqlite::SqliteRow};

use super::reading::{collect, confirmed_active};
use super::{Error, Store, millis, moment, moment_of};
use crate::report::Summary;

/// A sync's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FeedRow {
    /// Accounts confirmed active.
    pub active: u64,
    /// People kept at their last state, by verdict.
    pub odd: Vec<(String, u64)>,
    /// Accounts quarantined.
    pub refused: u64,
    /// When the oldest leave that is not confirmed became due.
    pub overdue_since: Option<Timestamp>,
}

/// A held change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldRow {
    /// Who.
    pub key: String,
    /// How.
    pub kind: String,
    /// The account.
    pub identity: String,
    /// Why.
    pub why: String,
    /// Since when.
    pub since: Timestamp,
    /// The plan it is part of.
    pub plan: String,
    /// Whether it was approved and waits for the next run.
    pub approved: bool,
}

/// Somebody kept, with the reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OddRow {
    /// Who.
    pub key: String,
    /// What is recorded of them.
    pub verdict: String,
    /// In words.
    pub why: String,
}

/// A target's state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealmRow {
    /// Type, host, tenant.
    pub name: String,
    /// Token requests in the window.
    pub tokens: u64,
    /// A token is good until then.
    pub token_until: Option<Timestamp>,
    /// Nothing is sent before.
    pub not_before: Option<Timestamp>,
    /// Why.
    pub note: Option<String>,
    /// The credentials were refused.
    pub latched: bool,
    /// Accounts still to be sent.
    pub pending: u64,
    /// Leaves among them.
    pub leaves: u64,
    /// Batches without an answer.
    pub unknown: u64,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RunRow {
    /// Which.
    pub id: i64,
    /// Of which sync.
    pub sync: String,
    /// When it began.
    pub began: Timestamp,
    /// When it ended; `None`: it is going on, or was killed.
    pub ended: Option<Timestamp>,
    /// What it did.
    pub summary: Option<Summary>,
}

/// A person of a sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// Of which sync.
    pub sync: String,
    /// In the store.
    pub feed: i64,
    /// Who.
    pub key: String,
    /// What is recorded of them.
    pub verdict: String,
    /// In words.
    pub why: Option<String>,
    /// First absent at.
    pub absent_since: Option<Timestamp>,
    /// When the judgement changes by itself.
    pub recheck_at: Option<Timestamp>,
    /// The claimed account.
    pub account: Option<i64>,
}

/// An account at a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// In the store.
    pub id: i64,
    /// By which the target knows them.
    pub identity: String,
    /// Due to be gone.
    pub gone: bool,
    /// The last good payload, JSON.
    pub body: String,
    /// Confirmed as gone or active; `None`: never confirmed.
    pub confirmed_gone: Option<bool>,
    /// Whether what was confirmed is certain.
    pub certain: bool,
    /// Whether something is still to be sent.
    pub pending: bool,
    /// Why the target refused.
    pub refusal: Option<String>,
    /// Not tried before.
    pub not_before: Option<Timestamp>,
}

/// A line of somebody's story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// When.
    pub at: Timestamp,
    /// In which run.
    pub run: Option<i64>,
    /// In which batch.
    pub batch: Option<i64>,
    /// What.
    pub kind: String,
    /// In words.
    pub detail: Option<String>,
}

impl Store {
    /// A sync's state.
    pub async fn feed_row(&mut self, feed: i64) -> Result<FeedRow, Error> {
        let connection = &mut self.connection;
        let active = confirmed_active(connection, feed).await?;
        let odd: Vec<(String, i64)> = sqlx::query_as(
            "SELECT verdict, count(*) FROM person WHERE feed = ? AND verdict NOT IN ('active', 'left') GROUP BY verdict",
        )
        .bind(feed)
        .fetch_all(&mut *connection)
        .await?;
        let refused: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM account a CROSS JOIN person p INDEXED BY person_account
             WHERE a.realm = (SELECT realm FROM feed WHERE id = ?1) AND a.refusal IS NOT NULL AND a.refused IS NOT NULL
               AND p.account = a.id AND p.feed = ?1",
        )
        .bind(feed)
        .fetch_one(&mut *connection)
        .await?;
        let overdue: Option<i64> = sqlx::query_scalar(
            "SELECT min(e.at) FROM account a CROSS JOIN person p INDEXED BY person_account CROSS JOIN event e
             WHERE a.realm = (SELECT realm FROM feed WHERE id = ?1) AND a.pending = 0 AND p.account = a.id AND p.feed = ?1
               AND e.id = (SELECT max(id) FROM event WHERE account = a.id AND kind IN ('leave', 'identity'))",
        )
        .bind(feed)
        .fetch_one(&mut *connection)
        .await?;
        Ok(FeedRow {
            active,
            odd: odd.into_iter().map(|(verdict, n)| (verdict, n.unsigned_abs())).collect(),
            refused: refused.unsigned_abs(),
            overdue_since: moment_of(overdue),
        })
    }

    /// What is held for a sync, in the order of the keys.
    pub async fn held(&mut self, feed: i64, now: Timestamp) -> Result<Vec<HeldRow>, Error> {
        let rows = sqlx::query(
            "SELECT h.key, h.kind, h.identity, h.why, h.since, h.plan, EXISTS (SELECT 1 FROM approval g
               WHERE g.feed = h.feed AND g.key = h.key AND g.pair = h.pair AND g.until > ?2)
             FROM held h WHERE h.feed = ?1 ORDER BY h.key, h.pair",
        )
        .bind(feed)
        .bind(millis(now))
        .fetch(&mut self.connection);
        collect(rows, |row| {
            Ok(HeldRow {
                key: row.try_get(0)?,
                kind: row.try_get(1)?,
                identity: row.try_get(2)?,
                why: row.try_get(3)?,
                since: moment(row.try_get(4)?),
                plan: row.try_get(5)?,
                approved: row.try_get(6)?,
            })
        })
        .await
    }

    /// Who is kept for this verdict, or `refused` by the target, and why.
    pub async fn odd(&mut self, feed: i64, verdict: &str, limit: u32) -> Result<Vec<OddRow>, Error> {
        let rows = sqlx::query(
            "SELECT key, verdict, coalesce(why, '') FROM person INDEXED BY person_odd
             WHERE feed = ?1 AND verdict = ?2 AND verdict NOT IN ('active', 'left')
             UNION ALL
             SELECT p.key, 'refused', a.refusal FROM account a CROSS JOIN person p INDEXED BY person_account
             WHERE ?2 = 'refused' AND a.realm = (SELECT realm FROM feed WHERE id = ?1) AND a.refusal IS NOT NULL
               AND p.account = a.id AND p.feed = ?1
             ORDER BY 1 LIMIT ?3",
        )
        .bind(feed)
        .bind(verdict)
        .bind(limit)
        .fetch(&mut self.connection);
        collect(rows, |row| Ok(OddRow { key: row.try_get(0)?, verdict: row.try_get(1)?, why: row.try_get(2)? })).await
    }

    /// A target's state; `None` when nothing was ever sent there.
    pub async fn realm_row(&mut self, realm: &str, per: Duration, now: Timestamp) -> Result<Option<RealmRow>, Error> {
        let tokens = self.tokens_used(realm, per, now).await?;
        let row = sqlx::query(
            "SELECT r.*,
               (SELECT count(*) FROM account a WHERE a.realm = r.id AND a.pending IS NOT NULL AND a.refused IS NULL) AS n,
               (SELECT count(*) FROM account a WHERE a.realm = r.id AND a.pending = 0) AS leaves,
               (SELECT count(*) FROM batch b WHERE b.realm = r.id AND b.state = 2) AS unknown
             FROM realm r WHERE r.name = ?",
        )
        .bind(realm)
        .fetch_optional(&mut self.connection)
        .await?;
        row.map(|row| {
            Ok(RealmRow {
                name: row.try_get("name")?,
                tokens,
                token_until: moment_of(row.try_get("token_until")?),
                not_before: moment_of(row.try_get("not_before")?).filter(|until| *until > now),
                note: row.try_get("note")?,
                latched: row.try_get::<Option<Vec<u8>>, _>("refused_credential")?.is_some(),
                pending: row.try_get::<i64, _>("n")?.unsigned_abs(),
                leaves: row.try_get::<i64, _>("leaves")?.unsigned_abs(),
                unknown: row.try_get::<i64, _>("unknown")?.unsigned_abs(),
            })
        })
        .transpose()
    }

    /// The last runs, newest first, of one sync or of all.
    pub async fn runs(&mut self, sync: Option<&str>, limit: u32) -> Result<Vec<RunRow>, Error> {
        let rows = sqlx::query(
            "SELECT r.id, f.sync, r.began, r.ended, r.summary FROM run r JOIN feed f ON f.id = r.feed
             WHERE ?1 IS NULL OR f.sync = ?1 ORDER BY r.id DESC LIMIT ?2",
        )
        .bind(sync)
        .bind(limit)
        .fetch(&mut self.connection);
        collect(rows, |row| {
            let summary: Option<String> = row.try_get(4)?;
            Ok(RunRow {
                id: row.try_get(0)?,
                sync: row.try_get(1)?,
                began: moment(row.try_get(2)?),
                ended: moment_of(row.try_get(3)?),
                summary: summary
                    .map(|text| serde_json::from_str(&text))
                    .transpose()
                    .map_err(|error| Error::Damaged(error.to_string()))?,
            })
        })
        .await
    }

    /// Everybody of that key or identity, in every sync; also whose held change is about that identity.
    pub async fn people(&mut self, who: &str) -> Result<Vec<PersonRow>, Error> {
        let rows = sqlx::query(
            "SELECT f.sync, p.feed, p.key, p.verdict, p.why, p.absent_since, p.recheck_at, p.account
             FROM person p JOIN feed f ON f.id = p.feed
             WHERE p.id IN (
               SELECT id FROM person WHERE key = ?1 COLLATE NOCASE
               UNION ALL
               SELECT p.id FROM account a CROSS JOIN person p INDEXED BY person_account ON p.account = a.id
               WHERE a.identity = ?1 COLLATE NOCASE
               UNION ALL
               SELECT p.id FROM held h CROSS JOIN person p ON p.feed = h.feed AND p.key = h.key
               WHERE h.identity = ?1 COLLATE NOCASE)
             ORDER BY f.sync, p.key",
        )
        .bind(who)
        .fetch(&mut self.connection);
        collect(rows, |row| {
            Ok(PersonRow {
                sync: row.try_get(0)?,
                feed: row.try_get(1)?,
                key: row.try_get(2)?,
                verdict: row.try_get(3)?,
                why: row.try_get(4)?,
                absent_since: moment_of(row.try_get(5)?),
                recheck_at: moment_of(row.try_get(6)?),
                account: row.try_get(7)?,
            })
        })
        .await
    }

    /// An account.
    pub async fn account(&mut self, id: i64) -> Result<Option<AccountRow>, Error> {
        let row =
            sqlx::query("SELECT * FROM account WHERE id = ?").bind(id).fetch_optional(&mut self.connection).await?;
        row.as_ref().map(account_row).transpose()
    }

    /// What happened to a person and their account, oldest first.
    pub async fn story(&mut self, feed: i64, key: &str, account: Option<i64>) -> Result<Vec<EventRow>, Error> {
        let rows = sqlx::query(
            "SELECT at, run, batch, kind, detail FROM event WHERE (feed = ?1 AND key = ?2) OR account = ?3 ORDER BY id",
        )
        .bind(feed)
        .bind(key)
        .bind(account)
        .fetch(&mut self.connection);
        collect(rows, |row| {
            Ok(EventRow {
                at: moment(row.try_get(0)?),
                run: row.try_get(1)?,
                batch: row.try_get(2)?,
                kind: row.try_get(3)?,
                detail: row.try_get(4)?,
            })
        })
        .await
    }
}

fn account_row(row: &SqliteRow) -> Result<AccountRow, Error> {
    Ok(AccountRow {
        id: row.try_get("id")?,
        identity: row.try_get("identity")?,
        gone: row.try_get("gone")?,
        body: row.try_get("body")?,
        confirmed_gone: row.try_get("confirmed_gone")?,
        certain: row.try_get("certain")?,
        pending: row.try_get::<Option<i64>, _>("pending")?.is_some(),
        refusal: row.try_get("refusal")?,
        not_before: moment_of(row.try_get("not_before")?),
    })
}
