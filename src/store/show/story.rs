//! One person: what is known of them, their account, what happened.

use jiff::Timestamp;
use serde_json::Value;
use sqlx::{Row, sqlite::SqliteRow};

use crate::store::rows::{collect, moment, moment_of};
use crate::store::{Error, Store};

/// A person of a sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PersonRow {
    /// In the store.
    pub id: i64,
    /// Of which sync.
    pub sync: String,
    /// That in the store.
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
    /// Known from an import only: the key is an identity.
    pub imported: bool,
}

/// An account at a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// In the store.
    pub id: i64,
    /// By which the target knows them.
    pub identity: String,
    /// What the target calls them, where it gives names of its own.
    pub remote: Option<String>,
    /// Due to be gone.
    pub gone: bool,
    /// The last good payload, JSON.
    pub body: String,
    /// Of that only the fields' names are left.
    pub emptied: bool,
    /// Confirmed as gone or active; `None`: never confirmed.
    pub confirmed_gone: Option<bool>,
    /// Whether what was confirmed is certain.
    pub certain: bool,
    /// Whether something is still to be sent; not what is in quarantine.
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

/// Whom `?1` names; each in one step.
const AS_SPELT: &str = "
  SELECT p.id FROM feed f CROSS JOIN person p INDEXED BY person_key ON p.feed = f.id AND p.key IN (?1, lower(?1))
  UNION ALL
  SELECT p.id FROM realm r CROSS JOIN account a INDEXED BY account_identity ON a.realm = r.id AND a.identity IN (?1, lower(?1))
    CROSS JOIN person p INDEXED BY person_account ON p.account = a.id
  UNION ALL
  SELECT p.id FROM realm r CROSS JOIN account a INDEXED BY account_remote ON a.realm = r.id AND a.remote = ?1
    CROSS JOIN person p INDEXED BY person_account ON p.account = a.id
  UNION ALL
  SELECT p.id FROM held h CROSS JOIN person p ON p.feed = h.feed AND p.key = h.key WHERE h.identity = ?1 COLLATE NOCASE";

/// The same without regard to capitals, which no index knows.
const WHATEVER_THE_CAPITALS: &str = "
  SELECT id FROM person WHERE key = ?1 COLLATE NOCASE
  UNION ALL
  SELECT p.id FROM account a CROSS JOIN person p INDEXED BY person_account ON p.account = a.id
    WHERE a.identity = ?1 COLLATE NOCASE";

impl Store {
    /// Everybody of that key or identity, or whom the target calls so, in every sync; also whose held change is about that
    /// identity. Keys and identities hardly ever differ in capitals alone: only where nobody is found as spelt, or in small
    /// letters as GUIDs and mail addresses are, everybody is looked through.
    pub async fn people(&mut self, who: &str) -> Result<Vec<PersonRow>, Error> {
        let mut found: Vec<i64> = sqlx::query_scalar(AS_SPELT).bind(who).fetch_all(&mut self.connection).await?;
        if found.is_empty() {
            found = sqlx::query_scalar(WHATEVER_THE_CAPITALS).bind(who).fetch_all(&mut self.connection).await?;
        }
        let rows = sqlx::query(
            "SELECT f.sync, p.feed, p.key, p.verdict, p.why, p.absent_since, p.recheck_at, p.account, p.imported > 0, p.id
             FROM person p JOIN feed f ON f.id = p.feed
             WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY f.sync, p.key",
        )
        .bind(Value::from(found).to_string())
        .fetch(&mut self.connection);
        collect(rows, |row| {
            Ok(PersonRow {
                id: row.try_get(9)?,
                sync: row.try_get(0)?,
                feed: row.try_get(1)?,
                key: row.try_get(2)?,
                verdict: row.try_get(3)?,
                why: row.try_get(4)?,
                absent_since: moment_of(row.try_get(5)?),
                recheck_at: moment_of(row.try_get(6)?),
                account: row.try_get(7)?,
                imported: row.try_get(8)?,
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
    pub async fn story(&mut self, person: i64, account: Option<i64>) -> Result<Vec<EventRow>, Error> {
        let rows = sqlx::query(
            "SELECT at, run, batch, kind, coalesce(detail, CASE kind WHEN 'confirmed' THEN 'active' END)
             FROM event WHERE id IN (SELECT id FROM record WHERE person = ?1 UNION ALL SELECT id FROM record WHERE account = ?2)
             ORDER BY id",
        )
        .bind(person)
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
        remote: row.try_get("remote")?,
        gone: row.try_get("gone")?,
        body: row.try_get("body")?,
        emptied: row.try_get("emptied")?,
        confirmed_gone: row.try_get("confirmed_gone")?,
        certain: row.try_get("certain")?,
        pending: row.try_get::<Option<i64>, _>("pending")?.is_some()
            && row.try_get::<Option<Vec<u8>>, _>("refused")?.is_none(),
        refusal: row.try_get("refusal")?,
        not_before: moment_of(row.try_get("not_before")?),
    })
}
