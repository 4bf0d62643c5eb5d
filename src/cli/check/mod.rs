//! `rosterd check`: whether config, directories and their people will do, without sending anything.

use std::collections::BTreeMap;

use clap::Args;
use jiff::Timestamp;

use super::context::Context;
use super::output::Failure;
use crate::config::{Config, Sync};
use crate::report::{Exit, Findings};
use crate::store::{self, Store};

mod changes;
mod coverage;
mod destination;
mod directory;
mod notify;
mod people;
mod servers;
mod told;

/// Check the config, the directories and their people; nothing is sent.
#[derive(Debug, Args)]
pub struct Check {
    /// Only the config; nothing is connected to.
    #[arg(long)]
    offline: bool,
}

impl Check {
    /// Checks everything; a failure does not keep the rest from being checked.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.silent_config()?;
        let mut findings = Findings::default();
        of_config(&config, &mut findings);
        if !self.offline {
            online(&config, &mut findings).await?;
        }
        context.found(&findings)
    }
}

fn of_config(config: &Config, findings: &mut Findings) {
    let names: Vec<_> = config.syncs.keys().map(String::as_str).collect();
    findings.ok("config", format!("can be read; its syncs: {}", names.join(", ")));
    for line in config.warnings.lines() {
        findings.warning("config", line);
    }
    for name in config.directories.keys().filter(|name| config.syncs.values().all(|sync| !reads(sync, name))) {
        findings.warning(name, "no sync reads this directory");
    }
    for name in config.destinations.keys().filter(|name| config.syncs.values().all(|sync| sync.to != **name)) {
        findings.warning(name, "no sync sends to this destination");
    }
    for (name, _) in config.syncs.iter().filter(|(_, sync)| sync.schedule.is_none()) {
        findings.ok(name, "has no schedule: it runs only when somebody asks for it");
    }
    config.notify.iter().for_each(|receiver| notify::check(receiver, findings));
    if let Err(error) = store::writable(&config.state) {
        findings.failed("state", error.to_string());
    }
}

async fn online(config: &Config, findings: &mut Findings) -> Result<(), Failure> {
    let mut store = Store::look(&config.state).await?;
    let now = Timestamp::now();
    let mut open = Vec::new();
    for (name, settings) in &config.directories {
        if config.syncs.values().any(|sync| reads(sync, name)) {
            open.extend(directory::check(name, settings, &mut store, now, findings).await?);
        }
    }
    // What a target tells of itself its people are judged by; told is that last.
    let (mut of_targets, mut informed) = (Findings::default(), BTreeMap::new());
    for (name, target) in &config.destinations {
        if config.syncs.values().any(|sync| sync.to == *name) {
            informed.insert(name, destination::check(name, target, &mut store, now, &mut of_targets).await?);
        }
    }
    for sync in config.syncs.values() {
        let target = informed.get(&sync.to).and_then(Option::as_ref).unwrap_or(config.target(sync));
        people::check(sync, target, &mut open, now, findings).await;
    }
    findings.append(of_targets);
    Ok(())
}

fn reads(sync: &Sync, directory: &str) -> bool {
    sync.from.iter().any(|origin| origin.directory == directory)
}
