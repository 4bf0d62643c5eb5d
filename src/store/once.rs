//! What is sent only when somebody joins, and never stored: a run has it at hand once it read them.

use crate::store::{Error, Store};

/// Those who wait to join with it. `?` realm.
macro_rules! waiting {
    () => {
        "(SELECT id FROM account INDEXED BY account_once
          WHERE realm = (SELECT id FROM realm WHERE name = ?) AND once IS NOT NULL AND confirmed_gone IS NULL AND gone = 0)"
    };
}

impl Store {
    /// Another run begins, or the last one goes on in another process: nothing is at hand. Whoever waits to join with it is
    /// read anew by the next reading.
    pub async fn forget_once(&mut self, realm: &str) -> Result<(), Error> {
        let mut tx = self.write().await?;
        for statement in [
            concat!("UPDATE person SET seen = NULL WHERE account IN ", waiting!()),
            concat!("UPDATE account SET once = 0 WHERE once > 0 AND id IN ", waiting!()),
        ] {
            sqlx::query(statement).bind(realm).execute(&mut *tx).await?;
        }
        Ok(tx.commit().await?)
    }
}
