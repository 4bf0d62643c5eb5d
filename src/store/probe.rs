//! What the simulation looks at behind the back of everybody else.

use jiff::Timestamp;

use super::confirmed::confirmed;
use super::rows::millis;
use super::{Error, Store};

/// Somebody a sync knows.
#[derive(Debug, sqlx::FromRow)]
pub struct Claimant {
    /// The sync.
    pub sync: String,
    /// In the directory.
    pub key: String,
    /// The claimed account.
    pub identity: Option<String>,
    /// Whether actively.
    pub active: bool,
    /// What is recorded of them.
    pub verdict: String,
    /// In words.
    pub why: Option<String>,
}

/// An account as it is stored.
#[derive(Debug, sqlx::FromRow)]
pub struct Stored {
    /// By which the target knows it.
    pub identity: String,
    /// What the target calls it.
    pub remote: Option<String>,
    /// Due to leave.
    pub gone: bool,
    /// The payload that is due.
    pub body: String,
    /// What the target confirmed.
    pub confirmed_gone: Option<bool>,
    /// The payload it confirmed.
    pub confirmed_body: String,
    /// Whether it is known what the target has.
    pub certain: bool,
    /// Something is to be sent.
    pub pending: bool,
    /// Not tried again as it is.
    pub quarantined: bool,
    /// Why.
    pub refusal: Option<String>,
    /// Whether that it is there is only what an import says; or nothing is known that could be sent.
    pub believed: bool,
}

impl Store {
    /// Everybody known, with their accounts at a target.
    pub async fn probe_people(&mut self, realm: &str) -> Result<Vec<Claimant>, Error> {
        let people = "SELECT f.sync, p.key, a.identity, p.active, p.verdict, p.why
             FROM person p JOIN feed f ON f.id = p.feed LEFT JOIN account a ON a.id = p.account
               AND a.realm = (SELECT id FROM realm WHERE name = ?) ORDER BY f.sync, p.key";
        Ok(sqlx::query_as(people).bind(realm).fetch_all(&mut self.connection).await?)
    }

    /// Every account at a target.
    pub async fn probe_accounts(&mut self, realm: &str) -> Result<Vec<Stored>, Error> {
        let accounts = concat!(
            "SELECT identity, remote, gone, body, confirmed_gone, ",
            confirmed!("account"),
            " AS confirmed_body, certain, pending IS NOT NULL AS pending, refused IS NOT NULL AS quarantined, refusal,
             confirmed_gone IS 0 AND confirmed_fp IS NULL OR gone = 0 AND fp = x'' AS believed
             FROM account WHERE realm = (SELECT id FROM realm WHERE name = ?) ORDER BY id"
        );
        Ok(sqlx::query_as(accounts).bind(realm).fetch_all(&mut self.connection).await?)
    }

    /// What is held of a target's syncs: sync, key, pair, kind, identity.
    pub async fn probe_held(&mut self, realm: &str) -> Result<Vec<(String, String, String, String, String)>, Error> {
        let held = "SELECT f.sync, h.key, h.pair, h.kind, h.identity FROM held h JOIN feed f ON f.id = h.feed
             WHERE f.realm = (SELECT id FROM realm WHERE name = ?)";
        Ok(sqlx::query_as(held).bind(realm).fetch_all(&mut self.connection).await?)
    }

    /// How many token requests were charged since then.
    pub async fn probe_charges(&mut self, since: Timestamp) -> Result<u64, Error> {
        let charges: i64 = sqlx::query_scalar("SELECT count(*) FROM token_use WHERE at > ?")
            .bind(millis(since))
            .fetch_one(&mut self.connection)
            .await?;
        Ok(charges.unsigned_abs())
    }

    /// Forgets everything, as if it were new.
    pub async fn probe_empty(&mut self) -> Result<(), Error> {
        self.probe_break(None).await?;
        let tables: Vec<String> = sqlx::query_scalar(
            "SELECT name FROM (SELECT * FROM sqlite_master UNION ALL SELECT * FROM sqlite_temp_master)
             WHERE type = 'table' AND name NOT LIKE '%sqlx%'",
        )
        .fetch_all(&mut self.connection)
        .await?;
        let empty: String = tables.iter().map(|table| format!("DELETE FROM {table};")).collect();
        let all = format!("PRAGMA foreign_keys = OFF; {empty} PRAGMA foreign_keys = ON;");
        sqlx::raw_sql(sqlx::AssertSqlSafe(all)).execute(&mut self.connection).await?;
        Ok(())
    }

    /// Writes to a table fail from now on, or do so no more.
    pub async fn probe_break(&mut self, table: Option<&str>) -> Result<(), Error> {
        for kind in ["INSERT", "UPDATE", "DELETE"] {
            let drop = format!("DROP TRIGGER IF EXISTS temp.broken_{kind}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(drop)).execute(&mut self.connection).await?;
            if let Some(table) = table {
                let raise = "SELECT RAISE(ABORT, 'the disk is full')";
                let make =
                    format!("CREATE TEMP TRIGGER broken_{kind} BEFORE {kind} ON main.{table} BEGIN {raise}; END");
                sqlx::raw_sql(sqlx::AssertSqlSafe(make)).execute(&mut self.connection).await?;
            }
        }
        Ok(())
    }

    /// Accounts that are in two batches under way, or say that they are in one that is over.
    pub async fn probe_batches(&mut self) -> Result<Vec<String>, Error> {
        let wrong = "SELECT a.identity FROM account a WHERE
               (SELECT count(*) FROM item i JOIN batch b ON b.id = i.batch WHERE b.state < 9 AND i.account = a.id) > 1
               OR (a.batch IS NOT NULL AND NOT EXISTS (SELECT 1 FROM batch b WHERE b.id = a.batch AND b.state < 9))";
        Ok(sqlx::query_scalar(wrong).fetch_all(&mut self.connection).await?)
    }
}
