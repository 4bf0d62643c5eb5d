//! Everybody a sync knows.

use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteRow};

use super::drift::drifted;
use super::spans::{self, packed};
use crate::plan::{Awaited, Gathering, Imported, Known, Roll};
use crate::roster::{Fingerprint, Key};
use crate::store::rows::{collect, moment, moment_of};
use crate::store::{Error, Store};

/// What is awaited of a person, out of the columns from this one on.
pub(super) fn awaited(row: &SqliteRow, from: usize) -> Result<Option<Awaited>, Error> {
    let (absent_since, recheck_at) = (moment_of(row.try_get(from)?), moment_of(row.try_get(from + 1)?));
    let something = absent_since.is_some() || recheck_at.is_some();
    Ok(something.then_some(Awaited { absent_since, recheck_at }))
}

impl Store {
    /// Everybody a sync knows.
    pub async fn known(&mut self, feed: i64) -> Result<Roll, Error> {
        let mut tx = self.connection.begin().await?;
        let mut gathering = Gathering::default();
        let everybody = packed!("seen", "(account IS NOT NULL) * 4 + active * 2 + protected", "true");
        spans::each(&mut tx, feed, everybody, |packed| {
            let known = Known {
                id: Some(packed.id()).filter(|id| Roll::IDS.contains(id))?,
                key: Key::new(packed.key),
                claims: packed.flag(2),
                active: packed.flag(1),
                protected: packed.flag(0),
                awaited: None,
            };
            gathering.push(&known, packed.bytes.and_then(|bytes| Fingerprint::from_slice(bytes)));
            Some(())
        })
        .await?;
        let mut roll = gathering.roll();
        for (key, awaited) in awaiting(&mut tx, feed).await? {
            roll.wait(&key, awaited);
        }
        drifted(&mut tx, feed).await?.iter().for_each(|key| roll.doubt(key));
        tx.commit().await?;
        Ok(roll)
    }

    /// The identities that a sync knows from an import only.
    pub async fn imported(&mut self, feed: i64) -> Result<Vec<Imported>, Error> {
        let rows = sqlx::query(
            "SELECT id, key, imported, absent_since, (SELECT min(other.sync) FROM feed other
               WHERE other.realm = (SELECT realm FROM feed WHERE id = ?1) AND other.id <> ?1
                 AND (other.rules IS NULL OR other.import_unseen = 1))
             FROM person INDEXED BY person_imported WHERE imported > 0 AND feed = ?1 AND active = 1 ORDER BY id",
        )
        .bind(feed)
        .fetch(&mut self.connection);
        collect(rows, |row| {
            Ok(Imported {
                id: row.try_get(0)?,
                key: Key::new(row.try_get::<&str, _>(1)?),
                at: moment(row.try_get(2)?),
                absent_since: moment_of(row.try_get(3)?),
                awaits: row.try_get(4)?,
            })
        })
        .await
    }
}

async fn awaiting(connection: &mut SqliteConnection, feed: i64) -> Result<Vec<(Key, Awaited)>, Error> {
    let rows = sqlx::query(
        "SELECT key, absent_since, recheck_at FROM person
         WHERE feed = ? AND imported = 0 AND (absent_since IS NOT NULL OR recheck_at IS NOT NULL)",
    )
    .bind(feed)
    .fetch(connection);
    let rows = collect(rows, |row| Ok((Key::new(row.try_get::<&str, _>(0)?), awaited(row, 1)?))).await?;
    Ok(rows.into_iter().filter_map(|(key, awaited)| Some((key, awaited?))).collect())
}
