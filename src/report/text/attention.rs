//! What somebody should look at, in blocks: a sync or a target each.

use jiff::Timestamp;

use super::words::{FEW, Page, ago, count, moment, printable};
use crate::report::{Held, Named, Reason, SyncStatus, TargetStatus};

/// Lines under a heading that comes only with the first of them.
struct Block<'a> {
    text: &'a mut Page,
    heading: Option<&'a str>,
}

impl Block<'_> {
    fn line(&mut self, word: &str, said: &str) {
        if let Some(heading) = self.heading.take() {
            self.text.line(format_args!("\n{heading}"));
        }
        self.text.line(format_args!("  {word:<12}{said}"));
    }

    fn some(&mut self, named: &[Named], all: u64) {
        for Named { key, why } in named.iter().take(FEW) {
            self.line("", &format!("{}  {}", printable(key), printable(why)));
        }
        let more = all.saturating_sub(named.len().min(FEW) as u64);
        if more > 0 && !named.is_empty() {
            self.line("", &format!("… and {more} more: rosterd explain WHO"));
        }
    }
}

/// What somebody should know of a sync.
pub(super) fn about_sync(text: &mut Page, sync: &SyncStatus, now: Timestamp) {
    let name = &sync.sync;
    let mut block = Block { text, heading: Some(name) };
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
        block.some(&kept.some, kept.people);
    }
    if !sync.refused.is_empty() {
        block.line("refused", &format!("{} by the target (again: rosterd retry {name}):", sync.refusals));
        block.some(&sync.refused, sync.refusals);
    }
}

fn about_held(block: &mut Block<'_>, sync: &str, held: &Held) {
    let Held { plan, changes, approved, since, reasons } = held;
    block.line("HELD", &format!("{} since {} (plan {plan})", count(*changes, "change"), moment(*since)));
    for Reason { why, changes } in reasons {
        block.line("", &format!("{changes}: {}", printable(why)));
    }
    if approved < changes {
        block.line("", &format!("look:    rosterd plan {sync}"));
        block.line("", &format!("approve: rosterd approve {sync} {plan}"));
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

/// What somebody should know of a target.
pub(super) fn about_target(text: &mut Page, target: &TargetStatus) {
    let mut block = Block { text, heading: Some(&target.target) };
    if target.refused {
        block.line("REFUSED", "our credentials: nothing is sent until they change in the config");
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
}
