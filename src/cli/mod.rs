//! The command line: one file a command; nothing but arguments and rendering.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};

use crate::report::Exit;

mod approve;
mod check;
mod context;
#[cfg(feature = "sandbox")]
mod demo;
mod explain;
mod import;
mod look;
mod output;
mod pause;
mod plan;
mod progress;
mod resend;
mod retry;
mod runs;
#[cfg(feature = "sandbox")]
mod sandbox;
mod status;
mod sync;
mod who;

const AFTER_HELP: &str = "\
First steps: rosterd check, then rosterd plan, then rosterd sync. Every day: rosterd status.

Exit codes: 0 done, 1 failed, 2 usage or config, 3 done but members are newly invalid or refused,
4 held until approved, 6 deliveries still pending; plan --check: 5 when there is something to do.";

/// Keeps member rosters in step with a company directory.
#[derive(Debug, Parser)]
#[command(name = "rosterd", version, about, max_term_width = 100, after_help = AFTER_HELP)]
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
    /// Show how everything stands, and what needs attention.
    Status(status::Status),
    /// Show the last runs.
    Runs(runs::Runs),
    /// Show one person's story: directory, rules, payload, target, and what happened.
    Explain(explain::Explain),
    /// Check the config, the directories and a sample of their people; nothing is sent.
    Check(check::Check),
    /// Let held changes go.
    Approve(approve::Approve),
    /// Try members again that the target refused.
    Retry(retry::Retry),
    /// Forget what the target confirmed, and send it again.
    Resend(resend::Resend),
    /// Say which identities the target knows, so that whoever is not in the directory leaves.
    Import(import::Import),
    /// Let nothing of a sync run; kept over restarts.
    Pause(pause::Pause),
    /// Let a sync run again.
    Resume(pause::Resume),
    /// Stand in for the target systems, with their real limits.
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::Sandbox),
    /// See it work: a directory, a target, and a story of what happens between them.
    #[cfg(feature = "sandbox")]
    Demo(demo::Demo),
}

/// The process's arguments; a mistake in them is told the way its output was asked for.
pub fn arguments() -> Result<Arguments, Exit> {
    Arguments::try_parse().map_err(|error| {
        if !error.use_stderr() {
            // `--help` and `--version`: no mistake.
            let _ = error.print();
            return Exit::Done;
        }
        let json = std::env::args_os().take_while(|argument| argument != "--").any(|argument| argument == "--json");
        if json {
            output::failure(&output::Failure::usage(output::mistake(&error.to_string())), json);
        } else {
            let _ = error.print();
        }
        Exit::Usage
    })
}

/// Runs a command to its end.
pub async fn run(arguments: Arguments) -> Exit {
    let Arguments { global, command } = arguments;
    let ended = match command {
        Command::Sync(command) => command.run(&global).await,
        Command::Plan(command) => command.run(&global).await,
        Command::Status(command) => command.run(&global).await,
        Command::Runs(command) => command.run(&global).await,
        Command::Explain(command) => command.run(&global).await,
        Command::Check(command) => command.run(&global).await,
        Command::Approve(command) => command.run(&global).await,
        Command::Retry(command) => command.run(&global).await,
        Command::Resend(command) => command.run(&global).await,
        Command::Import(command) => command.run(&global).await,
        Command::Pause(command) => command.run(&global).await,
        Command::Resume(command) => command.run(&global).await,
        #[cfg(feature = "sandbox")]
        Command::Sandbox(command) => command.run(&global).await,
        #[cfg(feature = "sandbox")]
        Command::Demo(command) => command.run(&global).await,
    };
    ended.unwrap_or_else(|failure| {
        output::failure(&failure, global.json);
        failure.exit
    })
}
