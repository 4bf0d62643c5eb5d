//! Values and rows, to SQLite and back.

use futures_util::{Stream, TryStreamExt};
use jiff::Timestamp;
use sqlx::sqlite::SqliteRow;

use super::Error;
use crate::directory::changes::Handle;
use crate::roster::Fingerprint;

/// Rows handed to SQLite at once, as one JSON array.
pub(super) const CHUNK: usize = 2_000;

pub(super) fn millis(at: Timestamp) -> i64 {
    at.as_millisecond()
}

pub(super) fn moment(millis: i64) -> Timestamp {
    let stored = Timestamp::from_millisecond(millis);
    stored.ok().filter(|_| millis != Timestamp::MAX.as_millisecond()).unwrap_or(Timestamp::MAX)
}

pub(super) fn moment_of(millis: Option<i64>) -> Option<Timestamp> {
    millis.map(moment)
}

pub(super) fn fingerprint(bytes: Option<&[u8]>) -> Option<Fingerprint> {
    bytes.and_then(Fingerprint::from_slice)
}

/// A handle as `unhex` takes it.
pub(super) fn hex(handle: &Handle) -> String {
    handle.as_bytes().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Collects rows as they come, without holding them twice.
pub(super) async fn collect<T>(
    mut rows: impl Stream<Item = Result<SqliteRow, sqlx::Error>> + Unpin,
    read: impl Fn(&SqliteRow) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    let mut all = Vec::new();
    while let Some(row) = rows.try_next().await? {
        all.push(read(&row)?);
    }
    Ok(all)
}
