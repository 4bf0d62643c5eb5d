//! SQLite: what is known, what is due, what was confirmed, and the record of it. One function a transaction.
//!
//! WAL with `synchronous=FULL` (NORMAL forgets a charge or a `sent` at power loss), one writer, files 0600. The rows
//! of the migrations' comments are the model; see also the crate doc's invariants.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sqlx::sqlite::{SqliteConnectOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection, Sqlite, SqliteConnection, Transaction};

mod admit;
mod bind;
mod clock;
mod confirmed;
mod deliver;
mod expire;
mod forget;
mod import;
mod lock;
mod once;
mod pages;
mod past;
#[cfg(test)]
pub mod planted;
#[cfg(test)]
pub mod probe;
mod reading;
mod realm;
mod rows;
mod run;
mod schema;
mod settle;
mod show;
mod steer;
#[cfg(test)]
mod tests;
mod token;
mod told;
mod wording;

use pages::Pages;

pub use admit::Admission;
pub use bind::BindRecord;
pub use deliver::{Frozen, Portion};
pub use expire::Cutoff;
pub use forget::{Forgetting, Trace, TracedAccount, TracedPerson};
pub use import::Imported;
pub use lock::{Lock, LockError, writable};
pub use past::Past;
pub use settle::Pace;
pub use show::{
    AccountRow, AtWorkRow, ChangeRow, CourseRow, EventRow, FeedRow, HeldRow, LatencyRow, OddRow, OursRow, PersonRow,
    RealmRow, RunRow, WaitRow, WaitingRow,
};
pub use steer::Who;

/// Why the store did not do as asked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database said no.
    #[error("{}", wording::sql(.0))]
    Sql(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the store's tables can't be brought up to date: {0}")]
    Migrate(sqlx::migrate::MigrateError),
    /// The schema is from a later version.
    #[error(
        "{path} was written by a newer rosterd (its schema is {found}, this one knows those up to {known}): install that \
         version again, or put the copy of the state folder from before the upgrade in its place, then \
         `rosterd resend NAME --all`; nothing was changed"
    )]
    Newer {
        /// Which file.
        path: String,
        /// Its version.
        found: i64,
        /// Ours.
        known: i64,
    },
    /// The schema is from no released version.
    #[error(
        "{path} was written by a rosterd that was never released (its schema {found} is not this one's): install that one \
         again, or put a copy of the state folder that a released one wrote in its place, then `rosterd resend NAME --all`; \
         nothing was changed"
    )]
    Altered {
        /// Which file.
        path: String,
        /// The version that differs.
        found: i64,
    },
    /// The state folder.
    #[error("{}", wording::folder(path, source))]
    Folder {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// The file is damaged, or something else (SQLite's codes 11 and 26).
    #[error(
        "{path} is no database of rosterd any more: put a backup in its place, or move it away and start anew; then \
         `rosterd resend NAME --all`"
    )]
    NoStore {
        /// Which.
        path: String,
    },
    /// What is stored does not make sense.
    #[error("the store holds something unreadable: {0}")]
    Damaged(String),
}

/// The store, over one connection.
#[derive(Debug)]
pub struct Store {
    connection: SqliteConnection,
    /// Where a store would be, while this one in memory stands in for it.
    absent: Option<PathBuf>,
    /// Which file it is.
    file: Option<FileId>,
}

/// A file, whatever its name: device and inode.
type FileId = (u64, u64);

impl Store {
    /// Opens the store in a state folder, making both when they are not there.
    pub async fn open(folder: &Path) -> Result<Self, Error> {
        let path = folder.join("state.db");
        lock::private_file(folder, "state.db")
            .map_err(|source| Error::Folder { path: folder.display().to_string(), source })?;
        let mut connection = opened(&path).await.map_err(|error| match error {
            Error::Sql(sqlx::Error::Database(why)) if why.code().is_some_and(|code| code == "11" || code == "26") => {
                Error::NoStore { path: path.display().to_string() }
            }
            error => error,
        })?;
        set_up(&mut connection).await?;
        Ok(Self { connection, absent: None, file: file_id(&path) })
    }

    /// Whether it is still the store of a state folder: somebody may have put another file there, or none.
    pub fn is_of(&self, folder: &Path) -> bool {
        self.file.is_some() && self.file == file_id(&folder.join("state.db"))
    }

    /// A store that is gone with its connection.
    pub async fn memory() -> Result<Self, Error> {
        let mut connection = usual(SqliteConnectOptions::new().in_memory(true)).connect().await?;
        set_up(&mut connection).await?;
        Ok(Self { connection, absent: None, file: None })
    }

    /// Opens the store of a state folder, or an empty one in memory where there is none: for looking without storing
    /// anything but that credentials were refused.
    pub async fn look(folder: &Path) -> Result<Self, Error> {
        match folder.join("state.db").try_exists() {
            Ok(true) => return Self::open(folder).await,
            // Not to be allowed to see it is another thing than that it is not there.
            Err(source) if source.kind() == io::ErrorKind::PermissionDenied => {
                return Err(Error::Folder { path: folder.display().to_string(), source });
            }
            _ => {}
        }
        Ok(Self { absent: Some(folder.to_owned()), ..Self::memory().await? })
    }

    /// A transaction that may write: it waits for other writers at its beginning, never in its middle.
    async fn write(&mut self) -> Result<Transaction<'_, Sqlite>, Error> {
        Ok(self.connection.begin_with("BEGIN IMMEDIATE").await?)
    }

    /// Closes the connection, so that nothing is left to do for the next one.
    pub async fn close(self) -> Result<(), Error> {
        Ok(self.connection.close().await?)
    }
}

/// How long somebody waits for others who write.
const PATIENCE: Duration = Duration::from_secs(10);

fn usual(options: SqliteConnectOptions) -> SqliteConnectOptions {
    options
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        // What is deleted is overwritten, where that costs nothing; see `expire`.
        .pragma("secure_delete", "FAST")
        // In pages: batches whose members lie all over the file are brought into it several at a time.
        .pragma("wal_autocheckpoint", "4000")
        .pragma("cache_size", format!("-{}", Pages::Usual.kib()))
        .busy_timeout(PATIENCE)
        .statement_cache_capacity(256)
        // Rows of a long scan cross to this thread in such portions.
        .row_buffer_size(1_024)
        .disable_statement_logging()
}

async fn set_up(connection: &mut SqliteConnection) -> Result<(), Error> {
    schema::make(connection).await?;
    sqlx::raw_sql(include_str!("temporary.sql")).execute(connection).await?;
    Ok(())
}

/// A file that is a store of ours, or is to be one. While somebody turns a new file to WAL, SQLite answers others at once
/// that it is busy, whatever its timeout.
async fn opened(path: &Path) -> Result<SqliteConnection, Error> {
    let options = usual(SqliteConnectOptions::new().filename(path));
    let mut again = 0..1_000;
    loop {
        match looked_at(&options, path).await {
            Err(Error::Sql(sqlx::Error::Database(why)))
                if why.code().is_some_and(|code| code == "5") && again.next().is_some() =>
            {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            done => return done,
        }
    }
}

async fn looked_at(options: &SqliteConnectOptions, path: &Path) -> Result<SqliteConnection, Error> {
    let mut connection = options.connect().await?;
    schema::look(&mut connection, path).await?;
    sqlx::raw_sql("PRAGMA journal_mode = WAL").execute(&mut connection).await?;
    Ok(connection)
}

fn file_id(path: &Path) -> Option<FileId> {
    std::fs::metadata(path).ok().map(|file| (file.dev(), file.ino()))
}
