//! The token and the ledger of its requests.

use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

use super::rows::{millis, moment};
use super::{Error, Store, realm};
use crate::delivery::quota::{self, Purpose};
use crate::destination::Quota;
use crate::roster::Fingerprint;

impl Store {
    /// Charges a token request *before* it is made. Inside: the ledger's row, to refund it by; or until when to wait.
    pub async fn charge(
        &mut self,
        realm: &str,
        quota: &Quota,
        purpose: Purpose,
        now: Timestamp,
    ) -> Result<Result<i64, Timestamp>, Error> {
        let mut tx = self.write().await?;
        let used: Vec<i64> = sqlx::query_scalar(
            "SELECT at FROM token_use WHERE realm = (SELECT id FROM realm WHERE name = ?) AND at > ? ORDER BY at",
        )
        .bind(realm)
        .bind(millis(now - quota.per))
        .fetch_all(&mut *tx)
        .await?;
        let used: Vec<Timestamp> = used.into_iter().map(moment).collect();
        if let Err(until) = quota::next_allowed(quota, &used, now, purpose) {
            return Ok(Err(until));
        }
        let row =
            sqlx::query_scalar("INSERT INTO token_use (realm, at) SELECT id, ? FROM realm WHERE name = ? RETURNING id")
                .bind(millis(now))
                .bind(realm)
                .fetch_one(&mut *tx)
                .await?;
        // Two windows are kept: a clock that was set back finds its charges again. Other targets have windows of their own.
        sqlx::query("DELETE FROM token_use WHERE at < ? AND realm = (SELECT id FROM realm WHERE name = ?)")
            .bind(millis(now - quota.per.saturating_mul(2)))
            .bind(realm)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
        Ok(Ok(row))
    }

    /// Takes a charge back, for a request that provably never left, and waits.
    pub async fn refund(&mut self, realm: &str, charge: i64, until: Timestamp, note: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM token_use WHERE id = ?").bind(charge).execute(&mut *tx).await?;
        let realm = realm::named(&mut tx, realm).await?;
        realm::put_off(&mut tx, realm, Some(until), note).await?;
        Ok(tx.commit().await?)
    }

    /// Keeps a token; it is reused over restarts.
    pub async fn keep_token(
        &mut self,
        realm: &str,
        token: &SecretString,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query(
            "UPDATE realm SET token = ?, token_at = ?, token_until = ?, refused_credential = NULL, not_before = NULL,
               note = NULL WHERE name = ?",
        )
        .bind(token.expose_secret())
        .bind(millis(now))
        .bind(millis(until))
        .bind(realm)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// The token, when one is kept.
    pub async fn token(&mut self, realm: &str) -> Result<Option<SecretString>, Error> {
        let token: Option<String> = sqlx::query_scalar("SELECT token FROM realm WHERE name = ?")
            .bind(realm)
            .fetch_one(&mut self.connection)
            .await?;
        Ok(token.map(SecretString::from))
    }

    /// A credential was refused: nothing is tried until the configured one differs.
    pub async fn latch(&mut self, realm: &str, credential: Fingerprint, note: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query(
            "UPDATE realm SET refused_credential = ?, note = ?, token = NULL, token_at = NULL, token_until = NULL
             WHERE name = ?",
        )
        .bind(&credential.as_bytes()[..])
        .bind(note)
        .bind(realm)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// A token was not to be had: waits.
    pub async fn token_failed(&mut self, realm: &str, until: Timestamp, note: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        let realm = realm::named(&mut tx, realm).await?;
        realm::put_off(&mut tx, realm, Some(until), note).await?;
        Ok(tx.commit().await?)
    }

    /// How many token requests were charged within a window.
    pub async fn tokens_used(&mut self, realm: &str, per: Duration, now: Timestamp) -> Result<u64, Error> {
        let used: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM token_use WHERE realm = (SELECT id FROM realm WHERE name = ?) AND at > ?",
        )
        .bind(realm)
        .bind(millis(now - per))
        .fetch_one(&mut self.connection)
        .await?;
        Ok(used.unsigned_abs())
    }
}
