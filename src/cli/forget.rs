//! `rosterd forget`: somebody who is gone.

use clap::Args;
use serde_json::json;

use super::context::Context;
use super::output::{Failure, json_line};
use crate::config::{Config, Sync};
use crate::daemon::retention;
use crate::plan::FirstSeenInactive;
use crate::report::{Exit, text};
use crate::store::{Forgetting, Trace, TracedAccount, TracedPerson};

/// Forget somebody who is gone, before the time that the config says: in every sync, with all that was sent of them.
#[derive(Debug, Args)]
pub struct Forget {
    /// Directory key, or identity at the target; capitals do not matter.
    #[arg(value_name = "WHO")]
    who: String,
    /// They were deleted at the target as well: nothing needs to be remembered of what it has for them.
    #[arg(long)]
    deleted_there: bool,
    /// Why; recorded with who asked for it. Name nobody.
    #[arg(long, value_name = "TEXT")]
    reason: Option<String>,
}

impl Forget {
    /// All or nothing: whoever may still have to leave somewhere is not forgotten.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let config = context.config()?;
        let mut hold = context.hold_all(&config).await?;
        let now = hold.now();
        let store = &mut hold.store;
        let trace = store.trace(&self.who).await?;
        if trace == Trace::default() {
            return Err(Failure::new(text::nobody(&self.who)));
        }
        let obstacles: Vec<String> = obstacles(&config, &trace);
        if !obstacles.is_empty() {
            let why = obstacles.join("\n  ");
            return Err(Failure::new(format!("they are not gone, and nothing was forgotten:\n  {why}")));
        }
        let (forgetting, mut stays) = self.sort(&config, &trace);
        let counts = (forgetting.people.len(), forgetting.accounts.len());
        let lines = store.forget(forgetting, &context.by, self.reason.as_deref(), now).await?;
        store.rebuild(retention::cutoff(&config.retention, now)).await?;
        if !store.empty_log().await? {
            stays.push("in the store's log, until nobody reads from it: the next run, or within the hour".to_owned());
        }
        hold.close().await?;
        context.voice.say(&said(context.json, counts, lines, &stays)?);
        Ok(Exit::Done)
    }

    /// What is forgotten, and in words what stays.
    fn sort(&self, config: &Config, trace: &Trace) -> (Forgetting, Vec<String>) {
        let mut forgetting =
            Forgetting { people: trace.people.iter().map(|person| person.id).collect(), ..Forgetting::default() };
        let mut stays = Vec::new();
        for account in &trace.accounts {
            let TracedAccount { id, realm, identity, there, shared, holds, .. } = account;
            if *shared {
                stays.push(format!("{identity} at “{realm}”: it is somebody else's, too"));
                continue;
            }
            match holds.as_ref().filter(|_| !self.deleted_there) {
                Some(field) => {
                    forgetting.emptied.push(*id);
                    stays.push(format!(
                        "{identity} at “{realm}”: the target has it, and its {field}, if any, and would refuse whoever is to \
                         have one of them next, or take them for this one; delete them there, then: rosterd forget {} \
                         --deleted-there",
                        self.who
                    ));
                }
                None => forgetting.accounts.push(*id),
            }
            if *there && !self.deleted_there {
                stays.push(if readable(config, realm) {
                    format!(
                        "whatever `on_secret` made of a client's secret at “{realm}”: its file went with the client"
                    )
                } else {
                    format!("whatever “{realm}” itself has of them: there they have left, and are not deleted")
                });
            }
        }
        for person in trace.people.iter().filter(|person| person.found) {
            let sync = &person.sync;
            let again = match of(config, sync) {
                Some(_) => "the next reading of everybody finds them, inactive, and keeps their key",
                None => "but the config names no such sync any more",
            };
            stays.push(format!("their entry in the directory of {sync}: {again}"));
        }
        (forgetting, stays)
    }
}

/// Whether members who left are deleted there, as those of a target are that can be asked whom it knows.
fn readable(config: &Config, realm: &str) -> bool {
    let target = config.destinations.values().find(|target| target.destination.realm() == *realm);
    target.is_some_and(|target| target.destination.limits().readable.is_some())
}

/// The sync of a name, or one that had it before.
fn of<'a>(config: &'a Config, name: &str) -> Option<&'a Sync> {
    config.syncs.get(name).or_else(|| config.syncs.values().find(|sync| sync.was.as_deref() == Some(name)))
}

/// Why they can't be forgotten yet, and what is to be done about that.
fn obstacles(config: &Config, trace: &Trace) -> Vec<String> {
    let mut obstacles: Vec<_> = trace.people.iter().filter_map(|person| not_gone(config, person)).collect();
    // Whoever still has one is told of above.
    let unclaimed = obstacles.is_empty();
    let accounts = trace.accounts.iter().filter(|account| !account.shared && (account.gone || unclaimed));
    obstacles.extend(accounts.filter_map(not_left));
    obstacles
}

fn not_gone(config: &Config, person: &TracedPerson) -> Option<String> {
    let TracedPerson { id: _, sync, key, active, held, found } = person;
    let sends = of(config, sync).is_some_and(|sync| sync.first_seen_inactive == FirstSeenInactive::Send);
    if *held {
        return Some(format!("{sync}: a change of {key} waits for approval: rosterd explain {key}"));
    }
    if *active {
        return Some(format!(
            "{sync}: {key} is not known to have left: once the directory says so, rosterd sync {sync} lets them leave"
        ));
    }
    (*found && sends).then(|| {
        format!(
            "{sync}: the directory still shows {key}, inactive, and `on_first_seen_inactive: send` would send them anew: \
             delete the entry, or leave it out of the search; then rosterd sync {sync} --full"
        )
    })
}

fn not_left(account: &TracedAccount) -> Option<String> {
    let TracedAccount { realm, identity, gone, pending, in_batch, .. } = account;
    match (in_batch, gone, pending) {
        (true, _, _) => Some(format!("{identity} was sent to “{realm}” and not answered yet: see rosterd status")),
        (false, true, true) => Some(format!("{identity} is still to leave at “{realm}”: rosterd sync")),
        (false, false, _) => Some(format!("“{realm}” has {identity} as active, and nobody to let it leave")),
        (false, true, false) => None,
    }
}

fn said(json: bool, (people, accounts): (usize, usize), lines: u64, stays: &[String]) -> Result<String, Failure> {
    if json {
        let forgotten = json!({ "people": people, "accounts": accounts, "audit": lines });
        return json_line(&json!({ "forgotten": forgotten, "stays": stays }));
    }
    let count = |n: usize, one: &str, more: &str| format!("{n} {}", if n == 1 { one } else { more });
    let mut said = format!(
        "forgotten: {}, {}; {} of the audit no longer say whom they are about\n",
        count(people, "person of a sync", "people of syncs"),
        count(accounts, "account at a target", "accounts at targets"),
        count(usize::try_from(lines).unwrap_or(usize::MAX), "line", "lines"),
    );
    let copies = "whatever copies there are of the state folder".to_owned();
    said.extend(stays.iter().chain([&copies]).map(|what| format!("stays: {what}\n")));
    Ok(said)
}
