//! Newcomers: whoever comes to an identity that nobody contends for. What becomes of them is the same whatever becomes of
//! the others, so that a first run of a million people neither weighs them one by one nor holds them in memory.

use sqlx::{Sqlite, Transaction};

use super::Admission;
use crate::plan::{Kind, Verdict};
use crate::store::rows::millis;
use crate::store::{Error, Store};

impl Store {
    /// Sets the newcomers of what was staged apart, and counts them. Nobody is one who is known, whose identity is staged
    /// twice or has an account, or who wants what a target keeps unique besides it; nor is anybody while the guard holds or
    /// was granted something, for it may be just that.
    pub async fn set_apart(&mut self, feed: i64, realm: &str) -> Result<u64, Error> {
        let set_apart = sqlx::query(
            "INSERT INTO newcomer (stage, identity)
             SELECT max(id), identity FROM stage WHERE identity IS NOT NULL GROUP BY identity
             HAVING count(*) = 1 AND max(wish) = 'be' AND max(imported) = 0 AND max(person) IS NULL AND max(holds) IS NULL
               AND max(needs_approval) IS NULL
               AND NOT EXISTS (SELECT 1 FROM account a WHERE a.identity = stage.identity
                 AND a.realm = (SELECT id FROM realm WHERE name = ?1))
               AND NOT EXISTS (SELECT 1 FROM held WHERE feed = ?2)
               AND NOT EXISTS (SELECT 1 FROM approval WHERE feed = ?2)
             ORDER BY 1",
        )
        .bind(realm)
        .bind(feed)
        .execute(&mut self.connection)
        .await?;
        Ok(set_apart.rows_affected())
    }
}

/// They get what they wish, as the plan would say.
pub(super) async fn lay_out(tx: &mut Transaction<'_, Sqlite>) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO ruling (stage, identity, active, settled, verdict, why)
         SELECT stage, identity, 1, 1, ?, NULL FROM newcomer ORDER BY stage",
    )
    .bind(Verdict::Active.word())
    .execute(&mut **tx)
    .await?;
    sqlx::query("INSERT INTO due (identity, gone, stage) SELECT identity, 0, stage FROM newcomer ORDER BY identity")
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Writes the audit, and counts them: all people beyond that number.
pub(super) async fn record(
    tx: &mut Transaction<'_, Sqlite>,
    admission: &Admission<'_>,
    last: i64,
) -> Result<u64, Error> {
    let recorded = sqlx::query(
        "INSERT INTO event (at, person, account, run, kind) SELECT ?1, id, account, ?2, ?3 FROM person WHERE id > ?4",
    )
    .bind(millis(admission.now))
    .bind(admission.run)
    .bind(Kind::Join.word())
    .bind(last)
    .execute(&mut **tx)
    .await?;
    Ok(recorded.rows_affected())
}
