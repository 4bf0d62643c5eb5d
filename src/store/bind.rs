//! What is remembered of a directory: the server that last worked, and credentials that were refused.

use jiff::Timestamp;
use sqlx::{Row, SqliteConnection};

use super::rows::{millis, moment};
use super::{Error, Store};
use crate::roster::Fingerprint;

/// What is remembered of a directory.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BindRecord {
    /// The URL that last worked.
    pub url: Option<String>,
    /// When its credentials were refused, and how.
    pub refused: Option<(Timestamp, String)>,
}

impl Store {
    /// What is remembered of a directory.
    pub async fn bind_record(&mut self, directory: &str) -> Result<BindRecord, Error> {
        let query = "SELECT url, at, note FROM directory LEFT JOIN refusal ON credential = refused WHERE name = ?";
        let row = sqlx::query(query).bind(directory).fetch_optional(&mut self.connection).await?;
        let Some(row) = row else { return Ok(BindRecord::default()) };
        let (at, note): (Option<i64>, Option<String>) = (row.try_get(1)?, row.try_get(2)?);
        Ok(BindRecord { url: row.try_get(0)?, refused: at.map(moment).zip(note) })
    }

    /// When these credentials were refused, and how, whichever directory it was.
    pub async fn bind_refusal(&mut self, credential: Fingerprint) -> Result<Option<(Timestamp, String)>, Error> {
        let row: Option<(i64, String)> = sqlx::query_as("SELECT at, note FROM refusal WHERE credential = ?")
            .bind(&credential.as_bytes()[..])
            .fetch_optional(&mut self.connection)
            .await?;
        Ok(row.map(|(at, note)| (moment(at), note)))
    }

    /// A server worked, with these credentials if any: it is tried first the next time.
    pub async fn bind_worked(
        &mut self,
        directory: &str,
        url: &str,
        credential: Option<Fingerprint>,
    ) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO directory (name, url) VALUES (?, ?)
             ON CONFLICT (name) DO UPDATE SET url = excluded.url, refused = NULL",
        )
        .bind(directory)
        .bind(url)
        .execute(&mut *tx)
        .await?;
        if let Some(credential) = credential {
            sqlx::query("DELETE FROM refusal WHERE credential = ?")
                .bind(&credential.as_bytes()[..])
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    /// A directory refused credentials. Where there was no store yet one is made for this: who looks again and again
    /// would lock the account.
    pub async fn bind_refused(
        &mut self,
        directory: &str,
        credential: Fingerprint,
        note: &str,
        now: Timestamp,
    ) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query(
            "INSERT INTO refusal (credential, at, note) VALUES (?, ?, ?)
             ON CONFLICT (credential) DO UPDATE SET at = excluded.at, note = excluded.note",
        )
        .bind(&credential.as_bytes()[..])
        .bind(millis(now))
        .bind(note)
        .execute(&mut *tx)
        .await?;
        mark(&mut tx, directory, credential).await?;
        tx.commit().await?;
        if let Some(folder) = self.absent.take() {
            let mut kept = Self::open(&folder).await?;
            Box::pin(kept.bind_refused(directory, credential, note, now)).await?;
            kept.close().await?;
        }
        Ok(())
    }

    /// A directory's credentials stand refused by another one.
    pub async fn bind_stands_refused(&mut self, directory: &str, credential: Fingerprint) -> Result<(), Error> {
        let mut tx = self.write().await?;
        mark(&mut tx, directory, credential).await?;
        Ok(tx.commit().await?)
    }
}

async fn mark(tx: &mut SqliteConnection, directory: &str, credential: Fingerprint) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO directory (name, refused) VALUES (?, ?)
         ON CONFLICT (name) DO UPDATE SET refused = excluded.refused",
    )
    .bind(directory)
    .bind(&credential.as_bytes()[..])
    .execute(tx)
    .await?;
    Ok(())
}
