//! How everything stands.

use jiff::Timestamp;

use super::attention::{Line, Matter, People, matters};
use super::daemon;
use super::words::{FEW, Page, ahead, count, moment, printable, span, table};
use crate::report::{AtWork, Latency, Named, Status, SyncStatus, TargetStatus};

/// Two tables and how long leavers take, then what somebody should look at, each with what to type next.
pub fn status(status: &Status) -> String {
    let Status { now, daemon, syncs, targets, directories: _, warnings } = status;
    let mut text = Page::default();
    let refused = daemon.as_ref().and_then(|daemon| daemon.refused.as_ref());
    if let Some(refused) = refused {
        text.lines(&daemon::refused(refused));
    }
    text.lines(&sync_table(status));
    let header = ["TARGET", "TOKENS", "TOKEN GOOD UNTIL", "PENDING", "LEAVES", "UNANSWERED"];
    text.line("");
    text.lines(&table(&header, 0, &[1, 3, 4, 5], targets.iter().map(target_row).collect()));
    text.lines(&at_work(targets));
    text.lines(&leavers(syncs));
    let mut rest = Page::default();
    for matter in matters(status) {
        block(&mut rest, &matter);
    }
    for warning in warnings {
        rest.line(format_args!("\nwarning: {warning}"));
    }
    if rest.is_empty() && refused.is_none() {
        rest.line("\nnothing needs attention");
    }
    text.lines(&rest.text());
    text.line("");
    text.lines(&daemon::about(status));
    text.line(format_args!("as of {} UTC", moment(*now)));
    text.text()
}

/// A heading with lines below it.
fn block(text: &mut Page, matter: &Matter<'_>) {
    text.line(format_args!("\n{}", matter.about));
    for line in &matter.lines {
        match line {
            Line::Said(word, said) => text.line(format_args!("  {word:<12}{said}")),
            Line::Do(what, command) => text.line(format_args!("  {:<12}{what:<9}{command}", "")),
            Line::People(people) => named(text, people),
        }
    }
}

fn named(text: &mut Page, people: &People<'_>) {
    let mut line = |said: &str| text.line(format_args!("  {:<12}{said}", ""));
    for Named { key, why } in people.some.iter().take(FEW) {
        line(&format!("{}  {}", printable(key), printable(why)));
    }
    let more = people.all.saturating_sub(people.some.len().min(FEW) as u64);
    if more > 0 && !people.some.is_empty() {
        line(&format!("… and {more} more: rosterd explain WHO"));
    }
}

/// Without a daemon nothing is next, and the column is left out.
fn sync_table(status: &Status) -> String {
    let mut header = vec!["SYNC", "LAST RUN (UTC)", "RESULT", "ACTIVE", "KEPT", "REFUSED", "HELD"];
    let mut rows: Vec<_> = status.syncs.iter().map(sync_row).collect();
    if status.daemon.is_some() {
        header.push("NEXT");
        for (row, sync) in rows.iter_mut().zip(&status.syncs) {
            row.push(next(sync, status.now));
        }
    }
    table(&header, 0, &[3, 4, 5, 6], rows)
}

fn next(sync: &SyncStatus, now: Timestamp) -> String {
    match sync.next {
        _ if sync.running => "running".to_owned(),
        Some(next) if !sync.paused => ahead(now, next),
        None if !sync.scheduled => "when asked".to_owned(),
        _ => "–".to_owned(),
    }
}

fn sync_row(sync: &SyncStatus) -> Vec<String> {
    let (when, result) = match &sync.last {
        Some(run) if sync.running && run.summary.is_none() => (moment(run.began), "–".to_owned()),
        Some(run) => (moment(run.began), run.result().to_owned()),
        None => ("never ran".to_owned(), "–".to_owned()),
    };
    let result = if sync.paused { "paused".to_owned() } else { result };
    let kept: u64 = sync.kept.iter().map(|kept| kept.people).sum();
    let held = sync.held.as_ref().map_or(0, |held| held.changes);
    let numbers = [sync.active, kept, sync.refusals, held];
    [sync.sync.clone(), when, result].into_iter().chain(numbers.map(|n| n.to_string())).collect()
}

/// What targets have taken and are not done with.
fn at_work(targets: &[TargetStatus]) -> String {
    let mut text = Page::default();
    for target in targets {
        for AtWork { status, batches, members, since, next } in &target.at_work {
            let (members, batches) = (count(*members, "member"), count(*batches, "batch"));
            let (status, since, next) = (printable(status), moment(*since), moment(*next));
            text.line(format_args!("\n{} is at work on {members} in {batches}, sent {since}", target.target));
            text.line(format_args!("  {status}"));
            text.line(format_args!("  asked again {next}"));
        }
    }
    text.text()
}

/// How long leavers take, where any did lately.
fn leavers(syncs: &[SyncStatus]) -> String {
    let mut text = Page::default();
    let took = || syncs.iter().filter_map(|sync| Some((&sync.sync, sync.latency?)));
    let width = took().map(|(name, _)| name.chars().count()).max().unwrap_or_default();
    for (name, Latency { leaves, median, worst }) in took() {
        if text.is_empty() {
            text.line("\nleavers, from the directory's change to the target's confirmation:");
        }
        let took = match leaves {
            1 => format!("which took {}", span(worst)),
            _ => format!("median {}, worst {}", span(median), span(worst)),
        };
        text.line(format_args!("  {name:<width$}  {leaves} in 30 days, {took}"));
    }
    text.text()
}

fn target_row(target: &TargetStatus) -> Vec<String> {
    let tokens = target.tokens.map_or_else(|| "–".to_owned(), |[used, quota]| format!("{used} of {quota}"));
    let token = target.token_until.map_or_else(|| "–".to_owned(), moment);
    let numbers = [target.pending, target.leaves, target.unanswered].map(|n| n.to_string());
    [target.target.clone(), tokens, token].into_iter().chain(numbers).collect()
}
