//! What a reading stages, and how it is asked back.

use serde_json::{Value, json};
use sqlx::query_builder::{QueryBuilder, Separated};
use sqlx::{Connection, Row, Sqlite, sqlite::SqliteRow};

use crate::plan::{Observed, Person, Staged, Verdict, Wish};
use crate::roster::{Fingerprint, Identity, Key, Timestamp, Unique};
use crate::store::rows::{collect, fingerprint, millis};
use crate::store::{Error, Store};

/// Rows of one statement; it is prepared once.
const ROWS: usize = 100;

impl Store {
    /// Forgets what was staged before.
    pub async fn clear_stage(&mut self) -> Result<(), Error> {
        sqlx::raw_sql(
            "DELETE FROM stage; DELETE FROM newcomer; DELETE FROM drift; DELETE FROM ruling; DELETE FROM news; DELETE FROM stayer;
             DELETE FROM renewed; DELETE FROM due;",
        )
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }

    /// Stages part of a reading. What is staged later of somebody replaces what was before, once it is asked back.
    pub async fn stage(&mut self, rows: &[Staged]) -> Result<(), Error> {
        let mut tx = self.connection.begin().await?;
        for chunk in rows.chunks(ROWS) {
            let mut insert = QueryBuilder::<Sqlite>::new(
                "INSERT INTO stage (key, person, wish, identity, fp, body, seen, recheck_at, protected, why,
                   needs_approval, absent_since, imported, handle, changed_at, holds, once) ",
            );
            insert.push_values(chunk, bind);
            insert.build().persistent(chunk.len() == ROWS).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }

    /// Notes when the directory changed those of whom it was staged that they leave.
    pub async fn date(&mut self, dates: &[(Key, Timestamp)]) -> Result<(), Error> {
        let rows: Vec<Value> = dates.iter().map(|(key, at)| json!([key.as_str(), millis(*at)])).collect();
        // Everybody who is staged is looked at once, and not once for each of these.
        sqlx::query(
            "WITH dated (key, at) AS MATERIALIZED (SELECT value->>0, value->>1 FROM json_each(?))
             UPDATE stage SET changed_at = (SELECT at FROM dated WHERE dated.key = stage.key)
             WHERE imported = 0 AND key IN (SELECT key FROM dated)",
        )
        .bind(Value::from(rows).to_string())
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }

    /// Of whoever was staged twice only what came later is kept.
    pub async fn replace_staged(&mut self) -> Result<(), Error> {
        sqlx::query(
            "DELETE FROM stage WHERE id IN (SELECT s.id
               FROM (SELECT key, imported, max(id) AS last FROM stage GROUP BY key, imported HAVING count(*) > 1) twice
               CROSS JOIN stage s ON s.key = twice.key AND s.imported = twice.imported WHERE s.id < twice.last)",
        )
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }

    /// What was staged, beside what the store knows of those people, in the order of their keys; without newcomers.
    pub async fn observed(&mut self) -> Result<Vec<Observed>, Error> {
        let rows = sqlx::query(
            "SELECT s.id, s.key, s.wish, s.identity, s.fp, s.why, s.needs_approval, p.id, p.account,
               p.active = 1 AND coalesce(d.gone, 0) = 0, s.imported > 0, s.holds
             FROM stage s LEFT JOIN person p ON p.id = s.person LEFT JOIN drift d ON d.account = p.account
             WHERE NOT EXISTS (SELECT 1 FROM newcomer n WHERE n.stage = s.id) ORDER BY s.key, s.imported",
        )
        .fetch(&mut self.connection);
        collect(rows, observed).await
    }
}

fn bind(mut row: Separated<'_, Sqlite, &'static str>, staged: &Staged) {
    let (wish, member) = match &staged.wish {
        Wish::Be(identity, fingerprint) => ("be", Some((identity, fingerprint))),
        Wish::Leave(member) => ("leave", member.as_ref().map(|(identity, fingerprint)| (identity, fingerprint))),
        Wish::Skip => ("skip", None),
        Wish::Keep(verdict) => (verdict.word(), None),
    };
    let holds: Option<Value> = (!staged.unique.is_empty()).then(|| staged.unique.iter().map(Unique::as_str).collect());
    row.push_bind(staged.key.as_str())
        .push_bind(staged.person)
        .push_bind(wish)
        .push_bind(member.map(|(identity, _)| identity.as_str()))
        .push_bind(member.map(|(_, fingerprint)| &fingerprint.as_bytes()[..]))
        .push_bind(staged.body.as_deref())
        .push_bind(staged.seen.as_ref().map(|seen| &seen.as_bytes()[..]))
        .push_bind(staged.recheck_at.map(millis))
        .push_bind(staged.protected)
        .push_bind(staged.why.as_deref())
        .push_bind(staged.needs_approval.as_deref())
        .push_bind(staged.absent_since.map(millis))
        .push_bind(staged.imported.map_or(0, millis))
        .push_bind(staged.handle.as_ref().map(|handle| &handle.as_bytes()[..]))
        .push_bind(staged.changed_at.map(millis))
        .push_bind(holds.map(|holds| holds.to_string()))
        .push_bind(staged.once);
}

fn observed(row: &SqliteRow) -> Result<Observed, Error> {
    let member = match (row.try_get::<Option<String>, _>(3)?, fingerprint(row.try_get(4)?)) {
        (Some(identity), Some(fingerprint)) => Some((Identity::new(identity), fingerprint)),
        _ => None,
    };
    let person = row.try_get::<Option<i64>, _>(7)?;
    Ok(Observed {
        stage: row.try_get(0)?,
        key: Key::new(row.try_get::<&str, _>(1)?),
        wish: wish(row.try_get(2)?, member)?,
        why: row.try_get(5)?,
        needs_approval: row.try_get(6)?,
        person: match person {
            Some(id) => Some(Person { id, account: row.try_get(8)?, active: row.try_get(9)? }),
            None => None,
        },
        imported: row.try_get(10)?,
        unique: unique(row.try_get(11)?)?,
    })
}

fn unique(stored: Option<&str>) -> Result<Vec<Unique>, Error> {
    let Some(stored) = stored else { return Ok(Vec::new()) };
    let values: Vec<String> = serde_json::from_str(stored).map_err(|error| Error::Damaged(error.to_string()))?;
    Ok(values.into_iter().map(Unique::from_stored).collect())
}

fn wish(word: &str, member: Option<(Identity, Fingerprint)>) -> Result<Wish, Error> {
    match (word, member) {
        ("be", Some((identity, fingerprint))) => Ok(Wish::Be(identity, fingerprint)),
        ("leave", member) => Ok(Wish::Leave(member)),
        ("skip", _) => Ok(Wish::Skip),
        (word, _) => {
            Verdict::from_word(word).map(Wish::Keep).ok_or_else(|| Error::Damaged(format!("a staged wish “{word}”")))
        }
    }
}
