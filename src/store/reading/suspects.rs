//! Whom a reading of changes looks at, and what is known of them.

use serde_json::Value;
use sqlx::{Row, sqlite::SqliteRow};

use crate::directory::changes::{Handle, Whom};
use crate::plan::{Gathering, Known, Roll};
use crate::roster::{Fingerprint, Key, Timestamp};
use crate::store::rows::{collect, fingerprint, hex, millis};
use crate::store::{Error, Store};

use super::drift::drifted;
use super::known::awaited;
use super::spans::{self, packed};

impl Store {
    /// Whoever is to be looked at although the directory did not say that they changed: not settled yet, due to be judged
    /// again, or active and not among those who are present, where that is told. In the order of their keys.
    pub async fn suspects(
        &mut self,
        feed: i64,
        touched: &[Handle],
        present: Option<&[Handle]>,
        now: Timestamp,
    ) -> Result<Vec<Key>, Error> {
        let rows = sqlx::query(
            "SELECT key FROM person INDEXED BY person_unsettled
               WHERE feed = ?1 AND seen IS NULL AND imported = 0 AND (active = 1 OR absent_since IS NULL)
                 AND (verdict <> 'invalid' OR active = 0 AND account IS NOT NULL)
             UNION SELECT key FROM person INDEXED BY person_recheck
               WHERE feed = ?1 AND recheck_at IS NOT NULL AND recheck_at <= ?2 AND imported = 0
             ORDER BY key",
        )
        .bind(feed)
        .bind(millis(now))
        .fetch(&mut self.connection);
        let mut suspects = collect(rows, |row| Ok(Key::new(row.try_get::<&str, _>(0)?))).await?;
        suspects.extend(drifted(&mut self.connection, feed).await?);
        if let Some(present) = present {
            suspects.extend(self.not_present(feed, touched, present).await?);
        }
        suspects.sort_unstable();
        suspects.dedup();
        Ok(suspects)
    }

    /// Whom the directory is to have and is not told to: of those present and touched, each in order.
    async fn not_present(&mut self, feed: i64, touched: &[Handle], present: &[Handle]) -> Result<Vec<Key>, Error> {
        let (mut known, mut missing) = (Vec::new(), Vec::new());
        spans::each(&mut self.connection, feed, packed!("handle", "0", "(active = 1 OR account IS NULL)"), |packed| {
            let handle = packed.bytes.map_or_else(|| Handle::of_key(packed.key), |bytes| Some(Handle::new(*bytes)));
            match handle {
                Some(handle) => known.push((handle, packed.id())),
                None => missing.push(packed.id()),
            }
            Some(())
        })
        .await?;
        // Side by side: to look each of a million up among a million others takes longer than to sort them.
        known.sort_unstable();
        let mut there = present.iter().copied().peekable();
        for (handle, id) in known {
            while there.next_if(|there| *there < handle).is_some() {}
            if there.peek() != Some(&handle) && touched.binary_search(&handle).is_err() {
                missing.push(id);
            }
        }
        let keys = sqlx::query("SELECT key FROM person WHERE id IN (SELECT value FROM json_each(?))")
            .bind(Value::from(missing).to_string())
            .fetch(&mut self.connection);
        collect(keys, |row| Ok(Key::new(row.try_get::<&str, _>(0)?))).await
    }

    /// Those among these whom a sync knows.
    pub async fn recognise(&mut self, feed: i64, whom: &Whom) -> Result<Roll, Error> {
        let Whom { handles, keys } = whom;
        // Where handles are keys, they are found as such; where they are not, no key looks like one.
        let keys = keys.iter().map(|key| key.as_str().to_owned()).chain(handles.iter().map(Handle::to_string));
        let (keys, handles) = (keys.collect::<Value>(), handles.iter().map(hex).collect::<Value>());
        let rows = sqlx::query(
            "SELECT id, key, seen, account IS NOT NULL, active, protected, absent_since, recheck_at FROM person WHERE id IN (
               SELECT p.id FROM json_each(?2) j CROSS JOIN person p INDEXED BY person_key
                 ON p.feed = ?1 AND p.key = j.value AND p.imported = 0
               UNION SELECT p.id FROM json_each(?3) j CROSS JOIN person p INDEXED BY person_handle
                 ON p.feed = ?1 AND p.handle = unhex(j.value) AND p.imported = 0)",
        )
        .bind(feed)
        .bind(keys.to_string())
        .bind(handles.to_string())
        .fetch(&mut self.connection);
        let mut gathering = Gathering::default();
        collect(rows, known).await?.iter().for_each(|(known, seen)| gathering.push(known, *seen));
        let mut roll = gathering.roll();
        drifted(&mut self.connection, feed).await?.iter().for_each(|key| roll.doubt(key));
        Ok(roll)
    }
}

fn known(row: &SqliteRow) -> Result<(Known, Option<Fingerprint>), Error> {
    let known = Known {
        id: row.try_get(0)?,
        key: Key::new(row.try_get::<&str, _>(1)?),
        claims: row.try_get(3)?,
        active: row.try_get(4)?,
        protected: row.try_get(5)?,
        awaited: awaited(row, 6)?,
    };
    Ok((known, fingerprint(row.try_get(2)?)))
}
