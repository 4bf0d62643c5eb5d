//! `rosterd retry`: out of quarantine.

use clap::Args;
use serde_json::json;

use super::context::{self, Context};
use super::output::{Failure, json_line};
use super::who;
use crate::report::Exit;
use crate::store::Who;

/// Try members again that the target refused, as they are.
#[derive(Debug, Args)]
pub struct Retry {
    /// The sync.
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// Only these, by directory key or identity; all when nobody is named.
    #[arg(value_name = "WHO")]
    who: Vec<String>,
}

impl Retry {
    /// Ends quarantines, and waits before refused leaves are tried again.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        let sync = context::sync(&config, &self.name)?;
        let mut hold = context.hold(&config, sync).await?;
        let store = &mut hold.store;
        let (feed, _) = context::feed(store, sync).await?;
        let name = &sync.name;
        let who = match self.who.as_slice() {
            [] => Who::All,
            names => who::known(store, feed.id, name, names).await?,
        };
        let retried = store.retry(feed.id, &who).await?;
        hold.close().await?;
        context.voice.say(&match (context.json, retried) {
            (true, _) => json_line(&json!({ "sync": name, "retried": retried }))?,
            (false, 0) => format!("{name}: nobody to try again: none of them is refused or waits\n"),
            (false, _) => format!("{name}: {retried} to be tried again by the next run: rosterd sync {name}\n"),
        });
        Ok(Exit::Done)
    }
}
