//! What an approval granted.

use serde::Serialize;

/// What an approval granted: `rosterd approve --json` prints this.
#[derive(Clone, Debug, Serialize)]
pub struct Granted {
    /// Name of the sync.
    pub sync: String,
    /// The plan that was approved.
    pub plan: String,
    /// Who approved.
    pub by: String,
    /// What may go.
    pub granted: Vec<GrantedChange>,
    /// Held changes that were left out by `--only`.
    pub still_held: u64,
}

/// A change that may go.
#[derive(Clone, Debug, Serialize)]
pub struct GrantedChange {
    /// How.
    pub kind: String,
    /// Directory key.
    pub key: String,
    /// By which the target knows them.
    pub identity: String,
}
