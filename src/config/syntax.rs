//! Text that is no YAML, or more YAML than is healthy: what the parser says, in words that help.

use std::ops::Range;

use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{Error, Location, MessageFormatter, UserMessageFormatter};

use super::fault::Fault;
use super::raw::bytes;

const TOO_DEEP: &str = "mappings and lists stand too deep in one another";

/// Why a text cannot be read.
pub(super) fn explain(text: &str, error: &Error) -> Fault {
    let place = error.location().map(|location| place(text, &location)).unwrap_or_default();
    let line = line_of(text, place.start);
    if let Some(tab) = tab_in_indentation(text, place.start) {
        return Fault::at(tab..tab + 1, "a tab in the indentation")
            .help("YAML is indented with spaces; replace the tab by spaces");
    }
    let fault = match error.without_snippet() {
        Error::AliasError { error, .. } => return explain(text, error),
        Error::Budget { breach, .. } => Fault::at(place, too_much(breach)),
        Error::AliasReplayLimitExceeded { .. }
        | Error::AliasExpansionLimitExceeded { .. }
        | Error::AliasReplayStackDepthExceeded { .. } => Fault::at(place, "the aliases (`*name`) unfold into too much")
            .help("a config needs few aliases; write the values out"),
        Error::UnknownAnchor { .. } => Fault::at(place, "there is no anchor for this alias"),
        Error::UnsupportedTag { tag, .. } => Fault::at(place, format!("tags such as `{tag}` are not used in a config"))
            .help("a secret is referred to as ${cred:name}; text that begins with `!` must stand in quotes"),
        Error::Unexpected { expected: "string scalar", .. } => Fault::at(place, "a key must be text"),
        Error::MultipleDocuments { .. } => Fault::at(place, "a second document begins here")
            .help("a config is one document; remove the line `---` or what follows it"),
        Error::NullIntoString { .. } => Fault::at(place, "a key is missing before the `:`"),
        other => Fault::at(place, words(other)),
    };
    fault.or_help(quotes_would_help(line))
}

/// The parser counts characters where it stumbles, and knows bytes only of what it understood.
fn place(text: &str, location: &Location) -> Range<usize> {
    let span = location.span();
    let start = if span.byte_offset().is_some() {
        bytes(location).start
    } else {
        let characters = usize::try_from(span.offset()).unwrap_or(usize::MAX);
        text.char_indices().nth(characters).map_or(text.trim_end().len(), |(offset, _)| offset)
    };
    let start = start.min(text.len());
    let length = bytes(location).len().max(text[start..].chars().next().map_or(0, char::len_utf8));
    start..(start + length).min(text.len())
}

fn too_much(breach: &BudgetBreach) -> String {
    let what = match breach {
        BudgetBreach::Depth { .. } => TOO_DEEP,
        BudgetBreach::Aliases { .. } | BudgetBreach::Anchors { .. } | BudgetBreach::AliasAnchorRatio { .. } => {
            "there are too many aliases (`*name`) or anchors (`&name`)"
        }
        _ => "this unfolds into more than a config can hold",
    };
    what.to_owned()
}

fn words(error: &Error) -> String {
    let text = UserMessageFormatter.format_message(error).into_owned();
    if text.contains("recursion limit") {
        return TOO_DEEP.to_owned();
    }
    if text.contains("did not find expected key") {
        return "this is indented unlike the lines it belongs to".to_owned();
    }
    // The parser repeats the place, which the fault shows already.
    let text = text.split(" at line ").next().unwrap_or(&text);
    format!("this is not valid YAML: {}", text.trim_end_matches('.'))
}

fn line_of(text: &str, offset: usize) -> &str {
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    text[start..].lines().next().unwrap_or_default()
}

/// A tab that indents. The parser stumbles over it where it stands, or a line early or late.
fn tab_in_indentation(text: &str, offset: usize) -> Option<usize> {
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    let before = text[..start.saturating_sub(1)].rfind('\n').map_or(0, |newline| newline + 1);
    let indentation = |from: usize| {
        let line = text[from..].lines().next().unwrap_or_default();
        let blank = line.trim().is_empty() || line.trim_start().starts_with('#');
        let tab = line[..line.len() - line.trim_start().len()].find('\t').map(|tab| from + tab);
        tab.filter(|_| !blank)
    };
    let after = text[start..].find('\n').map_or(start, |newline| start + newline + 1);
    [start, before, after].into_iter().find_map(indentation)
}

/// What people write without quotes although YAML wants them.
fn quotes_would_help(line: &str) -> Option<String> {
    if ["\"", "'"].iter().any(|quote| line.matches(quote).count() % 2 == 1) {
        return Some("is a quote opened in this line, and not closed?".to_owned());
    }
    let value = line.split_once(": ").map_or(line, |(_, value)| value).trim();
    if value.starts_with("{{") || value.starts_with("{%") {
        return Some("a template must stand in quotes: \"{{ … }}\"".to_owned());
    }
    if value.starts_with('*') && value.contains(' ') {
        return Some("a cron schedule that begins with `*` must stand in quotes: \"*/15 * * * *\"".to_owned());
    }
    if value.starts_with('{') && value.contains("${") {
        return Some("within `{ … }` a reference must stand in quotes: \"${cred:name}\"".to_owned());
    }
    let odd = value.starts_with(['!', '&', '*', '%', '@', '`', '|', '>', '"', '\'']) || value.contains(": ");
    odd.then(|| "text with characters that mean something to YAML must stand in quotes, closed on both ends".to_owned())
}

#[cfg(test)]
mod tests {
    #[track_caller]
    fn says(text: &str, message: &str, marked: &str) {
        let Err(fault) = crate::config::raw::parse(text) else { panic!("{text:?} was read") };
        assert_eq!((fault.message.as_str(), &text[fault.at.unwrap()]), (message, marked));
    }

    #[test]
    fn a_tab_is_found_where_it_stands() {
        for text in
            ["a:\n\tb: 1\n", "a:\n  b: 1\n\tc: 2\n", "a:\n  b: x\n \tc: 2\n  d: 3\n", "a:\n\t- 1\n", "é: x\n\tb: 1\n"]
        {
            says(text, "a tab in the indentation", "\t");
        }
    }

    #[test]
    fn what_the_parser_stumbles_over_is_marked() {
        says("é: [1\nb: 2\n", "this is not valid YAML: illegal placement of ':' indicator", ":");
        says("ä: *x\n", "there is no anchor for this alias", "*");
        says("a: 1\n---\nb: 2\n", "a second document begins here", "b");
        says("a: !x y\n", "tags such as `!x` are not used in a config", "y");
        says("{a: 1}: 2\n", "a key must be text", "{");
    }
}
