//! What somebody should look at: matters of a sync, a target or a directory each, in lines.

use jiff::Timestamp;

use super::words::{ago, count, moment, printable};
use crate::report::{Held, Named, Reason, Refused, Status, SyncStatus, TargetStatus};

/// What is to be known of one of them.
#[derive(Debug)]
pub(in crate::report) struct Matter<'a> {
    /// Its name in the config.
    pub about: &'a str,
    /// At least one.
    pub lines: Vec<Line<'a>>,
}

/// A line about it.
#[derive(Debug)]
pub(in crate::report) enum Line<'a> {
    /// Something, under a word; without one it belongs to the line before.
    Said(&'static str, String),
    /// What to do about it, and the command.
    Do(&'static str, String),
    /// The first of the people meant.
    People(People<'a>),
}

/// People with one verdict; of those that the target refuses it is `refused`.
#[derive(Debug)]
pub(in crate::report) struct People<'a> {
    /// The verdict.
    pub verdict: &'a str,
    /// The first of them.
    pub some: &'a [Named],
    /// How many.
    pub all: u64,
}

/// Everything that somebody should look at, syncs first.
pub(in crate::report) fn matters(status: &Status) -> Vec<Matter<'_>> {
    let syncs = status.syncs.iter().map(|sync| Matter { about: &sync.sync, lines: of_sync(sync, status.now) });
    let targets = status.targets.iter().map(|target| Matter { about: &target.target, lines: of_target(target) });
    let directories = status.directories.iter().map(of_directory);
    syncs.chain(targets).chain(directories).filter(|matter| !matter.lines.is_empty()).collect()
}

/// Lines as they come.
#[derive(Default)]
struct Lines<'a>(Vec<Line<'a>>);

impl Lines<'_> {
    fn line(&mut self, word: &'static str, said: &str) {
        self.0.push(Line::Said(word, said.to_owned()));
    }
}

fn of_sync(sync: &SyncStatus, now: Timestamp) -> Vec<Line<'_>> {
    let name = &sync.sync;
    let mut block = Lines::default();
    if let Some(realm) = &sync.elsewhere {
        block.line("MOVED", &format!("its people are at “{realm}”, the config says “{}”:", sync.to));
        block.line("", &format!("rosterd resend {name} --all sends them there, or give the sync a new name"));
    }
    if sync.paused {
        let until = sync.paused_until.map_or_else(|| "it is resumed".to_owned(), moment);
        block.line("paused", &format!("until {until}: rosterd resume {name}"));
    }
    match &sync.last {
        None if !sync.paused => block.line("never ran", &format!("rosterd plan {name}, then rosterd sync {name}")),
        None => {}
        Some(run) => match run.summary.as_ref().map(|summary| (summary.result.as_str(), &summary.error)) {
            Some((result, Some(error))) if !sync.paused => {
                block.line(if result == "failed" { "FAILED" } else { "why" }, &printable(error));
            }
            None if !sync.running => block.line(
                "no end",
                &format!("run {} is going on, or was interrupted; the next run takes up what is left", run.run),
            ),
            _ => {}
        },
    }
    if let Some(since) = sync.overdue_since {
        let waited = ago(now, since);
        block.line("leaves", &format!("the oldest undelivered has waited {waited}, since {}", moment(since)));
    }
    if let Some(held) = &sync.held {
        about_held(&mut block, name, held);
    }
    for kept in &sync.kept {
        let people = count(kept.people, "person");
        block.line("kept", &format!("{people} as they were, {}:", meaning(&kept.verdict)));
        block.0.push(Line::People(People { verdict: &kept.verdict, some: &kept.some, all: kept.people }));
    }
    if !sync.refused.is_empty() {
        block.line("refused", &format!("{} by the target (again: rosterd retry {name}):", sync.refusals));
        block.0.push(Line::People(People { verdict: "refused", some: &sync.refused, all: sync.refusals }));
    }
    block.0
}

fn about_held(block: &mut Lines<'_>, sync: &str, held: &Held) {
    let Held { plan, changes, approved, since, reasons } = held;
    block.line("HELD", &format!("{} since {} (plan {plan})", count(*changes, "change"), moment(*since)));
    for Reason { why, changes } in reasons {
        block.line("", &format!("{changes}: {}", printable(why)));
    }
    if approved < changes {
        block.0.push(Line::Do("look:", format!("rosterd plan {sync}")));
        block.0.push(Line::Do("approve:", format!("rosterd approve {sync} {plan}")));
    }
    if *approved > 0 {
        let approved = count(*approved, "change");
        block.line("", &format!("{approved} approved already, carried out by: rosterd sync {sync}"));
    }
}

fn meaning(verdict: &str) -> &str {
    match verdict {
        "invalid" => "invalid (a field breaks a rule)",
        "unreadable" => "unreadable (the directory does not show enough)",
        "absent" => "absent (not long enough, or not surely)",
        "disputed" => "disputed (somebody else has the same identity or unique value)",
        "imported" => "imported (nobody of the directory has taken them over yet)",
        other => other,
    }
}

fn of_target(target: &TargetStatus) -> Vec<Line<'_>> {
    let mut block = Lines::default();
    if target.refused {
        block.line("REFUSED", "our credentials: nothing is sent until there are others");
        block.line("", "put them where the config refers to, and restart the service");
    }
    let why = target.why.as_deref().map(printable).unwrap_or_default();
    match target.waiting_until {
        Some(until) => block.line("waits", &format!("until {}: {why}", moment(until))),
        None if target.refused && !why.is_empty() => block.line("", &why),
        None => {}
    }
    if target.unanswered > 0 {
        let batches = count(target.unanswered, "batch");
        block.line("unanswered", &format!("{batches} may still take effect; sent again after a quiet period"));
    }
    if target.pending > 0 {
        let leaves = count(target.leaves, "leave");
        block.line("pending", &format!("{} to be sent, {leaves} among them", count(target.pending, "member")));
    }
    block.0
}

fn of_directory(refused: &Refused) -> Matter<'_> {
    let Refused { directory, at, why } = refused;
    let mut block = Lines::default();
    block.line("REFUSED", &format!("our credentials, {}: {}", moment(*at), printable(why)));
    block.line("", "tried once an hour, or as soon as there are others");
    Matter { about: directory, lines: block.0 }
}
