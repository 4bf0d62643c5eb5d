//! `rosterd completions`: what shells ask for.

use clap::Args;
use clap_complete::Shell;

use super::context::Context;
use super::examples;
use crate::report::Exit;

/// Completions for a shell, on standard output.
#[derive(Debug, Args)]
pub struct Completions {
    /// Which shell.
    #[arg(value_name = "SHELL")]
    shell: Shell,
}

impl Completions {
    /// Needs neither config nor store.
    pub fn run(self, context: &Context) -> Exit {
        context.voice.say(&script(self.shell));
        Exit::Done
    }
}

fn script(shell: Shell) -> String {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut examples::command(), "rosterd", &mut script);
    String::from_utf8_lossy(&script).into_owned()
}

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
        }
    }
}
