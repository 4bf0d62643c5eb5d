//! In which fields what is due is another: their names alone, for the record has no values.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::{Row, Sqlite, Transaction};

use crate::roster::Payload;
use crate::store::Error;
use crate::store::deliver::payload;
use crate::store::rows::{CHUNK, collect};

/// Compares what is due by now with what is to be due, of those who are known and stay; before it takes that one's place.
pub(super) async fn compare(tx: &mut Transaction<'_, Sqlite>) -> Result<(), Error> {
    let rows = sqlx::query(
        "SELECT d.stage, a.body, s.body FROM due d CROSS JOIN account a ON a.id = d.account CROSS JOIN stage s ON s.id = d.stage
         WHERE d.gone = 0 AND a.gone = 0 AND a.emptied = 0 AND a.fp <> x'' AND a.fp <> s.fp",
    )
    .fetch(&mut **tx);
    let renewed = collect(rows, |row| {
        let fields = fields(&payload(row.try_get(1)?)?, &payload(row.try_get(2)?)?);
        Ok((row.try_get::<i64, _>(0)?, fields))
    })
    .await?;
    // Where many change at once, most of them do so in the same fields.
    let mut stages = BTreeMap::<String, Vec<i64>>::new();
    for (stage, fields) in renewed {
        stages.entry(fields).or_default().push(stage);
    }
    for (fields, stages) in &stages {
        for chunk in stages.chunks(CHUNK) {
            sqlx::query("INSERT INTO renewed SELECT value, ?1 FROM json_each(?2)")
                .bind(fields)
                .bind(Value::from(chunk.to_vec()).to_string())
                .execute(&mut **tx)
                .await?;
        }
    }
    Ok(())
}

fn fields(before: &Payload, now: &Payload) -> String {
    let paths: Vec<String> = before.difference(now).into_keys().collect();
    paths.join(", ")
}
