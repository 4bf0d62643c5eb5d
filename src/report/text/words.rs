//! What several texts say alike.

use std::fmt::{self, Write};
use std::time::Duration;

use comfy_table::{CellAlignment, ColumnConstraint, ContentArrangement, Table, Width, presets};
use jiff::Timestamp;

/// Columns of the smallest terminal that is catered for.
const WIDTH: u16 = 80;

/// Names are not broken into less than this; a table with bigger numbers is rather wider than the terminal.
const NAMES: ColumnConstraint = ColumnConstraint::LowerBoundary(Width::Fixed(11));

/// People named before the rest is only counted.
pub(super) const FEW: usize = 5;

/// A text, line by line.
#[derive(Default)]
pub(super) struct Page(String);

impl Page {
    pub(super) fn line(&mut self, line: impl fmt::Display) {
        // Writing to a String cannot fail.
        let _ = writeln!(self.0, "{line}");
    }

    /// Lines that end already.
    pub(super) fn lines(&mut self, lines: &str) {
        self.0.push_str(lines);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn text(self) -> String {
        self.0
    }
}

/// A moment, in UTC.
pub(in crate::report) fn moment(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M:%S").to_string()
}

/// The same, to the minute.
pub(super) fn minute(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d %H:%M").to_string()
}

/// How far ahead a moment is: `in 12m`; one that has come already is `now`.
pub(in crate::report) fn ahead(now: Timestamp, at: Timestamp) -> String {
    match at.duration_since(now).as_secs() {
        ..=0 => "now".to_owned(),
        seconds @ 1..60 => format!("in {seconds}s"),
        seconds @ 60..3600 => format!("in {}m", seconds / 60),
        seconds @ 3600..172_800 => format!("in {}h", seconds / 3600),
        seconds => format!("in {}d", seconds / 86_400),
    }
}

/// How long something took, in the one unit that says it: `6 s`, `14 min`, `5 h`, `3 days`.
pub(in crate::report) fn span(span: Duration) -> String {
    let of = |unit: f64| (span.as_secs_f64() / unit).round();
    match span.as_secs() {
        0 if span.subsec_millis() < 500 => "less than 1 s".to_owned(),
        0..120 => format!("{} s", of(1.0)),
        120..7_200 => format!("{} min", of(60.0)),
        7_200..172_800 => format!("{} h", of(3_600.0)),
        _ => format!("{} days", of(86_400.0)),
    }
}

/// How long ago a moment is; one yet to come is now.
pub(in crate::report) fn ago(now: Timestamp, at: Timestamp) -> String {
    span(now.duration_since(at).try_into().unwrap_or_default())
}

/// `1 change`, `2 changes`.
pub(in crate::report) fn count(n: u64, one: &str) -> String {
    let plural = match one {
        "person" => "people".to_owned(),
        "batch" => "batches".to_owned(),
        _ => format!("{one}s"),
    };
    if n == 1 { format!("1 {one}") } else { format!("{n} {plural}") }
}

/// As a shell takes it: a command is copied from where it is shown, and a key may be whatever somebody wrote into it.
pub fn argument(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.,:@/+=".contains(&byte);
    if !text.is_empty() && text.bytes().all(plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

/// Without what a terminal would obey: control characters, and marks that turn the direction of what follows, so that
/// a line reads as something else.
pub fn printable(text: &str) -> String {
    let turns = |letter| matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|letter| if letter.is_control() || turns(letter) { '\u{fffd}' } else { letter }).collect()
}

/// A table without lines; the columns named hold numbers. Where it is too wide the names of column `name` are broken,
/// and nothing else: half a date on a line of its own says nothing.
pub(super) fn table(header: &[&str], name: usize, numbers: &[usize], rows: Vec<Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
    table.set_header(header.to_vec()).add_rows(rows);
    for column in numbers {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    for (at, column) in table.column_iter_mut().enumerate() {
        column.set_padding((0, if at + 1 < header.len() { 2 } else { 0 }));
        column.set_constraint(if at == name { NAMES } else { ColumnConstraint::ContentWidth });
    }
    let mut page = Page::default();
    table.lines().for_each(|line| page.line(line.trim_end()));
    page.text()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_terminal_obeys_nothing_that_a_directory_says() {
        assert_eq!(printable("a\u{1b}[31mb\r\nć"), "a\u{fffd}[31mb\u{fffd}\u{fffd}ć");
        assert_eq!(printable("אב \u{202e}txt.exe"), "אב \u{fffd}txt.exe", "letters that run leftwards are letters");
    }

    #[test]
    fn what_is_ahead_is_told_in_one_unit() {
        let now = Timestamp::UNIX_EPOCH;
        let told = [-5, 0, 1, 59, 60, 899, 3_599, 3_600, 172_799, 172_800]
            .map(|seconds| ahead(now, Timestamp::from_second(seconds).unwrap()));
        assert_eq!(told, ["now", "now", "in 1s", "in 59s", "in 1m", "in 14m", "in 59m", "in 1h", "in 47h", "in 2d"]);
    }

    #[test]
    fn what_took_long_is_told_in_one_unit() {
        let told =
            [0, 499, 500, 1_499, 6_214, 119_400, 120_000, 869_000, 7_199_000, 7_200_000, 172_799_000, 172_800_000]
                .map(|millis| span(Duration::from_millis(millis)));
        let expected = ["less than 1 s", "less than 1 s", "1 s", "1 s", "6 s", "119 s", "2 min", "14 min"];
        assert_eq!(told[..8], expected);
        assert_eq!(told[8..], ["120 min", "2 h", "48 h", "2 days"]);
        let [now, later] = [0, 5].map(|seconds| Timestamp::from_second(seconds).unwrap());
        assert_eq!([ago(later, now), ago(now, later)], ["5 s", "less than 1 s"]);
    }

    #[test]
    fn tables_fit_a_small_terminal() {
        let row = vec!["word ".repeat(30), "12".to_owned()];
        let text = table(&["A", "N"], 0, &[1], vec![row]);
        assert!(text.lines().all(|line| line.chars().count() <= usize::from(WIDTH)), "{text}");
    }
}
