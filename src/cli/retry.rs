//! `rosterd retry`: out of quarantine.

use clap::Args;
use serde_json::json;

use super::output::{Failure, json_line, say};
use super::{Global, context, who};
use crate::report::Exit;
use crate::store::Who;

/// Try members again that the target refused, as they are.
#[derive(Debug, Args)]
pub struct Retry {
    /// The sync.
    #[arg(value_name = "NAME")]
    name: String,
    /// Only these, by directory key or identity; all when nobody is named.
    #[arg(value_name = "WHO")]
    who: Vec<String>,
}

impl Retry {
    /// Ends quarantines, and waits before refused leaves are tried again.
    pub async fn run(self, global: &Global) -> Result<Exit, Failure> {
        let config = context::config(global)?;
        let sync = context::sync(&config, &self.name)?;
        let (_lock, mut store) = context::store(&config.state).await?;
        let (feed, _) = context::feed(&mut store, sync).await?;
        let name = &sync.name;
        let who = match self.who.as_slice() {
            [] => Who::All,
            names => who::known(&mut store, feed.id, name, names).await?,
        };
        let retried = store.retry(feed.id, &who).await?;
        store.close().await?;
        say(&match (global.json, retried) {
            (true, _) => json_line(&json!({ "sync": name, "retried": retried }))?,
            (false, 0) => format!("{name}: nobody to try again: none of them is refused or waits\n"),
            (false, _) => format!("{name}: {retried} to be tried again by the next run: rosterd sync {name}\n"),
        });
        Ok(Exit::Done)
    }
}
