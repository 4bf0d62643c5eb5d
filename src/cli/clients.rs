//! `rosterd clients`: whom a target knows, and whether they are as it confirmed them.

use std::collections::BTreeMap;

use clap::Args;
use jiff::Timestamp;
use serde_json::Value;

use super::context::{self, Context};
use super::output::{Failure, json_line};
use crate::config::Target;
use crate::daemon::inquiry;
use crate::destination::Seen;
use crate::report::{Client, Exit, text};
use crate::roster::Payload;
use crate::store::{OursRow, Store};

/// The API clients at a destination: ours and others', and whether ours are as they were confirmed.
#[derive(Debug, Args)]
pub struct Clients {
    /// Which destination, by its name in the config.
    #[arg(value_name = "DESTINATION")]
    name: String,
}

impl Clients {
    /// Asks the target and the store; nothing is changed.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        let target = context::readable(&config, &self.name)?;
        let mut store = Store::look(&config.state).await?;
        let (seen, _) = inquiry::look(target, &mut store, Timestamp::now()).await?;
        let ours = store.ours(&target.destination.realm()).await?;
        let clients = compared(target, &ours, &seen).into_iter();
        let clients: Vec<_> = clients.map(|client| context.shown(client, Client::without_values)).collect();
        if context.json {
            clients.iter().try_for_each(|client| json_line(client).map(|line| context.voice.say(&line)))?;
        } else {
            context.voice.say(&text::clients(&self.name, &clients));
        }
        context.say_what_is_left_out();
        Ok(Exit::Done)
    }
}

/// Ours, then all others, each in the order of their names.
fn compared(target: &Target, ours: &[OursRow], seen: &[Seen]) -> Vec<Client> {
    let of = |remote: &str| ours.iter().find(|row| row.remote == remote);
    let there = |row: &OursRow| seen.iter().find(|seen| seen.remote.as_str() == row.remote);
    let mut clients: Vec<Client> = ours.iter().map(|row| mine(target, row, there(row))).collect();
    clients.extend(seen.iter().filter(|seen| of(seen.remote.as_str()).is_none()).map(foreign));
    clients.sort_by_cached_key(|client| (client.of.is_none(), client.name.clone(), client.key.clone()));
    clients
}

fn mine(target: &Target, row: &OursRow, there: Option<&Seen>) -> Client {
    let OursRow { remote, identity, syncs, confirmed, pending } = row;
    let drift = match (confirmed, there) {
        (Some(confirmed), Some(there)) => difference(confirmed, &target.destination.held(confirmed, &there.payload)),
        _ => BTreeMap::new(),
    };
    let state = match there {
        None => "gone",
        Some(_) if !drift.is_empty() => "drifted",
        Some(_) if *pending || confirmed.is_none() => "on the way",
        Some(_) => "confirmed",
    };
    let shown = there.map(|there| &there.payload).or(confirmed.as_ref());
    Client {
        key: remote.clone(),
        name: named(shown),
        state,
        of: Some(identity.clone()),
        syncs: syncs.clone(),
        scopes: shown.and_then(|shown| shown.fields().get("scopes").cloned()),
        since: there.and_then(|there| there.since.clone()),
        drift,
    }
}

fn foreign(seen: &Seen) -> Client {
    Client {
        key: seen.remote.as_str().to_owned(),
        name: named(Some(&seen.payload)),
        state: "foreign",
        since: seen.since.clone(),
        ..Client::default()
    }
}

fn named(payload: Option<&Payload>) -> String {
    payload.and_then(|payload| payload.text("name")).unwrap_or_default().to_owned()
}

fn difference(confirmed: &Payload, there: &Payload) -> BTreeMap<String, [Value; 2]> {
    let value = |payload: &Payload, field: &str| payload.fields().get(field).cloned().unwrap_or_default();
    let fields = confirmed.fields().keys().chain(there.fields().keys());
    let both = fields.map(|field| (field.clone(), [value(confirmed, field), value(there, field)]));
    both.filter(|(_, [confirmed, there])| confirmed != there).collect()
}
