//! What a reading asks of the store, and what it stages.

use std::collections::{BTreeMap, BTreeSet};

use futures_util::{Stream, TryStreamExt};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteRow};

use super::{Error, Store, fingerprint, millis, moment_of};
use crate::plan::guard::{Grounds, Pair};
use crate::plan::{Account, Awaited, Claim, Due, Feed, Kind, Known, Observed, Person, Staged, Verdict, Wish};
use crate::roster::{Fingerprint, Identity, Key};

/// Rows handed to SQLite at once, as one JSON array.
const CHUNK: usize = 2_000;

impl Store {
    /// A sync as it is known, by its name or its former one; `None` when it never ran.
    pub async fn feed(&mut self, sync: &str, was: Option<&str>) -> Result<Option<(Feed, String)>, Error> {
        let row = sqlx::query(
            "SELECT f.*, r.name AS realm_name FROM feed f JOIN realm r ON r.id = f.realm
             WHERE f.sync IN (?1, ?2) ORDER BY f.sync = ?1 DESC LIMIT 1",
        )
        .bind(sync)
        .bind(was)
        .fetch_optional(&mut self.connection)
        .await?;
        row.map(|row| Ok((feed(&row)?, row.try_get("realm_name")?))).transpose()
    }

    /// Makes sure that a sync and its realm are there, and gives the sync its present name.
    pub async fn enrol(&mut self, sync: &str, was: Option<&str>, realm: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query("INSERT INTO realm (name) VALUES (?) ON CONFLICT DO NOTHING").bind(realm).execute(&mut *tx).await?;
        sqlx::query("UPDATE feed SET sync = ?1 WHERE sync = ?2 AND NOT EXISTS (SELECT 1 FROM feed WHERE sync = ?1)")
            .bind(sync)
            .bind(was)
            .execute(&mut *tx)
            .await?;
        sqlx::query("INSERT INTO feed (sync, realm) SELECT ?1, id FROM realm WHERE name = ?2 ON CONFLICT DO NOTHING")
            .bind(sync)
            .bind(realm)
            .execute(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// Everybody a sync knows, in the order of their keys.
    pub async fn known(&mut self, feed: i64) -> Result<Vec<Known>, Error> {
        // A column costs as much as the rest of a row on its way here, so the flags travel with the id.
        let rows = sqlx::query(
            "SELECT id * 8 + (account IS NOT NULL) * 4 + active * 2 + protected, key, seen
             FROM person NOT INDEXED WHERE feed = ?",
        )
        .bind(feed)
        .fetch(&mut self.connection);
        let mut known = collect(rows, |row| {
            let (packed, key): (i64, &str) = (row.try_get(0)?, row.try_get(1)?);
            Ok(Known {
                id: packed >> 3,
                key: Key::new(key),
                seen: row.try_get::<Option<&[u8]>, _>(2)?.and_then(Fingerprint::from_slice),
                claims: packed & 4 != 0,
                active: packed & 2 != 0,
                protected: packed & 1 != 0,
                awaited: None,
            })
        })
        .await?;
        // Scanned in the table's order and sorted here: by the key's index every row would be a page of its own.
        known.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        for (key, awaited) in self.awaited(feed).await? {
            if let Ok(at) = known.binary_search_by(|known| known.key.cmp(&key)) {
                known[at].awaited = Some(Box::new(awaited));
            }
        }
        Ok(known)
    }

    async fn awaited(&mut self, feed: i64) -> Result<Vec<(Key, Awaited)>, Error> {
        let rows = sqlx::query(
            "SELECT key, absent_since, recheck_at FROM person
             WHERE feed = ? AND (absent_since IS NOT NULL OR recheck_at IS NOT NULL)",
        )
        .bind(feed)
        .fetch(&mut self.connection);
        collect(rows, |row| {
            let (absent_since, recheck_at) = (moment_of(row.try_get(1)?), moment_of(row.try_get(2)?));
            Ok((Key::new(row.try_get::<&str, _>(0)?), Awaited { absent_since, recheck_at }))
        })
        .await
    }

    /// Forgets what was staged before.
    pub async fn clear_stage(&mut self) -> Result<(), Error> {
        sqlx::raw_sql("DELETE FROM stage; DELETE FROM ruling; DELETE FROM due;").execute(&mut self.connection).await?;
        Ok(())
    }

    /// Stages part of a reading. What is staged later of somebody replaces what was before.
    pub async fn stage(&mut self, rows: &[Staged]) -> Result<(), Error> {
        let mut tx = self.connection.begin().await?;
        for chunk in rows.chunks(CHUNK) {
            let rows: Vec<Value> = chunk.iter().map(staged_json).collect();
            sqlx::query(
                "INSERT OR REPLACE INTO stage (key, person, wish, identity, fp, body, seen, recheck_at, protected, why,
                   needs_approval, absent_since)
                 SELECT value->>0, value->>1, value->>2, value->>3, unhex(value->>4), value->>5, unhex(value->>6),
                   value->>7, value->>8, value->>9, value->>10, value->>11 FROM json_each(?)",
            )
            .bind(Value::from(rows).to_string())
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// What was staged, beside what the store knows of those people, in the order of their keys.
    pub async fn observed(&mut self) -> Result<Vec<Observed>, Error> {
        let rows = sqlx::query(
            "SELECT s.id, s.key, s.wish, s.identity, s.fp, s.why, s.needs_approval, p.id, p.account, p.active
             FROM stage s LEFT JOIN person p ON p.id = s.person ORDER BY s.key",
        )
        .fetch(&mut self.connection);
        collect(rows, observed).await
    }

    /// The accounts that staged people claim or wish for, with everybody who claims them.
    pub async fn touched(&mut self, realm: &str) -> Result<Vec<Account>, Error> {
        let connection = &mut self.connection;
        sqlx::raw_sql(
            "CREATE TEMP TABLE IF NOT EXISTS touched (id INTEGER PRIMARY KEY) STRICT; DELETE FROM touched;
             INSERT OR IGNORE INTO touched SELECT p.account FROM stage s JOIN person p ON p.id = s.person
               WHERE p.account IS NOT NULL;",
        )
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "INSERT OR IGNORE INTO touched SELECT a.id FROM stage s JOIN account a ON a.identity = s.identity
             WHERE a.realm = (SELECT id FROM realm WHERE name = ?)",
        )
        .bind(realm)
        .execute(&mut *connection)
        .await?;
        // CROSS JOIN: few are touched, and SQLite would read everybody to have them in order.
        let rows = sqlx::query(
            "SELECT a.id, a.identity, a.gone, a.fp, a.confirmed_gone IS NOT NULL OR a.certain = 0
             FROM touched t CROSS JOIN account a ON a.id = t.id ORDER BY t.id",
        )
        .fetch(&mut *connection);
        let mut accounts = collect(rows, account).await?;
        let rows = sqlx::query(
            "SELECT t.id, p.id, p.key FROM touched t CROSS JOIN person p INDEXED BY person_account ON p.account = t.id
             WHERE p.active = 1 ORDER BY t.id, p.id",
        )
        .fetch(&mut *connection);
        let claims = collect(rows, |row| {
            Ok((
                row.try_get::<i64, _>(0)?,
                Claim { person: row.try_get(1)?, key: Key::new(row.try_get::<&str, _>(2)?) },
            ))
        })
        .await?;
        for (id, claim) in claims {
            if let Ok(at) = accounts.binary_search_by_key(&id, |account| account.id) {
                accounts[at].claims.push(claim);
            }
        }
        Ok(accounts)
    }

    /// What the guard goes by, as far as the store knows; limits and config are the caller's.
    pub async fn grounds(&mut self, feed: i64, now: Timestamp, window: SignedDuration) -> Result<Grounds, Error> {
        let connection = &mut self.connection;
        let active = confirmed_active(connection, feed).await?;
        let spent: Vec<(String, i64)> =
            sqlx::query_as("SELECT kind, sum(n) FROM admission WHERE feed = ? AND at > ? GROUP BY kind")
                .bind(feed)
                .bind(millis(now - window))
                .fetch_all(&mut *connection)
                .await?;
        let held: Vec<(String, String, String)> = sqlx::query_as("SELECT key, pair, why FROM held WHERE feed = ?")
            .bind(feed)
            .fetch_all(&mut *connection)
            .await?;
        let granted: Vec<(String, String)> =
            sqlx::query_as("SELECT key, pair FROM approval WHERE feed = ? AND until > ?")
                .bind(feed)
                .bind(millis(now))
                .fetch_all(&mut *connection)
                .await?;
        Ok(Grounds {
            active,
            window: spent
                .into_iter()
                .filter_map(|(kind, n)| Some((Kind::from_word(&kind)?, n.unsigned_abs())))
                .collect::<BTreeMap<_, _>>(),
            held: held.into_iter().map(|(key, pair, why)| ((Key::new(key), pair), why)).collect(),
            granted: granted.into_iter().map(|(key, pair)| (Key::new(key), pair)).collect::<BTreeSet<Pair>>(),
            ..Grounds::default()
        })
    }

    /// The staged body of a member and the one the account has: what `plan` shows as old and new.
    pub async fn bodies(&mut self, stage: i64, realm: &str, identity: &Identity) -> Result<[Option<String>; 2], Error> {
        let new = sqlx::query_scalar("SELECT body FROM stage WHERE id = ?")
            .bind(stage)
            .fetch_optional(&mut self.connection)
            .await?;
        let old = sqlx::query_scalar(
            "SELECT coalesce(confirmed_body, body) FROM account
             WHERE realm = (SELECT id FROM realm WHERE name = ?) AND identity = ?",
        )
        .bind(realm)
        .bind(identity.as_str())
        .fetch_optional(&mut self.connection)
        .await?;
        Ok([old, new.flatten()])
    }
}

/// Accounts of a sync that are confirmed active: its active people but the few whose account is not, so that a run in
/// which nothing happens does not read every account. The index is named, for by the other one every active person would
/// be read for each of the few.
pub(super) async fn confirmed_active(connection: &mut SqliteConnection, feed: i64) -> Result<u64, Error> {
    let active: i64 = sqlx::query_scalar(
        "SELECT (SELECT count(*) FROM person WHERE feed = ?1 AND active = 1)
           - (SELECT count(*) FROM account a CROSS JOIN person p INDEXED BY person_account
              WHERE a.realm = (SELECT realm FROM feed WHERE id = ?1) AND a.confirmed_gone IS NOT 0
                AND p.account = a.id AND p.feed = ?1 AND p.active = 1)",
    )
    .bind(feed)
    .fetch_one(connection)
    .await?;
    Ok(active.unsigned_abs())
}

/// Collects rows as they come, without holding them twice.
pub(super) async fn collect<T>(
    mut rows: impl Stream<Item = Result<SqliteRow, sqlx::Error>> + Unpin,
    read: impl Fn(&SqliteRow) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await? {
        all.push(read(&row)?);
    }
    Ok(all)
}

fn feed(row: &SqliteRow) -> Result<Feed, Error> {
    let bases: String = row.try_get("bases")?;
    Ok(Feed {
        id: row.try_get("id")?,
        rules: fingerprint(row.try_get("rules")?),
        server: row.try_get("server")?,
        server_since: moment_of(row.try_get("server_since")?),
        bases: serde_json::from_str(&bases).map_err(|error| Error::Damaged(error.to_string()))?,
        onboarded: row.try_get("onboarded")?,
        paused_until: moment_of(row.try_get("paused_until")?),
    })
}

fn account(row: &SqliteRow) -> Result<Account, Error> {
    let due = if row.try_get(2)? {
        Due::Left
    } else {
        let stored = Fingerprint::from_slice(row.try_get(3)?);
        Due::Active(stored.ok_or_else(|| Error::Damaged("a fingerprint of another length".to_owned()))?)
    };
    let identity = Identity::new(row.try_get::<&str, _>(1)?);
    Ok(Account { id: row.try_get(0)?, identity, due, sent: row.try_get(4)?, claims: Vec::new() })
}

fn observed(row: &SqliteRow) -> Result<Observed, Error> {
    let member = match (row.try_get::<Option<String>, _>(3)?, fingerprint(row.try_get(4)?)) {
        (Some(identity), Some(fingerprint)) => Some((Identity::new(identity), fingerprint)),
        _ => None,
    };
    let person = row.try_get::<Option<i64>, _>(7)?;
    Ok(Observed {
        stage: row.try_get(0)?,
        key: Key::new(row.try_get::<&str, _>(1)?),
        wish: wish(row.try_get(2)?, member)?,
        why: row.try_get(5)?,
        needs_approval: row.try_get(6)?,
        person: match person {
            Some(id) => Some(Person { id, account: row.try_get(8)?, active: row.try_get(9)? }),
            None => None,
        },
    })
}

fn wish(word: &str, member: Option<(Identity, Fingerprint)>) -> Result<Wish, Error> {
    match (word, member) {
        ("be", Some((identity, fingerprint))) => Ok(Wish::Be(identity, fingerprint)),
        ("leave", member) => Ok(Wish::Leave(member)),
        ("skip", _) => Ok(Wish::Skip),
        (word, _) => {
            Verdict::from_word(word).map(Wish::Keep).ok_or_else(|| Error::Damaged(format!("a staged wish “{word}”")))
        }
    }
}

fn staged_json(row: &Staged) -> Value {
    let (wish, member) = match &row.wish {
        Wish::Be(identity, fingerprint) => ("be", Some((identity, fingerprint))),
        Wish::Leave(member) => ("leave", member.as_ref().map(|(identity, fingerprint)| (identity, fingerprint))),
        Wish::Skip => ("skip", None),
        Wish::Keep(verdict) => (verdict.word(), None),
    };
    json!([
        row.key.as_str(),
        row.person,
        wish,
        member.map(|(identity, _)| identity.as_str()),
        member.map(|(_, fingerprint)| fingerprint.to_string()),
        row.body,
        row.seen.map(|seen| seen.to_string()),
        row.recheck_at.map(millis),
        i32::from(row.protected),
        row.why,
        row.needs_approval,
        row.absent_since.map(millis),
    ])
}
