//! What happened.

use sqlx::{Sqlite, Transaction};

use super::{Cutoff, run};
use crate::store::Error;

/// `?1` the moment, `?2` the portion. Where the job of a batch that is over stood is of no use to anybody.
const VALUES: [&str; 2] = [
    "DELETE FROM said WHERE account IN (SELECT account FROM said WHERE at <= ?1 LIMIT ?2)",
    "UPDATE batch SET ticket = NULL WHERE id IN (SELECT id FROM batch INDEXED BY batch_ticket
       WHERE state = 9 AND ticket IS NOT NULL AND at <= ?1 LIMIT ?2)",
];

/// A sync's last run stays, and its last that did not fail, by which everybody goes on; and a batch of which others are
/// parts that are on their way. The last one of each kind stays, if only its number, or that would be given to another.
const AUDIT: [&str; 4] = [
    "DELETE FROM event WHERE id IN (SELECT id FROM event
       WHERE id <= (SELECT max(event) FROM milestone WHERE at <= ?1) AND id < (SELECT max(id) FROM event)
       ORDER BY id LIMIT ?2)",
    "UPDATE event SET person = NULL, account = NULL, detail = NULL
     WHERE id = (SELECT max(id) FROM event) AND id <= (SELECT max(event) FROM milestone WHERE at <= ?1) AND ?2 > 0
       AND coalesce(person, account, detail) IS NOT NULL",
    "DELETE FROM run WHERE id IN (SELECT r.id FROM run r
       WHERE r.id <= (SELECT max(run) FROM milestone WHERE at <= ?1)
         AND r.id <> (SELECT max(id) FROM run WHERE feed = r.feed)
         AND r.id IS NOT (SELECT id FROM run INDEXED BY run_succeeded WHERE feed = r.feed AND result <> 'failed'
           ORDER BY id DESC LIMIT 1)
       ORDER BY r.id LIMIT ?2)",
    "DELETE FROM batch WHERE id IN (SELECT b.id FROM batch b
       WHERE b.id <= (SELECT max(batch) FROM milestone WHERE at <= ?1) AND b.state = 9 AND b.id < (SELECT max(id) FROM batch)
         AND NOT EXISTS (SELECT 1 FROM batch part WHERE part.root = b.root AND part.state <> 9)
       ORDER BY b.id LIMIT ?2)",
];

/// What an approval was good for ends by itself.
const OVER: &str = "DELETE FROM approval WHERE rowid IN (SELECT rowid FROM approval WHERE until <= ?1 LIMIT ?2)";

/// Field values.
pub(super) async fn of_values(tx: &mut Transaction<'_, Sqlite>, cutoff: Cutoff) -> Result<u64, Error> {
    run(tx, &VALUES, cutoff.values).await
}

/// The record of what was done.
pub(super) async fn of_audit(tx: &mut Transaction<'_, Sqlite>, cutoff: Cutoff) -> Result<u64, Error> {
    Ok(run(tx, &AUDIT, cutoff.audit).await? + run(tx, &[OVER], cutoff.now).await?)
}
