//! `rosterd runs`: what ran.

use clap::Args;

use super::context::{self, Context};
use super::output::{Failure, json_line};
use crate::daemon::ask;
use crate::report::{Exit, Ran, text};
use crate::store::Store;

/// The last runs, newest first.
#[derive(Debug, Args)]
pub struct Runs {
    /// Of which sync; of all when none is named.
    #[arg(value_name = "NAME")]
    name: Option<String>,
    /// How many.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

impl Runs {
    /// Asks the store; no lock is needed.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        if let Some(name) = &self.name {
            context::sync(&config, name)?;
        }
        let mut store = Store::look(&config.state).await?;
        let runs: Vec<Ran> = store.runs(self.name.as_deref(), self.limit).await?.into_iter().map(ask::ran).collect();
        if context.json {
            runs.iter().try_for_each(|run| json_line(run).map(|line| context.voice.say(&line)))?;
        } else {
            context.voice.say(&text::runs(&runs));
        }
        Ok(Exit::Done)
    }
}
