//! Commands within the text: what is understood is what is written.

use std::fs;

use clap::Parser;
use clap::error::ErrorKind;
use rosterd::cli::Arguments;

use super::page::pages;

/// What stands for something of the reader's, where not every word will do.
const PLACEHOLDERS: [(&str, &str); 2] = [("SHELL", "bash"), ("D", "2h")];

#[test]
fn every_command_in_the_text_is_one() {
    let mut found = 0;
    for page in pages() {
        for typed in spans(&fs::read_to_string(&page).unwrap()) {
            for reading in readings(&typed) {
                found += 1;
                let words: Vec<_> = reading.split_whitespace().map(here).collect();
                if let Err(error) = Arguments::try_parse_from(&words) {
                    // Help is what some ask for, and a name alone may be only that.
                    let named = words.len() == 2 && error.kind() == ErrorKind::MissingRequiredArgument;
                    assert!(named || !error.use_stderr(), "{}: `{typed}` as `{reading}`: {error}", page.display());
                }
            }
        }
    }
    assert!(found > 100, "{found}");
}

/// Whatever is set as code and begins with the program; in a table's row also what goes on by `·`.
fn spans(text: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let (mut fenced, mut paragraph) = (false, String::new());
    for line in text.lines().chain([""]) {
        fenced ^= line.trim_start().starts_with("```");
        let row = line.starts_with('|');
        if !(fenced || row || line.is_empty()) {
            paragraph += &format!("{line} ");
            continue;
        }
        commands.extend(code(&paragraph).filter_map(|span| program(&span)));
        paragraph.clear();
        for cell in line.split(" | ").filter(|_| row && !fenced) {
            let also = cell.trim_start_matches("| ").starts_with("`rosterd ") && cell.contains(" · ");
            let whole =
                |span: String| if also && !span.starts_with("rosterd ") { format!("rosterd {span}") } else { span };
            commands.extend(code(cell).map(whole).filter_map(|span| program(&span)));
        }
    }
    commands
}

fn code(text: &str) -> impl Iterator<Item = String> {
    text.split('`').skip(1).step_by(2).map(|span| span.split_whitespace().collect::<Vec<_>>().join(" "))
}

/// As far as it is ours.
fn program(span: &str) -> Option<String> {
    let typed = span.strip_prefix("sudo ").unwrap_or(span);
    let ends = [" | ", " > ", " && ", "; "].iter().filter_map(|end| typed.find(end)).min();
    let command = typed.strip_prefix("rosterd ")?;
    // `rosterd …` is no particular one.
    (!command.starts_with('…')).then(|| typed[..ends.unwrap_or(typed.len())].to_owned())
}

/// With and without what may be left out, and each of what may stand in one place.
fn readings(typed: &str) -> Vec<String> {
    if let Some((before, (optional, after))) =
        typed.split_once('[').and_then(|(b, rest)| Some((b, rest.split_once(']')?)))
    {
        return [format!("{before}{optional}{after}"), format!("{before}{after}")]
            .iter()
            .flat_map(|t| readings(t))
            .collect();
    }
    if let Some(choice) = typed.split(' ').find(|word| word.contains('|')) {
        return choice.split('|').flat_map(|one| readings(&typed.replacen(choice, one, 1))).collect();
    }
    vec![typed.replace('…', "")]
}

fn here(word: &str) -> &str {
    PLACEHOLDERS.iter().find(|(placeholder, _)| *placeholder == word).map_or(word, |(_, here)| *here)
}

#[test]
fn commands_are_found_in_text_and_tables() {
    let text = "a `rosterd plan\nNAME` and `rosterd` `rosterd schema | tee x`.\n\n```sh\n`rosterd no`\n```\n| `rosterd status` · `runs` | `x` |\n";
    assert_eq!(spans(text), ["rosterd plan NAME", "rosterd schema", "rosterd status", "rosterd runs"]);
    let read = readings("rosterd resend NAME WHO…|--all [--json]");
    assert_eq!(
        read,
        [
            "rosterd resend NAME WHO --json",
            "rosterd resend NAME --all --json",
            "rosterd resend NAME WHO ",
            "rosterd resend NAME --all "
        ]
    );
}
