//! What the receivers of `notify` know.

use std::collections::BTreeMap;

use sqlx::Row;

use super::rows::{fingerprint, millis, moment, moment_of};
use super::{Error, Store};
use crate::notify::{Kind, Standing, Told};
use crate::roster::Fingerprint;

impl Store {
    /// What each receiver knows, by the fingerprint of where it is.
    pub async fn told(&mut self) -> Result<BTreeMap<Fingerprint, Told>, Error> {
        let rows = sqlx::query("SELECT * FROM told").fetch_all(&mut self.connection).await?;
        let mut known = BTreeMap::<Fingerprint, Told>::new();
        for row in rows {
            let damaged = || Error::Damaged("what a receiver was told".to_owned());
            let receiver = fingerprint(row.try_get("receiver")?).ok_or_else(damaged)?;
            // A version before or after this one may know other kinds.
            let Some(kind) = Kind::named(row.try_get("kind")?) else { continue };
            let standing = Standing {
                since: moment(row.try_get("since")?),
                seen: moment(row.try_get("seen")?),
                told: moment_of(row.try_get("told")?),
                gone: moment_of(row.try_get("gone")?),
            };
            known.entry(receiver).or_default().0.insert((kind, row.try_get("about")?), standing);
        }
        Ok(known)
    }

    /// This is what each receiver knows; others are forgotten.
    pub async fn keep_told(&mut self, known: &BTreeMap<Fingerprint, Told>) -> Result<(), Error> {
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM told").execute(&mut *tx).await?;
        for (receiver, Told(standings)) in known {
            for ((kind, about), standing) in standings {
                let Standing { since, seen, told, gone } = *standing;
                let insert =
                    "INSERT INTO told (receiver, kind, about, since, seen, told, gone) VALUES (?, ?, ?, ?, ?, ?, ?)";
                sqlx::query(insert)
                    .bind(&receiver.as_bytes()[..])
                    .bind(kind.name())
                    .bind(about)
                    .bind(millis(since))
                    .bind(millis(seen))
                    .bind(told.map(millis))
                    .bind(gone.map(millis))
                    .execute(&mut *tx)
                    .await?;
            }
        }
        Ok(tx.commit().await?)
    }
}
