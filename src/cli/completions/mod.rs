//! `rosterd completions`: what shells ask for.

use std::ffi::OsString;

use clap::Args;
use clap_complete::Shell;

use super::context::Context;
use super::examples;
use crate::report::Exit;

mod names;

/// The function that asks this program for names, in each shell's words.
const BASH: &str = include_str!("names.bash");
const ZSH: &str = include_str!("names.zsh");
const FISH: &str = include_str!("names.fish");

/// Completions for a shell, on standard output.
#[derive(Debug, Args)]
pub struct Completions {
    /// Which shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
    /// For the script itself: the words before the cursor. What is printed then are the names that may follow.
    #[arg(value_name = "WORD", last = true, hide = true)]
    words: Vec<OsString>,
}

impl Completions {
    /// Needs neither config nor store; for names, a config.
    pub fn run(self, context: &Context) -> Exit {
        if self.words.is_empty() {
            context.voice.say(&script(self.shell));
        } else {
            let names = names::following(&self.words);
            context.voice.say(&names.into_iter().map(|name| name + "\n").collect::<String>());
        }
        Exit::Done
    }
}

fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut examples::command(), "rosterd", &mut script);
    let script = String::from_utf8_lossy(&script);
    match shell {
        Shell::Bash => script.replacen(BEGINS, ASKS, 1) + "\n" + BASH,
        // The file's last lines call what is defined before them.
        Shell::Zsh => script.replacen(BEGINS, &format!("{ZSH}\n{ASKS}"), 1),
        Shell::Fish => script.into_owned() + FISH,
        _ => script.into_owned(),
    }
}

/// How the function of bash and zsh begins.
const BEGINS: &str = "_rosterd() {\n";
/// The same, with names first: where one is wanted, nothing else is.
const ASKS: &str = "_rosterd() {\n    _rosterd_names \"$@\" && return 0\n";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_shell_is_told_every_command() {
        for (shell, first) in
            [(Shell::Bash, "_rosterd() {"), (Shell::Zsh, "#compdef rosterd"), (Shell::Fish, "# Print an optspec")]
        {
            let script = script(shell);
            assert!(script.starts_with(first), "{script}");
            for command in examples::command().get_subcommands() {
                assert!(script.contains(command.get_name()), "{shell}: {}", command.get_name());
            }
            assert_eq!(script.contains(ASKS), shell != Shell::Fish, "{script}");
        }
    }
}
