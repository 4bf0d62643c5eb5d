//! `rosterd plan`: what a sync would do.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::output::{Failure, json_line};
use super::progress::Line;
use super::{Global, context};
use crate::engine::{Aim, Outcome, Planned, Progress};
use crate::plan::{Change, Kind};
use crate::report::Exit;
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

/// A plan, as `--json` prints it.
#[derive(Debug, Serialize)]
struct Shown {
    sync: String,
    plan: Option<String>,
    changes: Vec<ShownChange>,
}

#[derive(Debug, Serialize)]
struct ShownChange {
    kind: &'static str,
    key: String,
    identity: String,
    held: bool,
    why: Option<String>,
    fields: BTreeMap<String, [Value; 2]>,
}

impl Plan {
    /// Reads the directory and shows the plan.
    pub async fn run(self, global: &Global) -> Result<Exit, Failure> {
        let config = context::config(global)?;
        let mut exit = Exit::Done;
        for sync in context::syncs(&config, &self.names)? {
            let mut store = Store::look(&config.state).await?;
            let line = Line::new(&sync.name);
            let mut tell = |progress: &Progress| line.show(progress);
            let outcome = context::perform(&config, sync, &mut store, Aim::Plan, Duration::ZERO, &mut tell).await?;
            let planned = match outcome {
                Outcome::Planned(planned) => planned,
                Outcome::Synced(tally) => {
                    let why = tally.failed.or(tally.waits).unwrap_or_default();
                    return Err(Failure::new(format!("{}: {why}", sync.name)));
                }
            };
            drop(line);
            let realm = context::target(&config, sync)?.destination.realm();
            let shown = show(&sync.name, &planned, &mut store, &realm).await?;
            if global.json {
                println!("{}", json_line(&shown)?);
            } else {
                print!("{}", text(&shown));
            }
            if self.check {
                exit = exit.and(match (shown.plan.is_some(), shown.changes.is_empty()) {
                    (true, _) => Exit::Held,
                    (false, false) => Exit::ToDo,
                    (false, true) => Exit::Done,
                });
            }
        }
        Ok(exit)
    }
}

async fn show(sync: &str, planned: &Planned, store: &mut Store, realm: &str) -> Result<Shown, Failure> {
    let mut changes = Vec::new();
    for change in &planned.plan.changes {
        let seen = &planned.question.observed[change.observed];
        let old = change.from.as_ref().unwrap_or(&change.identity);
        let bodies = store.bodies(seen.stage, realm, old).await?;
        changes.push(ShownChange {
            kind: word(change.kind),
            key: seen.key.to_string(),
            identity: change.identity.as_str().to_owned(),
            held: change.held.is_some(),
            why: change.held.clone().or_else(|| seen.why.clone()),
            fields: fields(change, &bodies)?,
        });
    }
    Ok(Shown { sync: sync.to_owned(), plan: planned.plan.id.clone(), changes })
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
    let [old, new] = &parsed;
    let names = old.fields().keys().chain(new.fields().keys());
    let value = |payload: &Payload, name: &str| payload.fields().get(name).cloned().unwrap_or(Value::Null);
    Ok(names
        .map(|name| (name.clone(), [value(old, name), value(new, name)]))
        .filter(|(_, [old, new])| old != new)
        .collect())
}

fn text(shown: &Shown) -> String {
    let Shown { sync, plan, changes } = shown;
    if changes.is_empty() {
        return format!("{sync}: nothing to do\n");
    }
    let mut text = format!("{sync}: {} changes\n", changes.len());
    for change in changes {
        let mark = if change.held { "HELD " } else { "" };
        let why = change.why.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
        text.push_str(&format!("  {mark}{} {}{why}\n", change.kind, change.identity));
        if change.kind == "change" {
            for (field, [old, new]) in &change.fields {
                text.push_str(&format!("      {field}: {old} → {new}\n"));
            }
        }
    }
    if let Some(plan) = plan {
        text.push_str(&format!("  what is held goes with: rosterd approve {sync} {plan}\n"));
    }
    text
}
