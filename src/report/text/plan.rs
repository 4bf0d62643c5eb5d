//! A plan.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::iter;

use serde_json::Value;

use super::words::{FEW, Page, count, printable};
use crate::report::{Planned, PlannedChange};

/// Lines shown of a kind before the rest is only counted.
const MOST: usize = 20;

/// The order of kinds: what hurts most first.
const KINDS: [&str; 4] = ["leave", "return", "change", "join"];

/// What a sync would do, the held and the leaves first.
pub fn plan(planned: &Planned) -> String {
    let mut text = Page::default();
    text.line(headline(planned));
    let (held, free): (Vec<_>, Vec<_>) = planned.changes.iter().partition(|change| change.held);
    for kind in KINDS {
        // Those held for one reason are said together.
        let mut reasons = BTreeMap::<&str, Vec<&PlannedChange>>::new();
        for change in held.iter().filter(|change| change.kind == kind) {
            reasons.entry(change.why.as_deref().unwrap_or("held")).or_default().push(change);
        }
        let mut reasons: Vec<_> = reasons.into_iter().collect();
        reasons.sort_by_key(|(_, changes)| Reverse(changes.len()));
        for (why, changes) in reasons {
            text.line(format_args!("  HELD {}: {}", count(changes.len() as u64, kind), printable(why)));
            list(&mut text, &changes);
        }
    }
    if let Some(plan) = &planned.plan {
        text.line(format_args!("    approve: rosterd approve {} {plan}", planned.sync));
    }
    for kind in KINDS {
        let changes: Vec<_> = free.iter().copied().filter(|change| change.kind == kind).collect();
        if !changes.is_empty() {
            text.line(format_args!("  {}", count(changes.len() as u64, kind)));
            list(&mut text, &changes);
        }
    }
    if planned.invalid > 0 {
        let people = count(planned.invalid, "person");
        text.line(format_args!("  {people} would be kept as they are: invalid or disputed (rosterd check)"));
    }
    for note in &planned.notes {
        text.line(format_args!("  note: {}", printable(note)));
    }
    text.text()
}

fn headline(planned: &Planned) -> String {
    let Planned { sync, changes, entries, .. } = planned;
    if changes.is_empty() {
        return format!("{sync}: nothing to do ({entries} read)");
    }
    let number = |wanted: &dyn Fn(&&PlannedChange) -> bool| changes.iter().filter(wanted).count() as u64;
    let mut parts = Vec::new();
    let held = number(&|change| change.held);
    if held > 0 {
        parts.push(format!("{held} held"));
    }
    for kind in KINDS {
        let free = number(&|change| !change.held && change.kind == kind);
        if free > 0 {
            parts.push(count(free, kind));
        }
    }
    format!("{sync}: {} ({entries} read): {}", count(changes.len() as u64, "change"), parts.join(", "))
}

fn list(text: &mut Page, changes: &[&PlannedChange]) {
    let mut changes = changes.to_vec();
    changes.sort_by_key(|change| (change.identity.parse::<u64>().ok(), &change.identity));
    let all_fit = changes.iter().map(|change| 1 + change.fields.len()).sum::<usize>() <= MOST;
    let mut lines = 0;
    for (at, change) in changes.iter().enumerate() {
        let mut shown = person(change);
        // Of many joiners the first one shows what the mapping makes of somebody.
        if change.kind == "join" && at > 0 && !all_fit {
            shown.truncate(1);
        }
        if lines > 0 && lines + shown.len() > MOST {
            text.line(format_args!("    … and {} more{} (--json shows all)", changes.len() - at, of_all(&changes)));
            return;
        }
        lines += shown.len();
        for line in shown {
            text.line(format_args!("    {line}"));
        }
    }
}

/// Who, and what differs; of a joiner, what they come with.
fn person(change: &PlannedChange) -> Vec<String> {
    let why = change.cause.as_deref().map(printable);
    let who = printable(&change.identity);
    let first = why.map_or_else(|| who.clone(), |why| format!("{who}  {why}"));
    let field = |(field, [old, new]): (&String, &[Value; 2])| match (change.kind, old) {
        ("join", Value::Null) => format!("  {}: {}", printable(field), value(new)),
        _ => format!("  {}: {} → {}", printable(field), value(old), value(new)),
    };
    iter::once(first).chain(change.fields.iter().map(field)).collect()
}

/// What is found with how many, where not everybody is shown: which fields differ, or else why.
fn of_all(changes: &[&PlannedChange]) -> String {
    let mut found = BTreeMap::<&str, u64>::new();
    for change in changes.iter().filter(|change| change.kind != "join") {
        let fields = change.fields.keys().map(String::as_str);
        let reason = change.cause.as_deref().filter(|_| change.fields.is_empty());
        fields.chain(reason).for_each(|what| *found.entry(what).or_default() += 1);
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(_, number)| Reverse(*number));
    let told: Vec<_> = found.iter().take(FEW).map(|(what, number)| format!("{} {number}", printable(what))).collect();
    let others = if found.len() > FEW { ", …" } else { "" };
    if told.is_empty() { String::new() } else { format!("; of all {}: {}{others}", changes.len(), told.join(", ")) }
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        value => printable(&value.to_string()),
    }
}
