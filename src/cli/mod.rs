//! The command line: one file a command; nothing but arguments and rendering.

use std::path::{Path, PathBuf};

use clap::{Args, FromArgMatches, Parser, Subcommand};

use self::context::Context;
use self::output::Failure;
use self::voice::Voice;
use crate::discretion;
use crate::report::Exit;

mod approve;
mod check;
mod clients;
mod completions;
mod context;
#[cfg(feature = "sandbox")]
mod demo;
mod examples;
mod explain;
mod forget;
mod import;
mod init;
mod man;
mod notify;
mod open;
mod output;
mod pause;
mod plan;
mod remote;
mod resend;
mod retry;
mod run;
mod runs;
#[cfg(feature = "sandbox")]
mod sandbox;
mod schema;
mod scopes;
mod status;
mod sync;
mod voice;
mod who;

const AFTER_HELP: &str = "\
First steps: rosterd init, check, then plan, then sync; then its service, or rosterd run. Every day: rosterd status.

Exit codes: 0 done, 1 failed, 2 usage or config, 3 done but members are newly invalid or refused,
4 held until approved, 6 deliveries still pending; plan --check: 5 when there is something to do.";

/// The config file where none is named.
const CONFIG: &str = "/etc/rosterd/rosterd.yaml";

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
        default_value = CONFIG
    )]
    config: PathBuf,
    /// Output for programs.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write a first config: look at the directory, and propose what fits it.
    Init(Box<init::Init>),
    /// Run as a daemon: syncs by their schedules, until stopped; the config is followed while it runs.
    Run(run::Run),
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
    /// Print a link that shows people in a browser, once.
    Open(open::Open),
    /// Show the API clients at a destination: ours and others', and whether ours are as they were confirmed.
    Clients(clients::Clients),
    /// Show the scopes that API clients can be given at a destination.
    Scopes(scopes::Scopes),
    /// Check the config, the directories and a sample of their people; nothing is sent.
    Check(check::Check),
    /// Tell everybody whom `notify` names that this is a test, and say how each took it.
    Notify(notify::Notify),
    /// Let held changes go.
    Approve(approve::Approve),
    /// Try members again that the target refused.
    Retry(retry::Retry),
    /// Forget what the target confirmed, and send it again.
    Resend(resend::Resend),
    /// Say which identities the target knows, so that whoever is not in the directory leaves.
    Import(import::Import),
    /// Forget somebody who is gone, in every sync.
    Forget(forget::Forget),
    /// Let nothing of a sync run; kept over restarts.
    Pause(pause::Pause),
    /// Let a sync run again.
    Resume(pause::Resume),
    /// Print the config's JSON Schema, with which editors complete and check it.
    Schema(schema::Schema),
    /// Print a shell's completions: bash, zsh or fish.
    Completions(completions::Completions),
    /// Print rosterd(1), or write all manual pages into a folder.
    Man(man::Man),
    /// Stand in for the target systems, with their real limits.
    #[cfg(feature = "sandbox")]
    Sandbox(sandbox::Sandbox),
    /// See it work: a directory, a target, and a story of what happens between them.
    #[cfg(feature = "sandbox")]
    Demo(demo::Demo),
}

/// How a command goes about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Manner {
    /// In a process of its own, whether a daemon runs or not.
    Alone,
    /// Looks at what is known; a running daemon does it for whoever may open its socket.
    Looks,
    /// Changes something; a running daemon does it for root and approvers.
    Steers,
}

impl Command {
    /// As it is typed.
    fn name(&self) -> &'static str {
        match self {
            Self::Init(_) => "init",
            Self::Run(_) => "run",
            Self::Sync(_) => "sync",
            Self::Plan(_) => "plan",
            Self::Status(_) => "status",
            Self::Runs(_) => "runs",
            Self::Explain(_) => "explain",
            Self::Open(_) => "open",
            Self::Clients(_) => "clients",
            Self::Scopes(_) => "scopes",
            Self::Check(_) => "check",
            Self::Notify(_) => "notify",
            Self::Approve(_) => "approve",
            Self::Retry(_) => "retry",
            Self::Resend(_) => "resend",
            Self::Import(_) => "import",
            Self::Forget(_) => "forget",
            Self::Pause(_) => "pause",
            Self::Resume(_) => "resume",
            Self::Schema(_) => "schema",
            Self::Completions(_) => "completions",
            Self::Man(_) => "man",
            #[cfg(feature = "sandbox")]
            Self::Sandbox(_) => "sandbox",
            #[cfg(feature = "sandbox")]
            Self::Demo(_) => "demo",
        }
    }

    /// The one sync that it steers.
    fn sync(&self) -> Option<&str> {
        match self {
            Self::Approve(command) => Some(&command.name),
            Self::Retry(command) => Some(&command.name),
            Self::Resend(command) => Some(&command.name),
            Self::Import(command) => Some(&command.name),
            Self::Pause(command) => Some(&command.name),
            Self::Resume(command) => Some(&command.name),
            _ => None,
        }
    }

    fn manner(&self) -> Manner {
        match self {
            Self::Plan(_)
            | Self::Status(_)
            | Self::Runs(_)
            | Self::Explain(_)
            | Self::Open(_)
            | Self::Clients(_)
            | Self::Scopes(_) => Manner::Looks,
            Self::Sync(_)
            | Self::Notify(_)
            | Self::Approve(_)
            | Self::Retry(_)
            | Self::Resend(_)
            | Self::Import(_)
            | Self::Forget(_)
            | Self::Pause(_)
            | Self::Resume(_) => Manner::Steers,
            // `check` looks at the file as it is now, not at what the daemon goes by.
            Self::Init(_) | Self::Check(_) | Self::Run(_) | Self::Schema(_) | Self::Completions(_) | Self::Man(_) => {
                Manner::Alone
            }
            #[cfg(feature = "sandbox")]
            Self::Sandbox(_) | Self::Demo(_) => Manner::Alone,
        }
    }

    /// A file that it reads.
    fn file(&self) -> Option<&Path> {
        match self {
            Self::Import(command) => Some(command.file()),
            _ => None,
        }
    }

    /// In a process of its own.
    async fn run(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Init(command) => command.run(context).await,
            Self::Run(command) => command.run(context).await,
            Self::Check(command) => command.run(context).await,
            Self::Schema(schema::Schema {}) => Ok(schema::Schema::run(context)),
            Self::Completions(command) => Ok(command.run(context)),
            Self::Man(command) => command.run(context),
            #[cfg(feature = "sandbox")]
            Self::Sandbox(command) => command.run(context).await,
            #[cfg(feature = "sandbox")]
            Self::Demo(command) => command.run(context).await,
            asked => Box::pin(asked.run_anywhere(context)).await,
        }
    }

    /// Here or in the daemon.
    async fn run_anywhere(self, context: &Context) -> Result<Exit, Failure> {
        match self {
            Self::Sync(command) => Box::pin(command.run(context)).await,
            Self::Plan(command) => command.run(context).await,
            Self::Status(command) => command.run(context).await,
            Self::Runs(command) => command.run(context).await,
            Self::Explain(command) => command.run(context).await,
            Self::Open(open::Open {}) => open::Open::run(context),
            Self::Clients(command) => command.run(context).await,
            Self::Scopes(command) => command.run(context).await,
            Self::Notify(command) => command.run(context).await,
            Self::Approve(command) => command.run(context).await,
            Self::Retry(command) => command.run(context).await,
            Self::Resend(command) => command.run(context).await,
            Self::Import(command) => command.run(context).await,
            Self::Forget(command) => command.run(context).await,
            Self::Pause(command) => command.run(context).await,
            Self::Resume(command) => command.run(context).await,
            _ => Err(Failure::usage(format!("`{}` is not for the daemon", self.name()))),
        }
    }
}

/// The process's arguments; a mistake in them is told the way its output was asked for.
pub fn arguments() -> Result<Arguments, Exit> {
    let mut command = examples::command();
    let matches = command.try_get_matches_from_mut(std::env::args_os());
    let arguments = matches.and_then(|matches| Arguments::from_arg_matches(&matches));
    arguments.map_err(|error| {
        let error = error.format(&mut command);
        if !error.use_stderr() {
            // `--help` and `--version`: no mistake.
            let _ = error.print();
            return Exit::Done;
        }
        let json = std::env::args_os().take_while(|argument| argument != "--").any(|argument| argument == "--json");
        if json {
            Voice::Own.failure(&Failure::usage(output::mistake(&error.to_string())), json);
        } else {
            let _ = error.print();
        }
        Exit::Usage
    })
}

/// Runs a command to its end, by the daemon when one runs that goes by the same config. Gives the exit code.
pub async fn run(arguments: Arguments) -> u8 {
    let Arguments { global, command } = arguments;
    let json = global.json;
    // The schema, completions and manual pages are everybody's.
    if !matches!(command, Command::Schema(_) | Command::Completions(_) | Command::Man(_)) {
        discretion::of_files();
    }
    let ended = match remote::ask_daemon(&command, &global).await {
        Ok(None) => Box::pin(command.run(&Context::here(global.config, json))).await,
        Ok(Some(code)) => return code,
        Err(failure) => Err(failure),
    };
    let ended = ended.unwrap_or_else(|failure| {
        Voice::Own.failure(&failure, json);
        failure.exit
    });
    ended.code()
}
