//! `rosterd status`: how everything stands.

use clap::Args;
use jiff::Timestamp;

use super::context::Context;
use super::output::{Failure, json_line};
use crate::daemon::ask;
use crate::report::{Exit, text};
use crate::store::Store;

/// How everything stands: the last runs, what is kept, refused, held, waiting.
#[derive(Debug, Args)]
pub struct Status {}

impl Status {
    /// Asks the store; no lock is needed.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let shown = if let Some(daemon) = context.daemon() {
            daemon.status().await?
        } else {
            let config = context.silent_config()?;
            let mut store = Store::look(&config.state).await?;
            ask::status(&config, &mut store, Timestamp::now()).await?
        };
        context.voice.say(&if context.json { json_line(&shown)? } else { text::status(&shown) });
        Ok(Exit::Done)
    }
}
