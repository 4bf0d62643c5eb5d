//! `rosterd sync`: one run now.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::context::{self, Context};
use super::output::{Failure, json_line};
use crate::config;
use crate::daemon::ask;
use crate::engine::Reach;
use crate::report::{Exit, Reason, Summary, sentences};
use crate::store::Store;

/// One run now.
#[derive(Debug, Args)]
pub struct Sync {
    /// Which syncs; all when none is named.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Read everybody, also where `changes` would read only those who may have changed.
    #[arg(long)]
    full: bool,
    /// Wait this long for a target that asks for patience.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration)]
    wait: Duration,
}

impl Sync {
    /// Runs the syncs one after the other; one that can't be run does not stop the others.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        let syncs = context::syncs(&config, &self.names)?;
        let reach = if self.full { Reach::Everybody } else { Reach::Changes };
        let mut exit = Exit::Done;
        for sync in syncs {
            let ended = match context.sync(&config, sync, reach, self.wait).await {
                Ok(tally) => {
                    let summary = Summary::of(&sync.name, &tally);
                    let why = if summary.plan.is_some() { held(&config, sync).await? } else { Vec::new() };
                    let text = || sentences(&summary, &tally.notes, &why);
                    context.voice.say(&if context.json { json_line(&summary)? } else { text() });
                    Summary::exit(&tally)
                }
                Err(failure) => {
                    let message = format!("{}: {}", sync.name, failure.message);
                    context.voice.failure(&Failure { message, ..failure }, context.json);
                    failure.exit
                }
            };
            exit = exit.and(ended);
        }
        // What is kept for too long is not what the command was about, and the next one looks at it again.
        if exit != Exit::Failed
            && let Err(failure) = context.tidy(&config).await
        {
            let why = failure.message;
            context.voice.aside(&format!("warning: what was kept for long enough could not all be removed: {why}\n"));
        }
        Ok(exit)
    }
}

async fn held(config: &config::Config, sync: &config::Sync) -> Result<Vec<Reason>, Failure> {
    let mut store = Store::look(&config.state).await?;
    let (feed, _) = context::feed(&mut store, sync).await?;
    Ok(ask::reasons(&store.held(feed.id, Timestamp::now()).await?))
}
