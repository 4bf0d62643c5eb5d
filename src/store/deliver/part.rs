//! Members who wait for each other: each has, or is, what the other is to have. They are sent without that first.

use jiff::Timestamp;
use serde_json::{Value, json};
use sqlx::{Row, Sqlite, Transaction};

use super::claim::{Frozen, Portion, STUCK, leave, let_go, payload, prepare};
use crate::delivery::batch::Batch;
use crate::roster::{Payload, Unique};
use crate::store::rows::collect;
use crate::store::{Error, Store, realm};

impl Store {
    /// Makes a batch of those who wait for each other, without what they can't have yet, that is about to leave; `None` when
    /// there are none.
    pub async fn part(
        &mut self,
        realm: &str,
        run: i64,
        portion: Portion,
        without: impl Fn(&Payload, &[Unique]) -> Payload,
        now: Timestamp,
    ) -> Result<Option<(Batch, Vec<Frozen>)>, Error> {
        let mut tx = self.write().await?;
        let realm = realm::named(&mut tx, realm).await?;
        let Some(batch) = prepare(&mut tx, STUCK, (realm, run), portion, now).await? else {
            tx.rollback().await?;
            return Ok(None);
        };
        let items = parted(&mut tx, batch.id, without).await?;
        sqlx::query(
            "UPDATE item SET whole = item.fp, body = r.value->>1, fp = unhex(r.value->>2) FROM json_each(?1) r
             WHERE item.batch = ?2 AND item.account = r.value->>0",
        )
        .bind(Value::from(items).to_string())
        .bind(batch.id)
        .execute(&mut *tx)
        .await?;
        let items = leave(&mut tx, batch.id, now).await?;
        tx.commit().await?;
        Ok(Some((batch, items)))
    }
}

/// Account, payload and fingerprint of each member of a batch, without what others may still have.
async fn parted(
    tx: &mut Transaction<'_, Sqlite>,
    batch: i64,
    without: impl Fn(&Payload, &[Unique]) -> Payload,
) -> Result<Vec<Value>, Error> {
    let rows = sqlx::query(
        "SELECT i.account, i.body, (SELECT json_group_array(value) FROM holding h
           WHERE h.account = i.account AND h.due = 1 AND h.confirmed = 0)
         FROM item i WHERE i.batch = ?",
    )
    .bind(batch)
    .fetch(&mut **tx);
    collect(rows, |row| {
        let rest = without(&payload(row.try_get(1)?)?, &let_go(row.try_get(2)?)?);
        Ok(json!([row.try_get::<i64, _>(0)?, rest.to_json(), rest.fingerprint().to_string()]))
    })
    .await
}
