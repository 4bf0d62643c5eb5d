//! `rosterd run`: the daemon, and the commands that are given at its control socket.

use std::iter;
use std::path::absolute;
use std::sync::Arc;

use clap::{Args, Parser};
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::spawn_blocking;

use super::context::Context;
use super::output::{self, Failure};
use super::voice::Voice;
use super::{Arguments, Manner};
use crate::daemon::control::{Frame, Handler, Invocation, Peer};
use crate::daemon::life::{self, LifeError};
use crate::daemon::{Daemon, peer, told};
use crate::report::{Exit, Sight};

/// The daemon.
#[derive(Debug, Args)]
pub struct Run {}

impl Run {
    /// Runs until it is told to stop.
    pub async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let file = context.config_file();
        let file = absolute(&file).map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
        let handler = |daemon: Arc<Daemon>| -> Arc<Handler> {
            Arc::new(move |invocation, file, peer, frames| {
                Box::pin(answer(daemon.clone(), invocation, file, peer, frames))
            })
        };
        life::live(&file, output::colours(&std::io::stderr()), handler).await.map_err(|error| match error {
            LifeError::Config(faults) => Failure::usage(output::faults(&faults, context.json)),
            error => Failure::new(error.to_string()),
        })?;
        Ok(Exit::Done)
    }
}

/// Runs a command that somebody gives at the control socket.
async fn answer(
    daemon: Arc<Daemon>,
    invocation: Invocation,
    file: Vec<u8>,
    peer: Peer,
    frames: UnboundedSender<Frame>,
) {
    let last = if daemon.goes_by(&invocation.config) {
        let voice = Voice::Sent(frames.clone());
        Frame::Exit(Box::pin(obey(daemon, invocation, file, peer, voice)).await.code())
    } else {
        Frame::Elsewhere
    };
    // Whoever asked may be gone by now.
    let _ = frames.send(last);
}

async fn obey(daemon: Arc<Daemon>, invocation: Invocation, file: Vec<u8>, peer: Peer, voice: Voice) -> Exit {
    let Invocation { arguments, by, .. } = invocation;
    let Arguments { global, command } =
        match Arguments::try_parse_from(iter::once("rosterd".to_owned()).chain(arguments)) {
            Ok(arguments) => arguments,
            Err(error) => {
                voice.aside(&format!("rosterd: the daemon is version {}\n{error}", env!("CARGO_PKG_VERSION")));
                return Exit::Usage;
            }
        };
    let json = global.json;
    let (name, manner) = (command.name(), command.manner());
    let done = match permitted(&daemon, manner, peer, by).await {
        Ok((by, sight)) => {
            if manner == Manner::Steers {
                told::commanded(&by, name, command.sync());
            }
            daemon.counted().commanded(name);
            let context = Context::in_daemon(daemon, file, json, (by, sight), voice.clone());
            Box::pin(command.run_anywhere(&context)).await
        }
        Err(failure) => Err(failure),
    };
    done.unwrap_or_else(|failure| {
        voice.failure(&failure, json);
        failure.exit
    })
}

/// Under whose name a command is run, when its giver may give it, and what of people they are shown. Root may have become so
/// by `sudo`, and is believed.
async fn permitted(daemon: &Daemon, manner: Manner, peer: Peer, by: String) -> Result<(String, Sight), Failure> {
    let config = daemon.config();
    let look = move || {
        let sight = if peer::may_read(peer.uid, &config.state) { Sight::Values } else { Sight::NoValues };
        (peer.uid == 0 || peer::may_steer(peer.uid, &config.approvers), sight, peer::name(peer.uid))
    };
    // Accounts may be looked up in a directory, which may be slow.
    let (may_steer, sight, name) = spawn_blocking(look).await.map_err(|error| Failure::new(error.to_string()))?;
    match manner {
        Manner::Looks | Manner::Alone => Ok((name, sight)),
        Manner::Steers if peer.uid == 0 => Ok((by, sight)),
        Manner::Steers if may_steer => Ok((name, sight)),
        Manner::Steers => Err(Failure::new(format!(
            "{name} may look, but not change anything: that is for root and the `approvers` of the config"
        ))),
    }
}
