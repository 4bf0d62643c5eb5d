//! Examples, at the end of each command's `--help` and manual page.

use clap::{Command, CommandFactory};

use super::Arguments;

/// By command: what is typed, and what that does.
const EXAMPLES: &[(&str, &[(&str, &str)])] = &[
    (
        "init",
        &[
            ("sudo rosterd init", "asks, on a terminal, for what no flag says"),
            (
                "rosterd init --url ldap://localhost --anonymous --destination veris --destination-url http://localhost:8420 --client-id sandbox --out try.yaml",
                "without a terminal",
            ),
        ],
    ),
    (
        "run",
        &[
            ("rosterd run", "as its service does"),
            ("rosterd --config staging.yaml run", "in the foreground, by another config"),
        ],
    ),
    (
        "sync",
        &[
            ("rosterd sync", "all syncs, one after the other"),
            ("rosterd sync employees --full", "everybody is read, whatever `changes` says"),
            ("rosterd sync employees --wait 20m", "waits for tokens, a Retry-After, an import"),
        ],
    ),
    (
        "plan",
        &[
            ("rosterd plan employees", "who would join, change, leave, and why"),
            ("rosterd plan --check", "for scripts: only by the exit code"),
            ("rosterd plan --json", "field by field, for programs"),
        ],
    ),
    (
        "status",
        &[
            ("rosterd status", "what needs attention, and the command that tells more"),
            ("rosterd status --json", "for programs"),
        ],
    ),
    ("runs", &[("rosterd runs employees --limit 5", "the last five of a sync")]),
    (
        "explain",
        &[
            ("rosterd explain 100302", "by the identity at the target"),
            ("rosterd explain 46d2be25-37b5-44d2-8ac9-1c29f8c4be8e", "by the key in the directory"),
            ("rosterd explain 100302 --offline", "only what is recorded"),
        ],
    ),
    ("open", &[("sudo rosterd open", "a link, good once, for a browser of this host")]),
    ("clients", &[("rosterd clients loyalty-clients", "whom Capillary knows, by what is ours and what is not")]),
    ("scopes", &[("rosterd scopes loyalty-clients", "what can be given in a mapping of `scopes`")]),
    (
        "check",
        &[
            ("rosterd check", "the config, the directories, everybody in them; nothing is sent"),
            ("rosterd --config new.yaml check --offline", "a config before it takes the other one's place"),
        ],
    ),
    ("notify", &[("sudo rosterd notify --test", "whether they who are to be told can be")]),
    (
        "approve",
        &[
            ("rosterd approve employees 35ae486f --reason ticket-4712", "all that the plan of this id holds"),
            ("rosterd approve employees 35ae486f --only 100106", "one of them"),
        ],
    ),
    (
        "retry",
        &[("rosterd retry employees", "all who were refused"), ("rosterd retry employees 100302", "one of them")],
    ),
    (
        "resend",
        &[
            ("rosterd resend employees 100302", "somebody who is wrong at the target"),
            ("rosterd resend employees --all", "after a restored backup, or for another target"),
        ],
    ),
    ("import", &[("rosterd import employees members.csv", "then plan: who of them would leave")]),
    ("forget", &[("rosterd forget 100302 --reason ticket-4713", "in every sync; says what stays, and why")]),
    (
        "pause",
        &[
            ("rosterd pause employees --for 2h", "while the target is worked on"),
            ("rosterd pause employees", "until it is resumed"),
        ],
    ),
    ("resume", &[("rosterd resume employees", "the schedule goes on")]),
    (
        "schema",
        &[(
            "rosterd schema > rosterd.schema.json",
            "for editors that know JSON Schema; the packages bring it in /usr/share/rosterd",
        )],
    ),
    (
        "completions",
        &[("rosterd completions bash > /etc/bash_completion.d/rosterd", "the packages bring them already")],
    ),
    ("man", &[("rosterd man | man -l -", "rosterd(1)"), ("rosterd man --out man", "a page for each command")]),
    (
        "sandbox",
        &[
            ("rosterd sandbox", "all three targets, at 127.0.0.1:8420"),
            ("rosterd sandbox --state sandbox", "what was sent is there the next time, too"),
        ],
    ),
    (
        "demo",
        &[
            ("rosterd demo", "a story that runs for real; nothing of it stays"),
            ("rosterd demo --show-config", "what it runs"),
        ],
    ),
];

/// The command line, with examples.
pub(super) fn command() -> Command {
    let mut command = Arguments::command();
    for (name, examples) in EXAMPLES {
        // Not every build has every command.
        if command.find_subcommand(name).is_some() {
            command = command.mut_subcommand(name, |command| command.after_help(text(examples)));
        }
    }
    command
}

/// Columns of commands with what they do behind them; that of longer ones is below.
const WIDE: usize = 56;

fn text(examples: &[(&str, &str)]) -> String {
    let width = examples.iter().map(|(typed, _)| typed.len()).filter(|width| *width <= WIDE).max().unwrap_or_default();
    let lines = examples.iter().map(|(typed, does)| match typed.len() {
        ..=WIDE => format!("  {typed:width$}  {does}"),
        _ => format!("  {typed}\n      {does}"),
    });
    lines.fold("Examples:".to_owned(), |text, line| text + "\n" + &line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_examples_that_it_understands() {
        let command = command();
        for sub in command.get_subcommands() {
            assert!(EXAMPLES.iter().any(|(name, _)| *name == sub.get_name()), "{}", sub.get_name());
        }
        for (name, examples) in EXAMPLES {
            for (typed, _) in *examples {
                // As far as it is ours.
                let words = typed.split(['|', '>']).next().unwrap_or_default().split_whitespace();
                let words: Vec<_> = words.skip_while(|word| *word != "rosterd").collect();
                let matches =
                    command.clone().try_get_matches_from(&words).unwrap_or_else(|error| panic!("{typed}: {error}"));
                assert_eq!(matches.subcommand_name(), Some(*name), "{typed}");
            }
        }
    }

    #[test]
    fn help_ends_with_them() {
        let help = command().find_subcommand_mut("pause").unwrap().render_help().to_string();
        insta::assert_snapshot!(help.rsplit("\n\n").next().unwrap(), @r"
        Examples:
          rosterd pause employees --for 2h  while the target is worked on
          rosterd pause employees           until it is resumed
        ");
        let long = "rosterd sync ".repeat(5);
        assert_eq!(text(&[("rosterd", "a"), (&long, "b")]), format!("Examples:\n  rosterd  a\n  {long}\n      b"));
    }
}
