//! A target that was read: what it confirmed, and what it holds, which is staged beside what is read of the directory.

use serde_json::{Value, json};
use sqlx::{Row, SqliteConnection, sqlite::SqliteRow};

use crate::delivery::drift::{Confirmed, Drift};
use crate::destination::Remote;
use crate::roster::{Key, Payload};
use crate::store::confirmed::confirmed;
use crate::store::rows::collect;
use crate::store::{Error, Store};

impl Store {
    /// What a target calls those who are ours, and those of them who must be there.
    pub async fn remotes(&mut self, realm: &str) -> Result<(Vec<Remote>, Vec<Remote>), Error> {
        let rows = sqlx::query(
            "SELECT remote, certain = 1 AND confirmed_gone = 0 AND batch IS NULL FROM account INDEXED BY account_remote
             WHERE realm = (SELECT id FROM realm WHERE name = ?) AND remote IS NOT NULL ORDER BY remote",
        )
        .bind(realm)
        .fetch(&mut self.connection);
        let remote = |row: &SqliteRow| Ok((Remote::new(row.try_get::<String, _>(0)?), row.try_get(1)?));
        let rows: Vec<(Remote, bool)> = collect(rows, remote).await?;
        let there = rows.iter().filter(|(_, there)| *there).map(|(remote, _)| remote.clone()).collect();
        Ok((rows.into_iter().map(|(remote, _)| remote).collect(), there))
    }

    /// Members of ours at a target, to whom nothing is under way.
    pub async fn confirmed(&mut self, realm: &str) -> Result<Vec<Confirmed>, Error> {
        let rows = sqlx::query(concat!(
            "SELECT id, remote, CASE WHEN certain = 1 AND confirmed_gone = 0 THEN ",
            confirmed!("account"),
            " END FROM account INDEXED BY account_remote
             WHERE realm = (SELECT id FROM realm WHERE name = ?) AND remote IS NOT NULL AND batch IS NULL ORDER BY id"
        ))
        .bind(realm)
        .fetch(&mut self.connection);
        collect(rows, confirmed).await
    }

    /// Stages what the target holds in place of what it confirmed, of those of a sync's people: the others are for the runs
    /// of their own sync. Whoever is staged so is looked at again.
    pub async fn stage_drift(&mut self, feed: i64, drifts: &[Drift]) -> Result<(), Error> {
        let rows = drifts.iter().map(|drift| match drift {
            Drift::Gone(account) => json!([account, 1, null, null]),
            Drift::Other(account, held) => json!([account, 0, held.fingerprint().to_string(), held.to_json()]),
        });
        sqlx::query(
            "INSERT INTO drift (account, gone, fp, body)
             SELECT value->>0, value->>1, unhex(value->>2), value->>3 FROM json_each(?1)
             WHERE EXISTS (SELECT 1 FROM person p WHERE p.account = value->>0 AND p.feed = ?2 AND p.active = 1)
               OR NOT EXISTS (SELECT 1 FROM person p WHERE p.account = value->>0 AND p.active = 1)",
        )
        .bind(rows.collect::<Value>().to_string())
        .bind(feed)
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }
}

/// Whose member is not at the target as it was confirmed.
pub(super) async fn drifted(connection: &mut SqliteConnection, feed: i64) -> Result<Vec<Key>, Error> {
    let rows = sqlx::query(
        "SELECT p.key FROM drift d CROSS JOIN person p INDEXED BY person_account ON p.account = d.account
         WHERE p.feed = ? AND p.active = 1 AND p.imported = 0",
    )
    .bind(feed)
    .fetch(connection);
    collect(rows, |row| Ok(Key::new(row.try_get::<&str, _>(0)?))).await
}

fn confirmed(row: &SqliteRow) -> Result<Confirmed, Error> {
    let payload = row.try_get::<Option<&str>, _>(2)?.map(Payload::from_json).transpose();
    Ok(Confirmed {
        account: row.try_get(0)?,
        remote: Remote::new(row.try_get::<String, _>(1)?),
        payload: payload.map_err(|error| Error::Damaged(error.to_string()))?,
    })
}
