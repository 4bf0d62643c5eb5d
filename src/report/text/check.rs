//! What `check` found.

use super::words::{Page, count, printable};
use crate::report::{Findings, Level};

/// A line a finding, and the sum of them.
pub fn check(findings: &Findings) -> String {
    let mut text = Page::default();
    for finding in findings.list() {
        let word = match finding.level {
            Level::Ok => "ok",
            Level::Warning => "warning",
            Level::Failed => "FAILED",
        };
        text.line(format_args!("{word:<8} {}: {}", finding.about, printable(&finding.text)));
    }
    let (failed, warnings) = (findings.count(Level::Failed), findings.count(Level::Warning));
    let (word, sum) = match (failed, warnings) {
        (0, 0) => ("ok", "everything is as it should be".to_owned()),
        (0, n) => ("warning", format!("{}, nothing failed", count(n, "warning"))),
        (n, 0) => ("FAILED", format!("{n} of {} checks", findings.list().len())),
        (n, m) => ("FAILED", format!("{n} of {} checks, and {}", findings.list().len(), count(m, "warning"))),
    };
    text.line(format_args!("{word:<8} {sum}"));
    text.text()
}
