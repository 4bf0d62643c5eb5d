//! A sync by its name.

use sqlx::{Row, sqlite::SqliteRow};

use crate::plan::{Feed, Marked};
use crate::store::rows::{collect, fingerprint, moment_of};
use crate::store::{Error, Store};

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
        let Some(row) = row else { return Ok(None) };
        let mut feed = feed(&row)?;
        feed.marks = self.marks(feed.id).await?;
        Ok(Some((feed, row.try_get("realm_name")?)))
    }

    async fn marks(&mut self, feed: i64) -> Result<Vec<Marked>, Error> {
        let rows = sqlx::query("SELECT server, under, marks FROM mark WHERE feed = ? ORDER BY server")
            .bind(feed)
            .fetch(&mut self.connection);
        collect(rows, |row| {
            Ok(Marked {
                server: row.try_get(0)?,
                under: fingerprint(row.try_get(1)?).ok_or_else(|| Error::Damaged("a mark of nothing".to_owned()))?,
                marks: serde_json::from_str(row.try_get(2)?).map_err(|error| Error::Damaged(error.to_string()))?,
            })
        })
        .await
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
}

fn feed(row: &SqliteRow) -> Result<Feed, Error> {
    let bases: String = row.try_get("bases")?;
    Ok(Feed {
        id: row.try_get("id")?,
        rules: fingerprint(row.try_get("rules")?),
        server: row.try_get("server")?,
        server_since: moment_of(row.try_get("server_since")?),
        bases: serde_json::from_str(&bases).map_err(|error| Error::Damaged(error.to_string()))?,
        keyless: row.try_get::<i64, _>("keyless")?.unsigned_abs(),
        full_at: moment_of(row.try_get("full_at")?),
        marks: Vec::new(),
        onboarded: row.try_get("onboarded")?,
        paused_until: moment_of(row.try_get("paused_until")?),
    })
}
