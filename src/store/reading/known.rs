//! Everybody a sync knows.

use sqlx::{Row, sqlite::SqliteRow};

use crate::plan::{Awaited, Imported, Known};
use crate::roster::{Fingerprint, Key};
use crate::store::rows::{collect, moment, moment_of};
use crate::store::{Error, Store};

/// A person in as few columns as can be: one costs as much as the rest of a row on its way here, so the flags travel with
/// the id.
pub(super) fn known(row: &SqliteRow) -> Result<Known, Error> {
    let (packed, key): (i64, &str) = (row.try_get(0)?, row.try_get(1)?);
    Ok(Known {
        id: packed >> 3,
        key: Key::new(key),
        seen: row.try_get::<Option<&[u8]>, _>(2)?.and_then(Fingerprint::from_slice),
        claims: packed & 4 != 0,
        active: packed & 2 != 0,
        protected: packed & 1 != 0,
        awaited: None,
    })
}

/// What is awaited of a person, out of the columns from this one on.
pub(super) fn awaited(row: &SqliteRow, from: usize) -> Result<Option<Box<Awaited>>, Error> {
    let (absent_since, recheck_at) = (moment_of(row.try_get(from)?), moment_of(row.try_get(from + 1)?));
    let something = absent_since.is_some() || recheck_at.is_some();
    Ok(something.then(|| Box::new(Awaited { absent_since, recheck_at })))
}

impl Store {
    /// Everybody a sync knows, in the order of their keys.
    pub async fn known(&mut self, feed: i64) -> Result<Vec<Known>, Error> {
        let rows = sqlx::query(
            "SELECT id * 8 + (account IS NOT NULL) * 4 + active * 2 + protected, key, seen
             FROM person NOT INDEXED WHERE feed = ? AND imported = 0",
        )
        .bind(feed)
        .fetch(&mut self.connection);
        let mut known = collect(rows, known).await?;
        // Scanned in the table's order and sorted here: by the key's index every row would be a page of its own.
        known.sort_unstable_by(|one, other| one.key.cmp(&other.key));
        for (key, awaited) in self.awaited(feed).await? {
            if let Ok(at) = known.binary_search_by(|known| known.key.cmp(&key)) {
                known[at].awaited = awaited;
            }
        }
        self.doubt(feed, &mut known).await?;
        Ok(known)
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

    async fn awaited(&mut self, feed: i64) -> Result<Vec<(Key, Option<Box<Awaited>>)>, Error> {
        let rows = sqlx::query(
            "SELECT key, absent_since, recheck_at FROM person
             WHERE feed = ? AND imported = 0 AND (absent_since IS NOT NULL OR recheck_at IS NOT NULL)",
        )
        .bind(feed)
        .fetch(&mut self.connection);
        collect(rows, |row| Ok((Key::new(row.try_get::<&str, _>(0)?), awaited(row, 1)?))).await
    }
}
