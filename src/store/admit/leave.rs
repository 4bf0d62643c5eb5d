//! Whoever is due as gone from now on, and since when they are leaving.

use std::collections::BTreeMap;

use sqlx::{Sqlite, Transaction};

use super::Admission;
use crate::plan::Kind;
use crate::roster::Identity;
use crate::store::Error;
use crate::store::rows::millis;

/// Where those are staged whose changes make accounts leave, by the accounts' identities.
pub(super) fn leavers<'a>(admission: &Admission<'a>) -> BTreeMap<&'a Identity, i64> {
    let admitted = admission.plan.changes.iter().filter(|change| change.held.is_none());
    let leaves = admitted.filter_map(|change| {
        let left = match change.kind {
            Kind::Leave => &change.identity,
            Kind::Identity => change.from.as_ref()?,
            Kind::Return | Kind::Change | Kind::Join => return None,
        };
        Some((left, admission.observed[change.observed].stage))
    });
    leaves.collect()
}

pub(super) async fn make(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    // Leaves are never quarantined, nor suspected of what was refused while they were to stay. Found from what is due, for
    // SQLite would begin with every account of the target. Where the target has nobody to lose, nobody is waited for.
    sqlx::query(
        "UPDATE account SET gone = 1, once = NULL, failed = CASE gone WHEN 1 THEN failed ELSE 0 END, refused = NULL, refusal = NULL, not_before = NULL,
           suspect = CASE gone WHEN 1 THEN suspect END, suspect_root = CASE gone WHEN 1 THEN suspect_root END,
           suspect_run = CASE gone WHEN 1 THEN suspect_run END,
           leaving_since = CASE WHEN gone = 1 THEN leaving_since WHEN confirmed_gone = 0 OR certain = 0 THEN min(?1,
             coalesce((SELECT s.changed_at FROM due d JOIN stage s ON s.id = d.leaver WHERE d.identity = account.identity), ?1)) END,
           leaving_feed = CASE WHEN gone = 1 THEN leaving_feed WHEN confirmed_gone = 0 OR certain = 0 THEN ?2 END
         WHERE id IN (SELECT account FROM due WHERE stage IS NULL)",
    )
    .bind(millis(admission.now))
    .bind(admission.feed)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// An identity left behind waits until the one who moved is there under another, whichever that is by then; also when
/// somebody else claims it or takes it over, and gives it up before the target knows it as theirs: the one who moved may
/// still be known by it alone.
pub(super) async fn behind(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    for change in admission.plan.changes.iter().filter(|change| change.held.is_none()) {
        let person = admission.observed[change.observed].person.as_ref();
        let (Some(from), Some(person)) = (&change.from, person) else { continue };
        sqlx::query(
            "UPDATE account SET left_by = ?3, handed = EXISTS (SELECT 1 FROM due d WHERE d.identity = ?2 AND d.gone = 0)
             WHERE realm = (SELECT id FROM realm WHERE name = ?1) AND identity = ?2",
        )
        .bind(admission.realm)
        .bind(from.as_str())
        .bind(person.id)
        .execute(&mut **tx)
        .await?;
    }
    Ok(())
}
