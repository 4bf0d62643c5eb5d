//! One person's story.

use super::words::{Page, moment, printable};
use crate::report::story::{Account, Event, Found, HeldChange, Look, Story};
use crate::roster::Payload;

/// Characters of a value that are shown.
const MOST: usize = 400;

/// From what the directory shows to what the target was told.
pub fn story(story: &Story) -> String {
    let mut text = Page::default();
    text.line(format_args!("{}: {}", story.sync, printable(&story.key)));
    let mut line = |word: &str, said: &str| text.line(format!("  {word:<11}{said}").trim_end());
    let why = story.why.as_deref().map(|why| format!(": {}", printable(why))).unwrap_or_default();
    line("verdict", &format!("{}{why}", meaning(&story.verdict)));
    if let Some(since) = story.absent_since {
        line("absent", &format!("since {}", moment(since)));
    }
    if let Some(at) = story.recheck_at {
        line("judged", &format!("again at {}, whatever the directory says until then", moment(at)));
    }
    match &story.directory {
        Look::Skipped => {}
        Look::Failed(why) => line("directory", &format!("not asked: {}", printable(why))),
        Look::Missing(why) => line("directory", &format!("not found by the sync: {}", printable(why))),
        Look::Found(found) => directory(&mut line, found),
    }
    match &story.account {
        Some(account) => at_target(&mut line, &story.sync, account),
        None => line("target", "never sent"),
    }
    for HeldChange { kind, identity, why, since, plan, approved } in &story.held {
        line("HELD", &format!("{kind} of {} since {}: {}", printable(identity), moment(*since), printable(why)));
        if *approved {
            line("", &format!("approved; carried out by: rosterd sync {}", story.sync));
        } else {
            line("", &format!("approve: rosterd approve {} {plan} --only {}", story.sync, printable(&story.key)));
        }
    }
    if !story.events.is_empty() {
        line("events", "(UTC)");
    }
    for event in &story.events {
        text.line(format_args!("    {}", happened(event)));
    }
    text.text()
}

/// Nobody is known by what was asked for.
pub fn nobody(who: &str) -> String {
    format!(
        "nobody is known by “{}”: give the whole directory key (such as an entryUUID or objectGUID) or the whole \
         identity at the target (whoever was never sent has none); whoever no run has read yet is not known: see `rosterd plan`, and `rosterd check` for \
         whom the searches find",
        printable(who)
    )
}

fn directory(line: &mut impl FnMut(&str, &str), found: &Found) {
    line("directory", &format!("shows them: {}", printable(&found.standing)));
    for (name, values) in &found.values {
        line("", &format!("{name}: {}", shortened(&values.join(", "))));
    }
    if !found.fields.fields().is_empty() {
        line("mapped", "");
        payload(line, &found.fields);
    }
    for fault in &found.faults {
        line("INVALID", &printable(fault));
    }
}

fn at_target(line: &mut impl FnMut(&str, &str), sync: &str, account: &Account) {
    let Account {
        identity,
        remote,
        leaving,
        confirmed,
        certain,
        pending,
        waits,
        refusal,
        said,
        not_before,
        payload: last_good,
        forgotten,
    } = account;
    match remote {
        Some(remote) => {
            line("target", &format!("called {} there, and by {} here", printable(remote), printable(identity)));
        }
        None => line("target", &format!("known there by {}", printable(identity))),
    }
    line("due", if *leaving { "to leave" } else { "to be active" });
    let certainty = if *certain { "" } else { " (not certain: sent without an answer, or to be sent again)" };
    line("confirmed", &format!("{}{certainty}", confirmed.unwrap_or("never")));
    if *pending {
        let after = not_before.map(|at| format!(", not before {}", moment(at))).unwrap_or_default();
        line("pending", &format!("still to be sent{after}"));
    }
    if let Some(waits) = waits {
        line("waits", &printable(waits));
    }
    if let Some(refusal) = refusal {
        let until = if *pending { "" } else { "set aside until what is sent changes; " };
        let again = format!("{until}again: rosterd retry {sync} {}", printable(identity));
        line("refused", &format!("{} ({again})", printable(refusal)));
    }
    if let Some(said) = said {
        line("", &format!("in its own words: {}", shortened(&said.line)));
    }
    if *forgotten {
        return line("payload", "forgotten: they left longer ago than that is kept (`retention.values`)");
    }
    line("payload", "the last good one");
    payload(line, last_good);
}

fn payload(line: &mut impl FnMut(&str, &str), payload: &Payload) {
    for (path, value) in payload.leaves() {
        line("", &format!("{}: {}", printable(&path), shortened(&value.to_string())));
    }
}

/// A value by which nobody loses sight of the rest; `--json` has it whole.
fn shortened(value: &str) -> String {
    let all = value.chars().count();
    if all <= MOST {
        return printable(value);
    }
    let some: String = value.chars().take(MOST).collect();
    format!("{} … ({all} characters; --json shows all)", printable(&some))
}

/// A verdict in words.
pub fn meaning(verdict: &str) -> &str {
    match verdict {
        "active" => "active",
        "left" => "left",
        "invalid" => "kept as they were, invalid",
        "unreadable" => "kept as they were, unreadable",
        "absent" => "kept as they were, absent",
        "disputed" => "kept as they were, disputed",
        "held" => "kept as they were, held by the guard",
        "imported" => "believed to be at the target, imported",
        "skipped" => "not this sync's business",
        "never" => "inactive when first seen, never sent",
        other => other,
    }
}

/// `2026-11-22 10:52:07  run 1  batch 2  confirmed active`
fn happened(event: &Event) -> String {
    let Event { at, run, batch, kind, detail } = event;
    let number = |word: &str, n: &Option<i64>| n.map(|n| format!("{word} {n}  ")).unwrap_or_default();
    let separator = if ["confirmed", "approved", "imported"].contains(&kind.as_str()) { " " } else { ": " };
    let detail = detail.as_deref().map(|detail| format!("{separator}{}", printable(detail))).unwrap_or_default();
    format!("{}  {}{}{kind}{detail}", moment(*at), number("run", run), number("batch", batch))
}
