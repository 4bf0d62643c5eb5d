//! A sync by its name.

use sqlx::{Row, sqlite::SqliteRow};

use crate::plan::{Feed, Marked};
use crate::store::rows::{fingerprint, moment_of};
use crate::store::{Error, Store, realm};

impl Store {
    /// A sync as it is known, by its name or its former one; `None` when it never ran.
    pub async fn feed(&mut self, sync: &str, was: Option<&str>) -> Result<Option<(Feed, String)>, Error> {
        let row = sqlx::query(
            "SELECT f.*, r.name AS realm_name, f.import_unseen = 1 OR EXISTS (SELECT 1 FROM person p INDEXED BY person_imported
               WHERE p.imported > 0 AND p.feed = f.id AND p.active = 1) AS imports
             FROM feed f JOIN realm r ON r.id = f.realm
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
        realm::meet(&mut tx, realm).await?;
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
        imports: row.try_get("imports")?,
        marked: marked(row)?,
        onboarded: row.try_get("onboarded")?,
        paused_until: moment_of(row.try_get("paused_until")?),
    })
}

fn marked(row: &SqliteRow) -> Result<Option<Marked>, Error> {
    let Some(under) = fingerprint(row.try_get("marked_under")?) else { return Ok(None) };
    let marks: &str = row.try_get("marks")?;
    // What another version wrote is worth nothing, and costs a reading of everybody.
    Ok(serde_json::from_str(marks).ok().map(|marks| Marked { under, marks }))
}
