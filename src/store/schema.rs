//! Whether a file is a store, and one that this version knows.

use std::path::Path;

use sqlx::migrate::Migrator;
use sqlx::{Connection, SqliteConnection};

use super::Error;

/// What made the tables, in the order of the versions. A released one is never changed.
static MIGRATIONS: Migrator = sqlx::migrate!("src/store/migrations");

/// Looks at a file before anything is written to it.
pub(super) async fn look(connection: &mut SqliteConnection, path: &Path) -> Result<(), Error> {
    let path = || path.display().to_string();
    let (tables, ours): (i64, bool) =
        sqlx::query_as("SELECT count(*), coalesce(max(name = '_sqlx_migrations'), 0) FROM sqlite_master")
            .fetch_one(&mut *connection)
            .await?;
    // Nothing of ours uses it.
    let version: i64 = sqlx::query_scalar("PRAGMA user_version").fetch_one(&mut *connection).await?;
    if version != 0 || (tables > 0 && !ours) {
        return Err(Error::NoStore { path: path() });
    }
    if !ours {
        return Ok(());
    }
    let applied: Vec<(i64, Vec<u8>)> =
        sqlx::query_as("SELECT version, checksum FROM _sqlx_migrations ORDER BY version").fetch_all(connection).await?;
    let known = MIGRATIONS.iter().map(|migration| migration.version).max().unwrap_or_default();
    for (found, checksum) in applied {
        match MIGRATIONS.iter().find(|migration| migration.version == found) {
            None => return Err(Error::Newer { path: path(), found, known }),
            Some(migration) if migration.checksum[..] != checksum[..] => {
                return Err(Error::Altered { path: path(), found });
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// Makes the tables, or brings them up to date.
pub(super) async fn make(connection: &mut SqliteConnection) -> Result<(), Error> {
    // `run` asks for a connection in a way that makes no future of ours `Send`.
    if MIGRATIONS.run_direct(None, connection, false).await.is_err() {
        // Somebody else may be making the tables: once they are done, most often nothing is left to do.
        let mut alone = connection.begin_with("BEGIN IMMEDIATE").await?;
        MIGRATIONS.run_direct(None, &mut *alone, false).await?;
        alone.commit().await?;
    }
    Ok(())
}
