//! What a plan is weighed from besides what was staged: accounts with their claims, and the guard's grounds.

use jiff::{SignedDuration, Timestamp};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::plan::guard::Grounds;
use crate::plan::{Account, Claim, Due, Holder, Kind};
use crate::roster::{Fingerprint, Identity, Key, Unique};
use crate::store::pages::{self, Pages};
use crate::store::rows::{collect, millis};
use crate::store::{Error, Store};

impl Store {
    /// The accounts that staged people claim or wish for, with everybody who claims them.
    pub async fn touched(&mut self, realm: &str) -> Result<Vec<Account>, Error> {
        let connection = &mut self.connection;
        pages::hold(connection, Pages::Many).await?;
        sqlx::raw_sql(
            "CREATE TEMP TABLE IF NOT EXISTS touched (id INTEGER PRIMARY KEY) STRICT; DELETE FROM touched;
             INSERT OR IGNORE INTO touched SELECT p.account FROM stage s JOIN person p ON p.id = s.person
               WHERE p.account IS NOT NULL;",
        )
        .execute(&mut *connection)
        .await?;
        sqlx::query(
            "INSERT OR IGNORE INTO touched SELECT a.id FROM stage s CROSS JOIN account a ON a.identity = s.identity
             WHERE a.realm = (SELECT id FROM realm WHERE name = ?)",
        )
        .bind(realm)
        .execute(&mut *connection)
        .await?;
        // CROSS JOIN: few are touched, and SQLite would read everybody to have them in order.
        let rows = sqlx::query(
            "SELECT a.id, a.identity, coalesce(d.gone = 1, 0) OR a.gone,
               CASE WHEN a.fp IS a.confirmed_fp THEN coalesce(d.fp, a.fp) ELSE a.fp END, a.confirmed_gone IS NOT NULL OR a.certain = 0, EXISTS (
               SELECT 1 FROM person p WHERE p.account = a.id AND p.active = 1 AND p.imported > 0)
             FROM touched t CROSS JOIN account a ON a.id = t.id LEFT JOIN drift d ON d.account = a.id ORDER BY t.id",
        )
        .fetch(&mut *connection);
        let mut accounts = collect(rows, account).await?;
        let rows = sqlx::query(
            "SELECT t.id, p.id, p.key FROM touched t CROSS JOIN person p INDEXED BY person_account ON p.account = t.id
             LEFT JOIN drift d ON d.account = t.id
             WHERE p.active = 1 AND p.imported = 0 AND coalesce(d.gone, 0) = 0 ORDER BY t.id, p.id",
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

    /// Who is due with what staged people want, and the target takes once only.
    pub async fn holders(&mut self, realm: &str) -> Result<Vec<Holder>, Error> {
        let rows = sqlx::query(
            "SELECT DISTINCT h.value, a.identity, (SELECT min(p.key) FROM person p WHERE p.account = a.id AND p.active = 1)
             FROM stage s CROSS JOIN json_each(s.holds) v CROSS JOIN holding h ON h.value = v.value
             CROSS JOIN account a ON a.id = h.account
             WHERE s.holds IS NOT NULL AND h.due = 1 AND h.realm = (SELECT id FROM realm WHERE name = ?) ORDER BY h.value",
        )
        .bind(realm)
        .fetch(&mut self.connection);
        collect(rows, |row| {
            Ok(Holder {
                value: Unique::from_stored(row.try_get::<String, _>(0)?),
                identity: Identity::new(row.try_get::<&str, _>(1)?),
                key: row.try_get::<Option<String>, _>(2)?.map(Key::new),
            })
        })
        .await
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
                .collect(),
            held: held.into_iter().map(|(key, pair, why)| ((Key::new(key), pair), why)).collect(),
            granted: granted.into_iter().map(|(key, pair)| (Key::new(key), pair)).collect(),
            ..Grounds::default()
        })
    }
}

/// Accounts of a sync that are confirmed active: its active people, whose number is kept, but the few whose account is
/// not, so that a run reads neither every person nor every account. The index is named, for by the other one every active
/// person would be read for each of the few.
pub(in crate::store) async fn confirmed_active(connection: &mut SqliteConnection, feed: i64) -> Result<u64, Error> {
    let active: i64 = sqlx::query_scalar(
        "SELECT coalesce((SELECT active FROM feed WHERE id = ?1), 0)
           - (SELECT count(*) FROM account a CROSS JOIN person p INDEXED BY person_account
              WHERE a.realm = (SELECT realm FROM feed WHERE id = ?1) AND a.confirmed_gone IS NOT 0
                AND p.account = a.id AND p.feed = ?1 AND p.active = 1)",
    )
    .bind(feed)
    .fetch_one(connection)
    .await?;
    Ok(active.unsigned_abs())
}

fn account(row: &SqliteRow) -> Result<Account, Error> {
    let due = match (row.try_get(2)?, row.try_get::<&[u8], _>(3)?) {
        (true, _) => Due::Left,
        (false, []) => Due::Unknown,
        (false, stored) => Due::Active(
            Fingerprint::from_slice(stored)
                .ok_or_else(|| Error::Damaged("a fingerprint of another length".to_owned()))?,
        ),
    };
    let identity = Identity::new(row.try_get::<&str, _>(1)?);
    let (sent, imported) = (row.try_get(4)?, row.try_get(5)?);
    Ok(Account { id: row.try_get(0)?, identity, due, sent, imported, claims: Vec::new() })
}
