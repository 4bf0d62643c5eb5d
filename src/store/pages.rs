//! How much of the file is kept in memory.

use sqlx::{AssertSqlSafe, SqliteConnection};

use super::Error;

/// How much of the file is kept in memory at most; none of it is taken before it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pages {
    /// Everybody is read once, so nothing is read again.
    Passing,
    /// A batch of members who lie all over the file is written, in several statements.
    Usual,
    /// Whoever changed is weighed and admitted in many statements, each of which comes past the same pages: those of ten
    /// thousand people who lie all over the file, or of the indexes that a first million is put into.
    Many,
}

impl Pages {
    /// In KiB, as SQLite's `cache_size` has them below 0.
    pub(super) fn kib(self) -> u32 {
        match self {
            Self::Passing => 2_000,
            Self::Usual => 8_000,
            Self::Many => 64_000,
        }
    }
}

/// From now on so much is kept; what is beyond is let go of at once.
pub(super) async fn hold(connection: &mut SqliteConnection, pages: Pages) -> Result<(), Error> {
    let pragma = format!("PRAGMA cache_size = -{}", pages.kib());
    sqlx::query(AssertSqlSafe(pragma)).execute(connection).await?;
    Ok(())
}
