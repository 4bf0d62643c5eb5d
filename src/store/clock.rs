//! What is stored follows a wall clock that was set: a moment says how long ago something was, or how long is to be
//! waited, and neither changes because somebody set the clock.

use jiff::SignedDuration;

use super::rows::millis;
use super::{Error, Store};
use crate::roster::Now;

/// Clocks that are kept right drift apart by less between two looks.
const TOLERANCE: SignedDuration = SignedDuration::from_secs(1);

/// All that measures elapsed time; a pause without an end has none. What the wall clock said when something happened,
/// and when it says that somebody expires, stays as it is.
const FOLLOW: [&str; 18] = [
    "UPDATE realm SET token_at = token_at + ?1, token_until = token_until + ?1, not_before = not_before + ?1,
       left_since = left_since + ?1",
    "UPDATE token_use SET at = at + ?1",
    "UPDATE feed SET server_since = server_since + ?1, full_at = full_at + ?1,
       paused_until = CASE WHEN paused_until < 200000000000000 THEN paused_until + ?1 ELSE paused_until END",
    "UPDATE admission SET at = at + ?1",
    "UPDATE person SET absent_since = absent_since + ?1 WHERE absent_since IS NOT NULL",
    "UPDATE account SET not_before = not_before + ?1 WHERE not_before IS NOT NULL",
    // The directory said when, but it was admitted as a moment of the clock here: how long that is ago stays. The clocks
    // were minutes apart at most, and a clock that is set may be days off.
    "UPDATE account SET leaving_since = leaving_since + ?1 WHERE leaving_since IS NOT NULL",
    "UPDATE latency SET at = at + ?1",
    "UPDATE approval SET until = until + ?1, at = at + ?1",
    "UPDATE batch SET at = at + ?1, wake = wake + ?1",
    "UPDATE run SET wake = wake + ?1 WHERE wake IS NOT NULL",
    "UPDATE refusal SET at = at + ?1",
    "UPDATE said SET at = at + ?1",
    "UPDATE account SET rest_since = rest_since + ?1 WHERE rest_since IS NOT NULL",
    "UPDATE person SET unseen_since = unseen_since + ?1 WHERE unseen_since IS NOT NULL",
    "UPDATE milestone SET at = at + ?1",
    "UPDATE rebuilt SET at = at + ?1",
    "UPDATE told SET since = since + ?1, seen = seen + ?1, told = told + ?1, gone = gone + ?1",
];

/// After another boot nobody knows how long ago anything was. What seems to be yet to come was at most just now (`?1`), and
/// no wait is longer than a day (`?2`), or a clock that was once ahead would stop everything until then.
const DOUBT: [&str; 19] = [
    "UPDATE realm SET token = NULL, token_at = NULL, token_until = NULL WHERE token_at > ?1",
    "UPDATE realm SET not_before = ?2 WHERE not_before > ?2",
    "UPDATE token_use SET at = ?1 WHERE at > ?1",
    "UPDATE feed SET server_since = ?1 WHERE server_since > ?1",
    "UPDATE feed SET full_at = NULL WHERE full_at > ?1",
    "UPDATE admission SET at = ?1 WHERE at > ?1",
    "UPDATE person SET absent_since = ?1 WHERE absent_since > ?1",
    "UPDATE account SET not_before = ?2 WHERE not_before > ?2",
    "UPDATE account SET leaving_since = ?1 WHERE leaving_since > ?1",
    "UPDATE latency SET at = ?1 WHERE at > ?1",
    "UPDATE batch SET wake = ?2 WHERE wake > ?2",
    "UPDATE run SET wake = ?2 WHERE wake > ?2",
    "UPDATE realm SET left_since = ?1 WHERE left_since > ?1",
    "UPDATE said SET at = ?1 WHERE at > ?1",
    "UPDATE account SET rest_since = ?1 WHERE rest_since > ?1",
    "UPDATE person SET unseen_since = ?1 WHERE unseen_since > ?1",
    "UPDATE milestone SET at = ?1 WHERE at > ?1",
    "UPDATE rebuilt SET at = ?1 WHERE at > ?1",
    "UPDATE told SET since = min(since, ?1), seen = min(seen, ?1), told = min(told, ?1), gone = min(gone, ?1)",
];

/// The longest wait there is.
const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Whoever expired by a clock that was ahead may not have, and nothing about their entry will change.
const JUDGE_AGAIN: &str = "UPDATE person SET seen = NULL";

impl Store {
    /// To be told before a run or a command goes by the wall clock. When that was set since the last time, what is stored
    /// moves with it; after another boot nobody can tell, and the wall clock is believed as far as that can be.
    pub async fn follow_clock(&mut self, now: Now) -> Result<(), Error> {
        let skew = millis(now.wall) - i64::try_from(now.monotonic.as_millis()).unwrap_or(i64::MAX);
        let boot = now.boot.as_ref().map(|boot| &boot.as_bytes()[..]);
        let last: Option<(Vec<u8>, i64)> =
            sqlx::query_as("SELECT boot, skew FROM clock").fetch_optional(&mut self.connection).await?;
        let jump = match (&last, boot) {
            (Some((last, before)), Some(boot)) if last[..] == *boot => Some(skew - before),
            _ => None,
        };
        let as_it_was = jump.is_some_and(|jump| SignedDuration::from_millis(jump).abs() <= TOLERANCE);
        if as_it_was || (last.is_none() && boot.is_none()) {
            return Ok(());
        }
        let mut tx = self.write().await?;
        sqlx::query("DELETE FROM clock").execute(&mut *tx).await?;
        sqlx::query("INSERT INTO clock (boot, skew) SELECT ?1, ?2 WHERE ?1 IS NOT NULL")
            .bind(boot)
            .bind(skew)
            .execute(&mut *tx)
            .await?;
        match jump {
            Some(jump) => {
                for statement in FOLLOW {
                    sqlx::query(statement).bind(jump).execute(&mut *tx).await?;
                }
            }
            None => {
                for statement in DOUBT {
                    let query = sqlx::query(statement).bind(millis(now.wall)).bind(millis(now.wall + DAY));
                    query.execute(&mut *tx).await?;
                }
            }
        }
        if jump.is_none_or(|jump| jump < 0) {
            sqlx::query(JUDGE_AGAIN).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }
}
