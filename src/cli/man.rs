//! `rosterd man`: the manual pages, made of what `--help` says.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use clap::Args;

use super::context::Context;
use super::examples;
use super::output::Failure;
use crate::report::Exit;

/// What no argument tells; at the end of rosterd(1).
const FILES: &str = r"
.SH FILES
.TP
\fI/etc/rosterd/rosterd.yaml\fR
The config; every setting is explained in it. A running daemon follows its changes.
.TP
\fI/etc/rosterd/credentials/NAME\fR
A secret, root's own: what the config calls ${cred:NAME}. The unit hands them to the daemon when it starts.
.TP
\fI/var/lib/rosterd\fR
What rosterd knows of people and targets, and the history.
.TP
\fI/run/rosterd/control.sock\fR
How these commands talk to a running daemon.
";

/// The manual pages: rosterd(1), and one for each command.
#[derive(Debug, Args)]
pub struct Man {
    /// Write all pages into this folder; without it, rosterd(1) is printed.
    #[arg(long, value_name = "FOLDER")]
    out: Option<PathBuf>,
}

impl Man {
    /// Needs neither config nor store.
    pub fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self.out {
            None => context.voice.say(&page().map_err(|error| Failure::new(error.to_string()))?),
            Some(folder) => {
                write(&folder)
                    .map_err(|error| Failure::new(format!("can't write to {}: {error}", folder.display())))?;
            }
        }
        Ok(Exit::Done)
    }
}

fn command() -> clap::Command {
    examples::command().disable_help_subcommand(true)
}

fn page() -> io::Result<String> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command()).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned() + FILES.trim_start())
}

fn write(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    clap_mangen::generate_to(command(), folder)?;
    fs::write(folder.join("rosterd.1"), page()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_has_a_page_that_rosterd_1_names() {
        let folder = tempfile::tempdir().unwrap();
        write(folder.path()).unwrap();
        let top = fs::read_to_string(folder.path().join("rosterd.1")).unwrap();
        let files = fs::read_dir(folder.path()).unwrap().count();
        assert_eq!(files, 1 + command().get_subcommands().count());
        for command in command().get_subcommands() {
            let name = format!("rosterd-{}", command.get_name());
            let shown = name.replace('-', r"\-");
            assert!(top.contains(&format!("{shown}(1)")), "{name} is not in {top}");
            let page = fs::read_to_string(folder.path().join(format!("{name}.1"))).unwrap();
            assert!(page.contains(&format!("{shown} \\-")), "{page}");
        }
        assert!(top.ends_with("running daemon.\n") && top.contains("Exit codes: 0 done"), "{top}");
    }
}
