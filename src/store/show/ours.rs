//! Members of ours at a target that gives names of its own.

use sqlx::Row;

use crate::roster::Payload;
use crate::store::confirmed::confirmed;
use crate::store::rows::collect;
use crate::store::{Error, Store};

/// A member of ours there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OursRow {
    /// What the target calls it.
    pub remote: String,
    /// By which rosterd knows it.
    pub identity: String,
    /// The syncs whose people have it, in the order of their names.
    pub syncs: Vec<String>,
    /// What the target confirmed; `None` where it may have something else by now.
    pub confirmed: Option<Payload>,
    /// Whether something is still to be sent.
    pub pending: bool,
}

impl Store {
    /// Members of ours at a target, by its own names.
    pub async fn ours(&mut self, realm: &str) -> Result<Vec<OursRow>, Error> {
        let rows = sqlx::query(concat!(
            "SELECT a.remote, a.identity,
               (SELECT json_group_array(sync) FROM (SELECT DISTINCT f.sync FROM person p JOIN feed f ON f.id = p.feed
                 WHERE p.account = a.id ORDER BY f.sync)),
               CASE WHEN a.certain = 1 AND a.confirmed_gone = 0 THEN ",
            confirmed!("a"),
            " END,
               a.pending IS NOT NULL
             FROM account a WHERE a.realm = (SELECT id FROM realm WHERE name = ?) AND a.remote IS NOT NULL ORDER BY a.remote"
        ))
        .bind(realm)
        .fetch(&mut self.connection);
        collect(rows, |row| {
            let unreadable = |error: serde_json::Error| Error::Damaged(error.to_string());
            Ok(OursRow {
                remote: row.try_get(0)?,
                identity: row.try_get(1)?,
                syncs: serde_json::from_str(row.try_get(2)?).map_err(unreadable)?,
                confirmed: row
                    .try_get::<Option<&str>, _>(3)?
                    .map(Payload::from_json)
                    .transpose()
                    .map_err(unreadable)?,
                pending: row.try_get(4)?,
            })
        })
        .await
    }
}
