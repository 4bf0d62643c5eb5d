//! Somebody who is gone is forgotten before their time.

use jiff::Timestamp;
use serde_json::Value;
use sqlx::{Row, Sqlite, Transaction};

use super::expire::{emptied, note, remove};
use super::rows::{collect, millis};
use super::{Error, Store};

/// All that is known by what somebody is called.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Trace {
    /// People of syncs.
    pub people: Vec<TracedPerson>,
    /// What they have, or had, at targets.
    pub accounts: Vec<TracedAccount>,
}

/// A person of a sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedPerson {
    /// In the store.
    pub id: i64,
    /// Of which sync.
    pub sync: String,
    /// Who.
    pub key: String,
    /// Claims an account.
    pub active: bool,
    /// A change of theirs waits for approval.
    pub held: bool,
    /// Readings of the directory still find them.
    pub found: bool,
}

/// An account at a target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TracedAccount {
    /// In the store.
    pub id: i64,
    /// Of which target.
    pub realm: String,
    /// By which the target knows them.
    pub identity: String,
    /// Due to be gone.
    pub gone: bool,
    /// Something is still to be sent.
    pub pending: bool,
    /// Something was sent and not answered.
    pub in_batch: bool,
    /// The target has them as gone.
    pub there: bool,
    /// Somebody else has it, or had it as well.
    pub shared: bool,
    /// A field that the target keeps unique among its members, of whom they may be one.
    pub holds: Option<String>,
}

/// What is to be forgotten.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Forgetting {
    /// People.
    pub people: Vec<i64>,
    /// Accounts of which nothing stays.
    pub accounts: Vec<i64>,
    /// Accounts of which no field stays.
    pub emptied: Vec<i64>,
}

impl Store {
    /// All that is known by a directory key, an identity, or what a target calls somebody.
    pub async fn trace(&mut self, who: &str) -> Result<Trace, Error> {
        let rows = sqlx::query(
            "SELECT p.id, f.sync, p.key, p.active, EXISTS (SELECT 1 FROM held h WHERE h.feed = p.feed AND h.key = p.key),
               p.imported = 0 AND p.unseen_since IS NULL AND p.absent_since IS NULL
             FROM person p JOIN feed f ON f.id = p.feed
             WHERE p.id IN (SELECT id FROM person WHERE key = ?1 COLLATE NOCASE
               UNION ALL SELECT p.id FROM account a CROSS JOIN person p INDEXED BY person_account ON p.account = a.id
                 WHERE a.identity = ?1 COLLATE NOCASE OR a.remote IS ?1)
             ORDER BY f.sync, p.key",
        )
        .bind(who)
        .fetch(&mut self.connection);
        let people = collect(rows, |row| {
            Ok(TracedPerson {
                id: row.try_get(0)?,
                sync: row.try_get(1)?,
                key: row.try_get(2)?,
                active: row.try_get(3)?,
                held: row.try_get(4)?,
                found: row.try_get(5)?,
            })
        })
        .await?;
        let accounts = self.traced_accounts(who, &people).await?;
        Ok(Trace { people, accounts })
    }

    /// Those they have; those they left behind, as long as the audit tells and nobody else has them; and whatever is called so.
    async fn traced_accounts(&mut self, who: &str, people: &[TracedPerson]) -> Result<Vec<TracedAccount>, Error> {
        let rows = sqlx::query(
            "SELECT a.id, r.name, a.identity, a.gone, a.pending IS NOT NULL, a.batch IS NOT NULL, a.confirmed_gone IS 1,
               EXISTS (SELECT 1 FROM person p WHERE p.account = a.id AND p.id NOT IN (SELECT value FROM json_each(?2))),
               (SELECT substr(h.value, 1, instr(h.value, ' ') - 1) FROM holding h
                WHERE h.realm = a.realm AND (a.confirmed_gone IS NOT NULL OR a.certain = 0) LIMIT 1)
             FROM account a JOIN realm r ON r.id = a.realm
             WHERE a.id IN (SELECT id FROM account WHERE identity = ?1 COLLATE NOCASE OR remote IS ?1
               UNION SELECT account FROM person WHERE id IN (SELECT value FROM json_each(?2))
               UNION SELECT id FROM account WHERE left_by IN (SELECT value FROM json_each(?2))
               UNION SELECT e.account FROM person p CROSS JOIN record e ON e.person = p.id
                 WHERE p.id IN (SELECT value FROM json_each(?2))
                   AND NOT EXISTS (SELECT 1 FROM person o WHERE o.account = e.account AND o.id <> p.id))
             ORDER BY r.name, a.identity",
        )
        .bind(who)
        .bind(people.iter().map(|person| person.id).collect::<Value>().to_string())
        .fetch(&mut self.connection);
        collect(rows, |row| {
            Ok(TracedAccount {
                id: row.try_get(0)?,
                realm: row.try_get(1)?,
                identity: row.try_get(2)?,
                gone: row.try_get(3)?,
                pending: row.try_get(4)?,
                in_batch: row.try_get(5)?,
                there: row.try_get(6)?,
                shared: row.try_get(7)?,
                holds: row.try_get(8)?,
            })
        })
        .await
    }

    /// Forgets people and accounts. What is recorded of them stays without saying whom it is about, and why somebody asked
    /// for it. Returns how many lines of the record that are.
    pub async fn forget(
        &mut self,
        forgetting: Forgetting,
        by: &str,
        reason: Option<&str>,
        now: Timestamp,
    ) -> Result<u64, Error> {
        let mut tx = self.write().await?;
        let lines = anonymise(&mut tx, &forgetting).await?;
        let Forgetting { people, accounts, emptied: rest } = forgetting;
        let people = Value::from(people).to_string();
        for statement in [
            "DELETE FROM approval WHERE (feed, key) IN (SELECT feed, key FROM person WHERE id IN (SELECT value FROM json_each(?)))",
            "UPDATE account SET left_by = NULL WHERE left_by IN (SELECT value FROM json_each(?))",
            "DELETE FROM person WHERE id IN (SELECT value FROM json_each(?))",
        ] {
            sqlx::query(statement).bind(&people).execute(&mut *tx).await?;
        }
        let said = "DELETE FROM said WHERE account IN (SELECT value FROM json_each(?))";
        sqlx::query(said).bind(Value::from(rest.clone()).to_string()).execute(&mut *tx).await?;
        emptied(&mut tx, rest.iter().map(|account| serde_json::json!([account, null])).collect()).await?;
        remove(&mut tx, accounts).await?;
        sqlx::query(
            "INSERT INTO event (at, kind, detail) VALUES (?1, 'forgotten', 'by ' || ?2 || coalesce(': ' || ?3, ''))",
        )
        .bind(millis(now))
        .bind(by)
        .bind(reason)
        .execute(&mut *tx)
        .await?;
        note(&mut tx, 1, now).await?;
        tx.commit().await?;
        Ok(lines)
    }
}

/// Also what is told of others, where it names them.
async fn anonymise(tx: &mut Transaction<'_, Sqlite>, forgetting: &Forgetting) -> Result<u64, Error> {
    let Forgetting { people, accounts, emptied } = forgetting;
    let people = Value::from(people.clone()).to_string();
    let accounts = Value::from([&accounts[..], &emptied[..]].concat()).to_string();
    sqlx::query(
        "UPDATE event SET detail = NULL WHERE detail IS NOT NULL AND EXISTS (
           SELECT 1 FROM (SELECT key AS name FROM person WHERE id IN (SELECT value FROM json_each(?1))
             UNION ALL SELECT identity FROM account WHERE id IN (SELECT value FROM json_each(?2)))
           WHERE instr(event.detail, name) > 0 AND length(name) > 7)",
    )
    .bind(&people)
    .bind(&accounts)
    .execute(&mut **tx)
    .await?;
    let done = sqlx::query(
        "UPDATE event SET person = NULL, account = NULL, detail = NULL
         WHERE id IN (SELECT id FROM record WHERE person IN (SELECT value FROM json_each(?1))
           UNION ALL SELECT id FROM record WHERE account IN (SELECT value FROM json_each(?2)))",
    )
    .bind(&people)
    .bind(&accounts)
    .execute(&mut **tx)
    .await?;
    Ok(done.rows_affected())
}
