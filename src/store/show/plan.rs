//! A planned change, old and new.

use crate::roster::Identity;
use crate::store::{Error, Store};

impl Store {
    /// The staged body of a member and the one the account has: what `plan` shows as old and new.
    pub async fn bodies(&mut self, stage: i64, realm: &str, identity: &Identity) -> Result<[Option<String>; 2], Error> {
        let new = sqlx::query_scalar("SELECT body FROM stage WHERE id = ?")
            .bind(stage)
            .fetch_optional(&mut self.connection)
            .await?;
        let old = sqlx::query_scalar(
            "SELECT coalesce(d.body, c.body, a.body) FROM account a LEFT JOIN drift d ON d.account = a.id
               LEFT JOIN confirmed c ON c.account = a.id
             WHERE a.realm = (SELECT id FROM realm WHERE name = ?) AND a.identity = ?",
        )
        .bind(realm)
        .bind(identity.as_str())
        .fetch_optional(&mut self.connection)
        .await?;
        Ok([old, new.flatten()])
    }
}
