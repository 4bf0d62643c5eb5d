//! `rosterd sync`: one run now.

use std::time::Duration;

use clap::Args;

use super::output::{Failure, json_line};
use super::progress::Line;
use super::{Global, context};
use crate::config;
use crate::engine::{Aim, Outcome, Tally};
use crate::report::{Exit, Summary, sentences};
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
    /// Runs the syncs one after the other.
    pub async fn run(self, global: &Global) -> Result<Exit, Failure> {
        let config = context::config(global)?;
        let syncs = context::syncs(&config, &self.names)?;
        let (_lock, mut store) = context::store(&config.state).await?;
        let mut exit = Exit::Done;
        for sync in syncs {
            let tally = self.one(&config, sync, &mut store).await?;
            let summary = Summary::of(&sync.name, &tally);
            if global.json {
                println!("{}", json_line(&summary)?);
            } else {
                print!("{}", sentences(&summary, &tally.notes));
            }
            exit = exit.and(Summary::exit(&tally));
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
