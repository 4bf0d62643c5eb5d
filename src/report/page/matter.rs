//! What needs attention, without the people meant.

use std::collections::BTreeSet;

use serde::Serialize;

use super::view::Tone;
use crate::report::text::attention::{Line, Matter, People};
use crate::report::text::printable;

/// What is to be known of a sync, a target or a directory.
#[derive(Debug, Serialize)]
pub(super) struct MatterView<'a> {
    about: &'a str,
    pub(super) tone: Tone,
    entries: Vec<Entry>,
}

/// A word with what is said under it.
#[derive(Debug, Serialize)]
struct Entry {
    word: &'static str,
    lines: Vec<LineView>,
}

#[derive(Debug, Serialize)]
struct LineView {
    text: String,
    command: String,
}

impl<'a> MatterView<'a> {
    pub(super) fn of(matter: &Matter<'a>) -> Self {
        let mut entries: Vec<Entry> = Vec::new();
        for line in &matter.lines {
            let (word, lines) = match line {
                // What would follow are people.
                Line::Said(word, said) => (*word, vec![text(said.trim_end_matches(':'))]),
                Line::Do(what, command) => ("", vec![LineView { text: (*what).to_owned(), command: command.clone() }]),
                Line::People(people) => ("", of_people(people)),
            };
            match entries.last_mut().filter(|_| word.is_empty()) {
                Some(entry) => entry.lines.extend(lines),
                None => entries.push(Entry { word, lines }),
            }
        }
        let bad = entries.iter().any(|entry| ["FAILED", "REFUSED", "no end"].contains(&entry.word));
        Self { about: matter.about, tone: if bad { Tone::Bad } else { Tone::Warn }, entries }
    }
}

fn text(said: &str) -> LineView {
    LineView { text: said.to_owned(), command: String::new() }
}

/// Why, as far as the words are ours alone: they name fields and attributes. Those of a dispute name somebody else, and
/// what a target says may.
fn of_people(people: &People<'_>) -> Vec<LineView> {
    let ours = matches!(people.verdict, "invalid" | "unreadable" | "absent");
    let reasons: BTreeSet<&str> = people.some.iter().filter(|_| ours).map(|named| named.why.as_str()).collect();
    let mut lines: Vec<_> = reasons.into_iter().map(|why| text(&printable(why))).collect();
    lines.push(LineView { text: "who:".to_owned(), command: "rosterd status".to_owned() });
    lines
}
