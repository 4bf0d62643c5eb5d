//! `rosterd plan`: what a sync would do.

use std::collections::BTreeMap;

use clap::Args;
use serde_json::Value;

use super::context::{self, Context};
use super::output::{Failure, json_line};
use crate::config;
use crate::engine::{Outcome, Planned, Tally};
use crate::plan::{Change, Kind};
use crate::report::{Exit, Planned as Shown, PlannedChange, text};
use crate::roster::Payload;
use crate::store::Store;

/// What a sync would do; nothing is sent or stored.
#[derive(Debug, Args)]
pub struct Plan {
    /// Which syncs; all when none is named.
    #[arg(value_name = "NAME")]
    names: Vec<String>,
    /// For scripts: exit 5 when there is something to do, 4 when some of it would be held.
    #[arg(long)]
    check: bool,
}

impl Plan {
    /// Reads the directories and shows what would be done; a sync that can't be planned does not stop the others.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        let mut exit = Exit::Done;
        for sync in context::syncs(&config, &self.names)? {
            let ended = match one(context, &config, sync).await {
                Ok(shown) => {
                    let shown = context.shown(shown, Shown::without_values);
                    context.voice.say(&if context.json { json_line(&shown)? } else { text::plan(&shown) });
                    if self.check { verdict(&shown) } else { Exit::Done }
                }
                Err(failure) => {
                    let message = format!("{}: {}", sync.name, failure.message);
                    context.voice.failure(&Failure { message, ..failure }, context.json);
                    failure.exit
                }
            };
            exit = exit.and(ended);
        }
        context.say_what_is_left_out();
        Ok(exit)
    }
}

fn verdict(shown: &Shown) -> Exit {
    match (shown.plan.is_some(), shown.changes.is_empty()) {
        (true, _) => Exit::Held,
        (false, false) => Exit::ToDo,
        (false, true) => Exit::Done,
    }
}

async fn one(context: &Context, config: &config::Config, sync: &config::Sync) -> Result<Shown, Failure> {
    let mut store = Store::look(&config.state).await?;
    let outcome = context.plan(config, sync, &mut store).await?;
    let planned = match outcome {
        Outcome::Planned(planned) => planned,
        Outcome::Synced(tally) => {
            let Tally { failed, waits, .. } = *tally;
            return Err(match failed {
                Some(why) => Failure::new(why),
                // Nothing would be done for now, as `sync` would say: paused.
                None => Failure { message: waits.unwrap_or_default(), exit: Exit::Pending },
            });
        }
    };
    let realm = config.target(sync).destination.realm();
    show(&sync.name, &planned, &mut store, &realm).await
}

async fn show(sync: &str, planned: &Planned, store: &mut Store, realm: &str) -> Result<Shown, Failure> {
    let mut changes = Vec::new();
    for change in &planned.plan.changes {
        let seen = &planned.question.observed[change.observed];
        let old = change.from.as_ref().unwrap_or(&change.identity);
        let bodies = store.bodies(seen.stage, realm, old).await?;
        changes.push(PlannedChange {
            kind: word(change.kind),
            key: seen.key.to_string(),
            identity: change.identity.as_str().to_owned(),
            held: change.held.is_some(),
            why: change.held.clone().or_else(|| seen.why.clone()),
            cause: seen.why.clone(),
            fields: fields(change, &bodies)?,
        });
    }
    let Tally { entries, invalid, notes, .. } = planned.tally.clone();
    Ok(Shown { sync: sync.to_owned(), plan: planned.plan.id.clone(), changes, entries, invalid, notes })
}

/// An identity change is a change to its reader; that it counts as a leave is the guard's affair.
fn word(kind: Kind) -> &'static str {
    match kind {
        Kind::Identity => Kind::Change.word(),
        kind => kind.word(),
    }
}

fn fields(change: &Change, bodies: &[Option<String>; 2]) -> Result<BTreeMap<String, [Value; 2]>, Failure> {
    if change.kind == Kind::Leave {
        return Ok(BTreeMap::new());
    }
    let mut parsed = [Payload::default(), Payload::default()];
    for (payload, body) in parsed.iter_mut().zip(bodies) {
        if let Some(body) = body {
            *payload = Payload::from_json(body).map_err(|error| Failure::new(format!("a stored payload: {error}")))?;
        }
    }
    let [old, new] = parsed;
    Ok(old.difference(&new))
}
