//! What is remembered of a directory: the server that last worked, and credentials it refused.

use jiff::Timestamp;
use sqlx::Row;

use super::rows::{fingerprint, millis, moment_of};
use super::{Error, Store};
use crate::roster::Fingerprint;

/// What is remembered of a directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BindRecord {
    /// The URL that last worked.
    pub url: Option<String>,
    /// Credentials that were refused, when, and how.
    pub refused: Option<(Fingerprint, Timestamp, String)>,
}

impl Store {
    /// What is remembered of a directory.
    pub async fn bind_record(&mut self, directory: &str) -> Result<BindRecord, Error> {
        let row = sqlx::query("SELECT url, refused, refused_at, note FROM directory WHERE name = ?")
            .bind(directory)
            .fetch_optional(&mut self.connection)
            .await?;
        let Some(row) = row else { return Ok(BindRecord::default()) };
        let refused = fingerprint(row.try_get(1)?).zip(moment_of(row.try_get(2)?));
        let note: Option<String> = row.try_get(3)?;
        Ok(BindRecord {
            url: row.try_get(0)?,
            refused: refused.map(|(credential, at)| (credential, at, note.unwrap_or_default())),
        })
    }

    /// A server worked: it is tried first the next time.
    pub async fn bind_worked(&mut self, directory: &str, url: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO directory (name, url) VALUES (?, ?)
             ON CONFLICT (name) DO UPDATE SET url = excluded.url, refused = NULL, refused_at = NULL, note = NULL",
        )
        .bind(directory)
        .bind(url)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }

    /// The credentials were refused.
    pub async fn bind_refused(
        &mut self,
        directory: &str,
        credential: Fingerprint,
        note: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO directory (name, refused, refused_at, note) VALUES (?, ?, ?, ?)
             ON CONFLICT (name) DO UPDATE SET refused = excluded.refused, refused_at = excluded.refused_at,
               note = excluded.note",
        )
        .bind(directory)
        .bind(&credential.as_bytes()[..])
        .bind(millis(now))
        .bind(note)
        .execute(&mut *tx)
        .await?;
        Ok(tx.commit().await?)
    }
}
