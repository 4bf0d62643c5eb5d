//! Many people out of few rows: a row of its own for each costs several times as much on its way here.

use sqlx::{Row, SqliteConnection};

use crate::store::Error;
use crate::store::pages::{self, Pages};

/// So many ids are read at once.
const SPAN: i64 = 1_024;

/// A person out of a row.
pub(super) struct Packed<'a> {
    /// Their number, with flags in its lowest three bits.
    head: i64,
    /// By which the directory has them.
    pub key: &'a str,
    /// 16 bytes that go with them, where there are any.
    pub bytes: Option<&'a [u8; 16]>,
}

impl Packed<'_> {
    pub(super) fn id(&self) -> i64 {
        self.head >> 3
    }

    /// One of the three flags.
    pub(super) fn flag(&self, at: u32) -> bool {
        self.head >> at & 1 == 1
    }
}

/// A statement that packs people of a sync, `?1`, from one id, `?2`, to another, `?3`: where the next one begins; a number for
/// each with the id, how long the key is, whether there are bytes, and three flags; all keys; all bytes.
macro_rules! packed {
    ($bytes:literal, $flags:literal, $who:literal) => {
        concat!(
            "SELECT (SELECT min(id) FROM person WHERE id > ?3),
               group_concat(((id * 8 + ",
            $flags,
            ") << 17) + octet_length(key) * 2 + (",
            $bytes,
            " IS NOT NULL)), group_concat(key, ''), CAST(group_concat(",
            $bytes,
            ", '') AS BLOB)
             FROM person NOT INDEXED WHERE feed = ?1 AND imported = 0 AND id BETWEEN ?2 AND ?3 AND ",
            $who
        )
    };
}
pub(super) use packed;

/// Everybody whom such a statement finds, in the order of their ids.
pub(super) async fn each(
    connection: &mut SqliteConnection,
    feed: i64,
    statement: &'static str,
    mut take: impl FnMut(Packed<'_>) -> Option<()>,
) -> Result<(), Error> {
    pages::hold(connection, Pages::Passing).await?;
    let mut from: Option<i64> = sqlx::query_scalar("SELECT min(id) FROM person").fetch_one(&mut *connection).await?;
    while let Some(first) = from {
        let last = first.saturating_add(SPAN - 1);
        let row = sqlx::query(statement).bind(feed).bind(first).bind(last).fetch_one(&mut *connection).await?;
        from = row.try_get(0)?;
        unpack(row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, &mut take)
            .ok_or_else(|| Error::Damaged("people run together".to_owned()))?;
    }
    pages::hold(connection, Pages::Usual).await
}

/// `None` when these do not belong together to the last byte, or somebody is not taken.
fn unpack(
    heads: Option<&str>,
    keys: Option<&str>,
    bytes: Option<&[u8]>,
    take: &mut impl FnMut(Packed<'_>) -> Option<()>,
) -> Option<()> {
    let (mut keys, mut bytes) = (keys.unwrap_or_default(), bytes.unwrap_or_default());
    for head in heads.into_iter().flat_map(|heads| heads.split(',')) {
        let head: i64 = head.parse().ok()?;
        let (key, keys_left) = keys.split_at_checked(usize::try_from(head >> 1 & 0xffff).ok()?)?;
        keys = keys_left;
        let mut theirs = None;
        if head & 1 != 0 {
            let (first, bytes_left) = bytes.split_first_chunk::<16>()?;
            (theirs, bytes) = (Some(first), bytes_left);
        }
        take(Packed { head: head >> 17, key, bytes: theirs })?;
    }
    (keys.is_empty() && bytes.is_empty()).then_some(())
}
