//! `rosterd pause` and `rosterd resume`.

use std::time::Duration;

use clap::Args;
use jiff::Timestamp;
use serde_json::json;

use super::context::{self, Context};
use super::output::{Failure, json_line};
use crate::config::Sync;
use crate::report::Exit;

/// Let nothing of a sync run; kept over restarts.
#[derive(Debug, Args)]
pub struct Pause {
    /// The sync.
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// For how long, such as 2h or 3d; left out: until it is resumed.
    #[arg(long = "for", value_name = "DURATION", value_parser = humantime::parse_duration)]
    span: Option<Duration>,
}

/// Let a sync run again.
#[derive(Debug, Args)]
pub struct Resume {
    /// The sync.
    #[arg(value_name = "NAME")]
    pub(super) name: String,
}

impl Pause {
    /// Pauses a sync, also one that never ran.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        let sync = context::sync(&config, &self.name)?;
        let realm = config.target(sync).destination.realm();
        let mut hold = context.touch(&config, sync).await?;
        let now = hold.now();
        hold.store.enrol(&sync.name, sync.was.as_deref(), &realm).await?;
        let (feed, _) = context::feed(&mut hold.store, sync).await?;
        let until = self.span.and_then(|span| now.checked_add(span).ok());
        hold.store.pause(feed.id, Some(until.unwrap_or(Timestamp::MAX))).await?;
        hold.close().await?;
        context.voice.say(&paused(sync, until, context.json)?);
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
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        let sync = context::sync(&config, &self.name)?;
        let mut hold = context.touch(&config, sync).await?;
        let (name, now) = (&sync.name, hold.now());
        let feed = hold.store.feed(name, sync.was.as_deref()).await?;
        let was_paused = feed.as_ref().is_some_and(|(feed, _)| feed.paused_until.is_some_and(|until| until > now));
        if let Some((feed, _)) = feed {
            hold.store.pause(feed.id, None).await?;
        }
        hold.close().await?;
        let said = if was_paused { "runs again; now: rosterd sync" } else { "was not paused; run it: rosterd sync" };
        let line = json!({ "sync": name, "paused": false, "was_paused": was_paused });
        context.voice.say(&if context.json { json_line(&line)? } else { format!("{name}: {said} {name}\n") });
        Ok(Exit::Done)
    }
}
