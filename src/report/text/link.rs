//! A link to the pages that show people.

use std::time::Duration;

use super::words::{Page, span};
use crate::report::Link;

/// The link, by itself on a line, and how long it is good.
pub fn link(link: &Link) -> String {
    let Link { link, seconds } = link;
    let mut text = Page::default();
    text.line(link);
    let whose =
        if link.starts_with("https://") { "in a browser, after the login" } else { "in a browser of this host" };
    text.line(format_args!("  good once, within {}, {whose}", span(Duration::from_secs(*seconds))));
    text.text()
}
