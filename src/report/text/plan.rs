//! A plan.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use serde_json::Value;

use super::words::{Page, count, printable};
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
    let mut lines = 0;
    for (at, change) in changes.iter().enumerate() {
        let shown = person(change);
        if lines > 0 && lines + shown.len() > MOST {
            text.line(format_args!("    … and {} more (--json shows all)", changes.len() - at));
            return;
        }
        lines += shown.len();
        for line in shown {
            text.line(format_args!("    {line}"));
        }
    }
}

/// Who, and what differs; a joiner's fields are all new and say little.
fn person(change: &PlannedChange) -> Vec<String> {
    let why = change.cause.as_deref().map(printable);
    let who = printable(&change.identity);
    let mut lines = vec![why.map_or_else(|| who.clone(), |why| format!("{who}  {why}"))];
    if change.kind == "change" {
        lines.extend(
            change
                .fields
                .iter()
                .map(|(field, [old, new])| format!("  {}: {} → {}", printable(field), value(old), value(new))),
        );
    }
    lines
}

fn value(value: &Value) -> String {
    match value {
        Value::Null => "nothing".to_owned(),
        value => printable(&value.to_string()),
    }
}
