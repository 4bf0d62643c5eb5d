//! What a reading stages, and how it is asked back.

use serde_json::{Value, json};
use sqlx::{Connection, Row, sqlite::SqliteRow};

use crate::plan::{Observed, Person, Staged, Verdict, Wish};
use crate::roster::{Fingerprint, Identity, Key, Timestamp, Unique};
use crate::store::rows::{CHUNK, collect, fingerprint, hex, millis};
use crate::store::{Error, Store};

impl Store {
    /// Forgets what was staged before.
    pub async fn clear_stage(&mut self) -> Result<(), Error> {
        sqlx::raw_sql("DELETE FROM stage; DELETE FROM drift; DELETE FROM ruling; DELETE FROM due;")
            .execute(&mut self.connection)
            .await?;
        Ok(())
    }

    /// Stages part of a reading. What is staged later of somebody replaces what was before.
    pub async fn stage(&mut self, rows: &[Staged]) -> Result<(), Error> {
        let mut tx = self.connection.begin().await?;
        for chunk in rows.chunks(CHUNK) {
            let rows: Vec<Value> = chunk.iter().map(staged_json).collect();
            sqlx::query(
                "INSERT OR REPLACE INTO stage (key, person, wish, identity, fp, body, seen, recheck_at, protected, why,
                   needs_approval, absent_since, imported, handle, changed_at, holds, once)
                 SELECT value->>0, value->>1, value->>2, value->>3, unhex(value->>4), value->>5, unhex(value->>6),
                   value->>7, value->>8, value->>9, value->>10, value->>11, value->>12, unhex(value->>13),
                   value->>14, value->>15, value->>16 FROM json_each(?)",
            )
            .bind(Value::from(rows).to_string())
            .execute(&mut *tx)
            .await?;
        }
        Ok(tx.commit().await?)
    }

    /// Notes when the directory changed those of whom it was staged that they leave.
    pub async fn date(&mut self, dates: &[(Key, Timestamp)]) -> Result<(), Error> {
        let rows: Vec<Value> = dates.iter().map(|(key, at)| json!([key.as_str(), millis(*at)])).collect();
        sqlx::query(
            "UPDATE stage SET changed_at = d.value->>1 FROM json_each(?) d WHERE stage.key = d.value->>0 AND imported = 0",
        )
        .bind(Value::from(rows).to_string())
        .execute(&mut self.connection)
        .await?;
        Ok(())
    }

    /// What was staged, beside what the store knows of those people, in the order of their keys.
    pub async fn observed(&mut self) -> Result<Vec<Observed>, Error> {
        let rows = sqlx::query(
            "SELECT s.id, s.key, s.wish, s.identity, s.fp, s.why, s.needs_approval, p.id, p.account,
               p.active = 1 AND coalesce(d.gone, 0) = 0, s.imported > 0, s.holds
             FROM stage s LEFT JOIN person p ON p.id = s.person LEFT JOIN drift d ON d.account = p.account ORDER BY s.key, s.imported",
        )
        .fetch(&mut self.connection);
        collect(rows, observed).await
    }
}

fn staged_json(row: &Staged) -> Value {
    let (wish, member) = match &row.wish {
        Wish::Be(identity, fingerprint) => ("be", Some((identity, fingerprint))),
        Wish::Leave(member) => ("leave", member.as_ref().map(|(identity, fingerprint)| (identity, fingerprint))),
        Wish::Skip => ("skip", None),
        Wish::Keep(verdict) => (verdict.word(), None),
    };
    json!([
        row.key.as_str(),
        row.person,
        wish,
        member.map(|(identity, _)| identity.as_str()),
        member.map(|(_, fingerprint)| fingerprint.to_string()),
        row.body,
        row.seen.map(|seen| seen.to_string()),
        row.recheck_at.map(millis),
        i32::from(row.protected),
        row.why,
        row.needs_approval,
        row.absent_since.map(millis),
        row.imported.map_or(0, millis),
        row.handle.as_ref().map(hex),
        row.changed_at.map(millis),
        (!row.unique.is_empty()).then(|| row.unique.iter().map(Unique::as_str).collect::<Value>().to_string()),
        i32::from(row.once),
    ])
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
