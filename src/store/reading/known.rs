//! Everybody a sync knows.

use sqlx::{Connection, Row, SqliteConnection, sqlite::SqliteRow};

use super::drift::drifted;
use crate::plan::{Awaited, Gathering, Imported, Known, Roll};
use crate::roster::{Fingerprint, Key};
use crate::store::rows::{collect, moment, moment_of};
use crate::store::{Error, Store};

/// So many ids are read at once: a row of its own for each person costs several times as much on its way here.
const SPAN: i64 = 1_024;

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
        let mut from: Option<i64> = sqlx::query_scalar("SELECT min(id) FROM person").fetch_one(&mut *tx).await?;
        while let Some(first) = from {
            let row = sqlx::query(
                "SELECT (SELECT min(id) FROM person WHERE id > ?3),
                   group_concat(id * 1048576 + octet_length(key) * 16
                     + (seen IS NOT NULL) * 8 + (account IS NOT NULL) * 4 + active * 2 + protected),
                   group_concat(key, ''), CAST(group_concat(seen, '') AS BLOB)
                 FROM person NOT INDEXED WHERE feed = ?1 AND imported = 0 AND id BETWEEN ?2 AND ?3",
            )
            .bind(feed)
            .bind(first)
            .bind(first.saturating_add(SPAN - 1))
            .fetch_one(&mut *tx)
            .await?;
            from = row.try_get(0)?;
            let (heads, keys, seen) = (row.try_get(1)?, row.try_get(2)?, row.try_get(3)?);
            unpack(&mut gathering, heads, keys, seen)
                .ok_or_else(|| Error::Damaged("people run together".to_owned()))?;
        }
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

/// People out of a row: of each a number with the id, how long the key is, and flags; then all keys, and all fingerprints.
/// `None` when these do not belong together to the last byte.
fn unpack(people: &mut Gathering, heads: Option<&str>, keys: Option<&str>, seen: Option<&[u8]>) -> Option<()> {
    let (mut keys, mut seen) = (keys.unwrap_or_default(), seen.unwrap_or_default());
    for head in heads.into_iter().flat_map(|heads| heads.split(',')) {
        let head: i64 = head.parse().ok()?;
        let (key, keys_left) = keys.split_at_checked(usize::try_from(head >> 4 & 0xffff).ok()?)?;
        let mut fingerprint = None;
        if head & 8 != 0 {
            let (bytes, seen_left) = seen.split_first_chunk::<16>()?;
            fingerprint = Fingerprint::from_slice(bytes);
            seen = seen_left;
        }
        keys = keys_left;
        let id = Some(head >> 20).filter(|id| Roll::IDS.contains(id))?;
        let known = Known {
            id,
            key: Key::new(key),
            claims: head & 4 != 0,
            active: head & 2 != 0,
            protected: head & 1 != 0,
            awaited: None,
        };
        people.push(&known, fingerprint);
    }
    (keys.is_empty() && seen.is_empty()).then_some(())
}
