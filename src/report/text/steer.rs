//! What an administrator's commands did.

use super::words::{Page, count, printable};
use crate::report::{Granted, GrantedChange};

/// People listed before the rest is only counted.
const MOST: usize = 20;

/// What was approved, and what happens next.
pub fn approved(granted: &Granted) -> String {
    let Granted { sync, plan: _, by, granted, still_held } = granted;
    let mut text = Page::default();
    text.line(format_args!("{sync}: {} approved for 72 h by {by}", count(granted.len() as u64, "change")));
    for GrantedChange { kind, identity, key: _ } in granted.iter().take(MOST) {
        text.line(format_args!("  {kind:<8}  {}", printable(identity)));
    }
    if granted.len() > MOST {
        text.line(format_args!("  … and {} more (--json shows all)", granted.len() - MOST));
    }
    if *still_held > 0 {
        text.line(format_args!("{} still held", count(*still_held, "change")));
    }
    text.line(format_args!("the next run carries out those still true: rosterd sync {sync}"));
    text.text()
}
