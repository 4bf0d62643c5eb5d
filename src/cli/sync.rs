//! `rosterd sync`: one run now.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;

use super::output::{self, Failure, json_line, say};
use super::progress::Line;
use super::{Global, context};
use crate::config;
use crate::daemon::ask;
use crate::engine::{Aim, Outcome, Tally};
use crate::report::{Exit, Reason, Summary, sentences};
use crate::store::Store;

/// One run now.
#[derive(Debug, Args)]
pub struct Sync {
    /// Which syncs; all when none is named.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// Wait this long for a target that asks for patience.
    #[arg(long, value_name = "DURATION", default_value = "0s", value_parser = humantime::parse_duration)]
    wait: Duration,
}

impl Sync {
    /// Runs the syncs one after the other; one that can't be run does not stop the others.
    pub async fn run(self, global: &Global) -> Result<Exit, Failure> {
        let config = context::config(global)?;
        let syncs = context::syncs(&config, &self.names)?;
        let (_lock, mut store) = context::store(&config.state).await?;
        let mut exit = Exit::Done;
        for sync in syncs {
            let ended = match self.one(&config, sync, &mut store).await {
                Ok(tally) => {
                    let summary = Summary::of(&sync.name, &tally);
                    let why = if summary.plan.is_some() { held(&mut store, sync).await? } else { Vec::new() };
                    let text = || sentences(&summary, &tally.notes, &why);
                    say(&if global.json { json_line(&summary)? } else { text() });
                    Summary::exit(&tally)
                }
                Err(failure) => {
                    let message = format!("{}: {}", sync.name, failure.message);
                    output::failure(&Failure { message, ..failure }, global.json);
                    failure.exit
                }
            };
            exit = exit.and(ended);
        }
        store.close().await?;
        Ok(exit)
    }

    async fn one(&self, config: &config::Config, sync: &config::Sync, store: &mut Store) -> Result<Tally, Failure> {
        let line = Line::new(&sync.name);
        let outcome =
            context::perform(config, sync, store, Aim::Sync, self.wait, &mut |progress| line.show(progress)).await?;
        Ok(match outcome {
            Outcome::Synced(tally) => *tally,
            Outcome::Planned(planned) => planned.tally,
        })
    }
}

async fn held(store: &mut Store, sync: &config::Sync) -> Result<Vec<Reason>, Failure> {
    let (feed, _) = context::feed(store, sync).await?;
    Ok(ask::reasons(&store.held(feed.id, Timestamp::now()).await?))
}
