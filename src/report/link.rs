//! A link to the pages that show people.

use serde::Serialize;

/// A link that works once: `rosterd open --json` prints this.
#[derive(Clone, Serialize)]
pub struct Link {
    /// Where; whoever has it sees people.
    pub link: String,
    /// For how long it is good.
    pub seconds: u64,
}
