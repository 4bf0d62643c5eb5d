//! Runs, as a table.

use jiff::Timestamp;

use super::words::{Page, minute, printable, table};
use crate::report::{Ran, Summary};

/// The last runs, newest first.
pub fn runs(runs: &[Ran]) -> String {
    if runs.is_empty() {
        return "nothing ran yet: rosterd sync\n".to_owned();
    }
    let header = ["RUN", "SYNC", "BEGAN (UTC)", "TOOK", "RESULT", "READ", "+", "~", "-", "SENT", "HELD"];
    let mut text = Page::default();
    text.lines(&table(&header, 1, &[0, 3, 5, 6, 7, 8, 9, 10], runs.iter().map(row).collect()));
    text.line("+ joined or returned, ~ changed, - left");
    if runs.iter().any(by_changes) {
        text.line("* only whoever may have changed was read");
    }
    for run in runs {
        if let Some(error) = run.summary.as_ref().and_then(|summary| summary.error.as_ref()) {
            text.line(format_args!("run {}: {}", run.run, printable(error)));
        }
        if run.ended.is_none() {
            text.line(format_args!("run {}: going on, or interrupted; the next run takes up what is left", run.run));
        }
    }
    text.text()
}

fn row(run: &Ran) -> Vec<String> {
    let took = run.ended.map_or_else(|| "–".to_owned(), |ended| took(run.began, ended));
    let mut row = vec![run.run.to_string(), run.sync.clone(), minute(run.began), took, run.result().to_owned()];
    let numbers = run.summary.as_ref().map(|summary| {
        let Summary { read, members, delivery, .. } = summary;
        let come = members.joined + members.returned;
        [read.entries, come, members.changed, members.left, delivery.confirmed, delivery.held]
    });
    row.extend(numbers.unwrap_or_default().map(|n| n.to_string()));
    if by_changes(run) {
        row[5].push('*');
    }
    row
}

fn by_changes(run: &Ran) -> bool {
    run.summary.as_ref().is_some_and(|summary| summary.read.mode == "delta")
}

fn took(began: Timestamp, ended: Timestamp) -> String {
    let seconds = ended.duration_since(began).as_secs();
    match seconds {
        0 => "< 1 s".to_owned(),
        1..120 => format!("{seconds} s"),
        _ => format!("{} min", seconds / 60),
    }
}
