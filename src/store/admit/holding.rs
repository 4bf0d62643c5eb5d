//! What is due at a target that it keeps unique among its members.

use sqlx::{Sqlite, Transaction};

use super::Admission;
use crate::store::Error;
use crate::store::settle::holding;

/// An account that is due with other values, or as gone, gives up those it was due with; the target may still have them.
pub(super) async fn make(tx: &mut Transaction<'_, Sqlite>, admission: &Admission<'_>) -> Result<(), Error> {
    // Most targets keep nothing unique but the identity.
    if holding::none(tx).await? && admission.observed.iter().all(|seen| seen.unique.is_empty()) {
        return Ok(());
    }
    sqlx::query(
        "UPDATE holding SET due = 0 WHERE due = 1 AND account IN (SELECT a.id FROM due d CROSS JOIN account a
           ON a.identity = d.identity WHERE a.realm = (SELECT id FROM realm WHERE name = ?))",
    )
    .bind(admission.realm)
    .execute(&mut **tx)
    .await?;
    // Who moves takes it along, also where somebody else claims the identity that they leave behind.
    sqlx::query(
        "UPDATE holding SET due = 0 WHERE due = 1 AND (realm, value, account) IN (
           SELECT h.realm, h.value, h.account FROM due d CROSS JOIN stage s ON s.id = d.stage
           CROSS JOIN json_each(s.holds) v CROSS JOIN person p ON p.id = s.person
           CROSS JOIN holding h ON h.account = p.account AND h.value = v.value WHERE d.gone = 0 AND p.active = 1)",
    )
    .execute(&mut **tx)
    .await?;
    sqlx::query(
        "INSERT INTO holding (realm, value, account, due)
         SELECT a.realm, v.value, a.id, 1 FROM due d CROSS JOIN stage s ON s.id = d.stage CROSS JOIN json_each(s.holds) v
         CROSS JOIN account a ON a.identity = d.identity
         WHERE d.gone = 0 AND a.realm = (SELECT id FROM realm WHERE name = ?)
         ON CONFLICT (realm, value, account) DO UPDATE SET due = 1",
    )
    .bind(admission.realm)
    .execute(&mut **tx)
    .await?;
    // Whoever left and still has it there leaves once more, to let go of it.
    sqlx::query(
        "UPDATE account SET certain = 0 WHERE gone = 1 AND certain = 1 AND confirmed_gone = 1 AND id IN (
           SELECT other.account FROM due d CROSS JOIN account a ON a.identity = d.identity
           CROSS JOIN holding mine ON mine.account = a.id CROSS JOIN holding other
             ON other.realm = mine.realm AND other.value = mine.value AND other.account <> mine.account
           WHERE a.realm = (SELECT id FROM realm WHERE name = ?) AND mine.due = 1
             AND (other.confirmed = 1 OR other.batch = 0))",
    )
    .bind(admission.realm)
    .execute(&mut **tx)
    .await?;
    sqlx::query("DELETE FROM holding WHERE due = 0 AND confirmed = 0 AND batch IS NULL").execute(&mut **tx).await?;
    Ok(())
}
