//! What an administrator reads when the store can't be used: what is wrong with its disk, and what to do.

use std::io;

use sqlx::migrate::MigrateError;

use super::Error;

/// SQLite's code for a log's index for which there is no room (`SQLITE_IOERR_SHMSIZE`).
const NO_ROOM_FOR_INDEX: u32 = 4874;

/// Why a state folder, or a file in it, can't be made.
pub(super) fn folder(path: &str, error: &io::Error) -> String {
    let what = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "no room is left there: make room".to_owned(),
        io::ErrorKind::ReadOnlyFilesystem => "it is mounted read-only: mount it writable".to_owned(),
        _ => {
            let why = error.to_string();
            let why = why.split(" (os error").next().unwrap_or(&why);
            format!("{why}: let the account that runs rosterd make and write it")
        }
    };
    format!("the state folder {path} can't be used: {what}")
}

/// What SQLite says, by its code where that has a meaning for an administrator; its lowest byte is the kind.
pub(super) fn sql(error: &sqlx::Error) -> String {
    let said = error.as_database_error().and_then(sqlx::error::DatabaseError::code);
    let Some(code) = said.and_then(|code| code.parse::<u32>().ok()) else { return format!("the store: {error}") };
    match (code, code & 0xff) {
        (NO_ROOM_FOR_INDEX, _) | (_, 13) => {
            "the store: no room is left in the state folder, or for temporary files: make room; the next run goes on"
                .to_owned()
        }
        (_, 8) => "the store can't be written: mount the state folder writable, and let the account that runs rosterd \
                   write its files"
            .to_owned(),
        (_, 14) => {
            "the store can't be opened: let the account that runs rosterd read and write the files of the state \
                    folder"
                .to_owned()
        }
        (_, 10) => format!("the store's disk failed (SQLite's code {code}): look into the system's log"),
        _ => format!("the store: {error}"),
    }
}

/// A schema that can't be made because of the disk is not one of another version.
impl From<MigrateError> for Error {
    fn from(error: MigrateError) -> Self {
        match error {
            MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => Self::Sql(error),
            other => Self::Migrate(other),
        }
    }
}
