//! A run's summary.

use super::words::{Page, count, printable};
use crate::report::{Reason, Summary};

/// What a run did, in a few lines; the first one says it all. With the reasons for which changes are held.
pub fn sentences(summary: &Summary, notes: &[String], held: &[Reason]) -> String {
    let mut text = Page::default();
    text.line(headline(summary));
    let mut line = |word: &str, said: &str| text.line(format_args!("  {word:<8}{said}"));
    let Summary { sync, result, error, plan, read, delivery, .. } = summary;
    if let Some(error) = error {
        // What fails and what waits is said first: it is why somebody reads this.
        line(if result == "failed" { "FAILED" } else { "why" }, &printable(error));
    }
    if result == "failed" {
        line("", "nothing new was admitted: nobody leaves, joins or changes because of it");
        line("", &format!("see also: rosterd check, rosterd runs {sync}"));
    }
    if let Some(why) = read.why.as_ref().filter(|_| result != "failed") {
        line("read", &format!("everybody: {}", printable(why)));
    }
    if delivery.requests > 0 {
        line("sent", &sent(summary));
    }
    if delivery.pending > 0 {
        line("pending", &format!("{} still to be sent, by the next runs", count(delivery.pending, "member")));
    }
    if delivery.refused > 0 {
        line("refused", &format!("{} refused by the target (why: rosterd status)", count(delivery.refused, "member")));
    }
    if summary.members.invalid > 0 {
        let people = count(summary.members.invalid, "person");
        line("kept", &format!("{people} as they were: invalid or disputed (why: rosterd status)"));
    }
    if let Some(plan) = plan {
        line("HELD", &format!("{} until you approve", count(delivery.held, "change")));
        for Reason { why, changes } in held {
            line("", &format!("{changes}: {}", printable(why)));
        }
        line("", &format!("look:    rosterd plan {sync}"));
        line("", &format!("approve: rosterd approve {sync} {plan}"));
    }
    for note in notes {
        line("note", &printable(note));
    }
    text.text()
}

fn headline(summary: &Summary) -> String {
    let Summary { sync, run, result, read, members, .. } = summary;
    let run = if *run > 0 { format!(" (run {run})") } else { String::new() };
    let changes = [
        (members.joined, "joined"),
        (members.changed, "changed"),
        (members.left, "left"),
        (members.returned, "returned"),
        (members.unchanged, "unchanged"),
        (members.skipped, "not synced"),
    ];
    let mut counts: Vec<_> = changes.iter().filter(|(n, _)| *n > 0).map(|(n, word)| format!("{n} {word}")).collect();
    let delta = read.mode == "delta";
    if read.entries > 0 {
        counts.insert(0, format!("{} read", read.entries));
    } else if delta && result == "ok" {
        counts.insert(0, "nothing changed".to_owned());
    }
    let by = if delta { ", by changes" } else { "" };
    let counts = if counts.is_empty() { String::new() } else { format!(": {}", counts.join(", ")) };
    format!("{sync}: {result}{run}{by}{counts}")
}

fn sent(summary: &Summary) -> String {
    let delivery = &summary.delivery;
    let tokens = match delivery.token_requests {
        0 => String::new(),
        1 => ", one of them for a token".to_owned(),
        n => format!(", {n} of them for tokens"),
    };
    format!("{} confirmed in {}{tokens}", count(delivery.confirmed, "member"), count(delivery.requests, "request"))
}
