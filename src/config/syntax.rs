//! Text that is no YAML, or more YAML than is healthy: what the parser says, in words that help.

use serde_saphyr::budget::BudgetBreach;
use serde_saphyr::{Error, MessageFormatter, UserMessageFormatter};

use super::fault::Fault;
use super::raw::bytes;

/// Why a text cannot be read.
pub(super) fn explain(text: &str, error: &Error) -> Fault {
    let place = error.location().map(|location| bytes(&location)).unwrap_or_default();
    let place = place.start.min(text.len())..place.end.min(text.len());
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
        Error::MultipleDocuments { .. } => Fault::at(place, "a second document begins here")
            .help("a config is one document; remove the line `---` or what follows it"),
        Error::NullIntoString { .. } => Fault::at(place, "a key is missing before the `:`"),
        other => Fault::at(place, format!("this is not valid YAML: {}", words(other))),
    };
    fault.maybe_help(quotes_would_help(line))
}

fn too_much(breach: &BudgetBreach) -> String {
    let what = match breach {
        BudgetBreach::Depth { .. } => "mappings and lists stand too deep in one another",
        BudgetBreach::Aliases { .. } | BudgetBreach::Anchors { .. } | BudgetBreach::AliasAnchorRatio { .. } => {
            "there are too many aliases (`*name`) or anchors (`&name`)"
        }
        _ => "this unfolds into more than a config can hold",
    };
    what.to_owned()
}

fn words(error: &Error) -> String {
    let text = UserMessageFormatter.format_message(error).into_owned();
    // The parser repeats the place, which the fault shows already.
    text.split(" at line ").next().unwrap_or(&text).trim_end_matches('.').to_owned()
}

fn line_of(text: &str, offset: usize) -> &str {
    let start = text[..offset].rfind('\n').map_or(0, |newline| newline + 1);
    text[start..].lines().next().unwrap_or_default()
}

/// The parser stumbles over a tab late, or over its consequences; so it is looked for from the place backwards.
fn tab_in_indentation(text: &str, offset: usize) -> Option<usize> {
    let end = text[offset..].find('\n').map_or(text.len(), |newline| offset + newline);
    let mut start = 0;
    let mut found = None;
    for line in text[..end].split_inclusive('\n') {
        let indentation = line.len() - line.trim_start_matches([' ', '\t']).len();
        if !line.trim().is_empty() {
            found = line[..indentation].find('\t').map(|tab| start + tab).or(found);
        }
        start += line.len();
    }
    found
}

/// What people write without quotes although YAML wants them.
fn quotes_would_help(line: &str) -> Option<String> {
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
    use super::*;

    #[test]
    fn a_tab_is_found_where_it_stands() {
        let text = "a:\n  b: 1\n\tc: 2\n";
        assert_eq!(tab_in_indentation(text, text.len() - 1), Some(text.find('\t').unwrap()));
        assert_eq!(tab_in_indentation("a: 1\tx\n", 3), None);
    }
}
