//! `rosterd status`: how everything stands.

use clap::Args;
use jiff::Timestamp;

use super::output::{Failure, json_line, say};
use super::{Global, context};
use crate::daemon::ask;
use crate::report::{Exit, text};
use crate::store::Store;

/// How everything stands: the last runs, what is kept, refused, held, waiting.
#[derive(Debug, Args)]
pub struct Status {}

impl Status {
    /// Asks the store; no lock is needed.
    pub async fn run(self, global: &Global) -> Result<Exit, Failure> {
        let config = context::silent_config(global)?;
        let mut store = Store::look(&config.state).await?;
        let shown = ask::status(&config, &mut store, Timestamp::now()).await?;
        say(&if global.json { json_line(&shown)? } else { text::status(&shown) });
        Ok(Exit::Done)
    }
}
