//! A target that was read: what it confirmed, and what it holds.

use jiff::Timestamp;
use sqlx::{Row, Sqlite, Transaction, sqlite::SqliteRow};

use super::latency;
use crate::delivery::drift::{Confirmed, Drift};
use crate::destination::Remote;
use crate::roster::Payload;
use crate::store::rows::{collect, millis};
use crate::store::{Error, Store};

impl Store {
    /// Members a target confirmed and calls by names of its own, and which nothing is under way to.
    pub async fn confirmed(&mut self, realm: &str) -> Result<Vec<Confirmed>, Error> {
        let rows = sqlx::query(
            "SELECT id, remote, coalesce(confirmed_body, body) FROM account
             WHERE realm = (SELECT id FROM realm WHERE name = ?) AND confirmed_gone = 0 AND certain = 1
               AND remote IS NOT NULL AND batch IS NULL ORDER BY id",
        )
        .bind(realm)
        .fetch(&mut self.connection);
        collect(rows, confirmed).await
    }

    /// Records what the target holds in place of what it confirmed: what is due there follows from that.
    pub async fn drifted(&mut self, run: i64, drifts: &[Drift], now: Timestamp) -> Result<(), Error> {
        let mut tx = self.write().await?;
        for drift in drifts {
            record(&mut tx, run, drift, now).await?;
        }
        Ok(tx.commit().await?)
    }
}

async fn record(tx: &mut Transaction<'_, Sqlite>, run: i64, drift: &Drift, now: Timestamp) -> Result<(), Error> {
    let (account, words) = match drift {
        Drift::Gone(account) => {
            sqlx::query("UPDATE account SET confirmed_gone = 1, remote = NULL WHERE id = ?")
                .bind(account)
                .execute(&mut **tx)
                .await?;
            latency::left(tx, &[*account], now).await?;
            (account, "not at the target any more")
        }
        Drift::Other(account, held) => {
            let fingerprint = held.fingerprint();
            sqlx::query(
                "UPDATE account SET confirmed_fp = ?1, confirmed_body = CASE WHEN fp = ?1 THEN NULL ELSE ?2 END
                 WHERE id = ?3",
            )
            .bind(&fingerprint.as_bytes()[..])
            .bind(held.to_json())
            .bind(account)
            .execute(&mut **tx)
            .await?;
            (account, "another at the target than was confirmed")
        }
    };
    sqlx::query("INSERT INTO event (at, account, run, kind, detail) VALUES (?, ?, ?, 'drifted', ?)")
        .bind(millis(now))
        .bind(account)
        .bind(run)
        .bind(words)
        .execute(&mut **tx)
        .await?;
    Ok(())
}

fn confirmed(row: &SqliteRow) -> Result<Confirmed, Error> {
    Ok(Confirmed {
        account: row.try_get(0)?,
        remote: Remote::new(row.try_get::<String, _>(1)?),
        payload: Payload::from_json(row.try_get(2)?).map_err(|error| Error::Damaged(error.to_string()))?,
    })
}
