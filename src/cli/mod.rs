//! The command line: one file a command; nothing but arguments and rendering.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::report::Exit;

mod context;
#[cfg(feature = "sandbox")]
mod demo;
mod output;
mod plan;
mod progress;
#[cfg(feature = "sandbox")]
mod sandbox;
mod sync;

/// Keeps member rosters in step with a company directory.
#[derive(Debug, Parser)]
#[command(name = "rosterd", version, about, max_term_width = 100)]
pub struct Arguments {
    #[command(flatten)]
    global: Global,
    #[command(subcommand)]
    command: Command,
}

/// What every command takes.
#[derive(Debug, Clone, Args)]
struct Global {
    /// The config file.
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "ROSTERD_CONFIG",
        default_value = "/etc/rosterd/rosterd.yaml"
    )]
    config: PathBuf,
    /// Output for programs.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run syncs once, now: read the directory, send what changed.
    Sync(sync::Sync),
    /// Show what a sync would do; nothing is sent or stored.
    Plan(plan::Plan),
    /// Stand in for the target systems, with their real limits.
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::Sandbox),
    /// See it work: a directory, a target, and a story of what happens between them.
    #[cfg(feature = "sandbox")]
    Demo(demo::Demo),
}

/// Runs a command to its end.
pub async fn run(arguments: Arguments) -> Exit {
    let Arguments { global, command } = arguments;
    let ended = match command {
        Command::Sync(command) => command.run(&global).await,
        Command::Plan(command) => command.run(&global).await,
        #[cfg(feature = "sandbox")]
        Command::Sandbox(command) => command.run().await,
        #[cfg(feature = "sandbox")]
        Command::Demo(command) => command.run(&global).await,
    };
    ended.unwrap_or_else(|failure| {
        output::failure(&failure, global.json);
        failure.exit
    })
}
