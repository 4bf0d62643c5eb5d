//! `rosterd pause` and `rosterd resume`.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::output::{Failure, json_line, say};
use super::{Global, context};
use crate::config::Sync;
use crate::report::Exit;

/// Let nothing of a sync run; kept over restarts.
#[derive(Debug, Args)]
pub struct Pause {
    /// The sync.
    #[arg(value_name = "NAME")]
    name: String,
    /// For how long, such as 2h or 3d; left out: until it is resumed.
    #[arg(long = "for", value_name = "DURATION", value_parser = humantime::parse_duration)]
    span: Option<Duration>,
}

/// Let a sync run again.
#[derive(Debug, Args)]
pub struct Resume {
    /// The sync.
    #[arg(value_name = "NAME")]
    name: String,
}

impl Pause {
    /// Pauses a sync, also one that never ran.
    pub async fn run(self, global: &Global) -> Result<Exit, Failure> {
        let config = context::config(global)?;
        let sync = context::sync(&config, &self.name)?;
        let realm = context::target(&config, sync)?.destination.realm();
        let (_lock, mut store) = context::store(&config.state).await?;
        store.enrol(&sync.name, sync.was.as_deref(), &realm).await?;
        let (feed, _) = context::feed(&mut store, sync).await?;
        let until = self.span.and_then(|span| Timestamp::now().checked_add(span).ok());
        store.pause(feed.id, Some(until.unwrap_or(Timestamp::MAX))).await?;
        store.close().await?;
        say(&paused(sync, until, global.json)?);
        Ok(Exit::Done)
    }
}

fn paused(sync: &Sync, until: Option<Timestamp>, json: bool) -> Result<String, Failure> {
    let name = &sync.name;
    let until = until.map(|until| format!("{until:.0}"));
    if json {
        return json_line(&json!({ "sync": name, "paused": true, "until": until }));
    }
    let until = until.unwrap_or_else(|| "it is resumed".to_owned());
    Ok(format!("{name}: paused until {until}: nothing is read or sent, leaves neither; go on: rosterd resume {name}\n"))
}

impl Resume {
    /// Ends a pause.
    pub async fn run(self, global: &Global) -> Result<Exit, Failure> {
        let config = context::config(global)?;
        let sync = context::sync(&config, &self.name)?;
        let (_lock, mut store) = context::store(&config.state).await?;
        let name = &sync.name;
        let feed = store.feed(name, sync.was.as_deref()).await?;
        let was_paused =
            feed.as_ref().is_some_and(|(feed, _)| feed.paused_until.is_some_and(|until| until > Timestamp::now()));
        if let Some((feed, _)) = feed {
            store.pause(feed.id, None).await?;
        }
        store.close().await?;
        let said = if was_paused { "runs again; now: rosterd sync" } else { "was not paused; run it: rosterd sync" };
        let line = json!({ "sync": name, "paused": false, "was_paused": was_paused });
        say(&if global.json { json_line(&line)? } else { format!("{name}: {said} {name}\n") });
        Ok(Exit::Done)
    }
}
