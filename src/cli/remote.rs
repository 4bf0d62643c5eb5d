//! Has a running daemon run the command.

use std::io::IsTerminal;
use std::path::{Path, absolute};

use super::context;
use super::output::Failure;
use super::voice::{Bar, Voice};
use super::{CONFIG, Command, Global, Manner, who};
use crate::config::{CONTROL, Config, Environment};
use crate::daemon::control::{ControlError, FILE, Frame, Invocation, ask, connect};

/// The exit code with which the command ended; `None` when it is to be run here: no daemon runs, or it goes by another config.
pub async fn ask_daemon(command: &Command, global: &Global) -> Result<Option<u8>, Failure> {
    if command.manner() == Manner::Alone {
        return Ok(None);
    }
    let Some(arguments) = std::env::args_os().skip(1).map(|argument| argument.into_string().ok()).collect() else {
        return Ok(None);
    };
    let socket = Config::control_socket(&global.config, &Environment::of_process());
    let stream = match connect(&socket).await {
        Err(ControlError::Nobody) => return Ok(None),
        // The host's daemon is none of the business of somebody with a config of their own.
        Err(ControlError::Forbidden(_)) if socket == Path::new(CONTROL) && global.config != Path::new(CONFIG) => {
            return Ok(None);
        }
        reached => reached?,
    };
    let file = command.file().map(context::read).transpose()?;
    if file.as_ref().is_some_and(|file| file.len() as u64 > FILE) {
        return Err(Failure::usage("the file is larger than 64 MiB: the daemon takes smaller ones"));
    }
    let invocation = Invocation {
        config: absolute(&global.config).unwrap_or_else(|_| global.config.clone()),
        arguments,
        by: who::commander(),
        file: file.as_ref().map(|file| file.len() as u64),
    };
    let bar = std::io::stderr().is_terminal().then(Bar::new);
    let mut hear = |frame| match frame {
        Frame::Out(text) => Voice::Own.say(&text),
        Frame::Err(text) => Voice::Own.aside(&text),
        Frame::Progress(text) => bar.iter().for_each(|bar| bar.show(&text)),
        Frame::Exit(_) | Frame::Elsewhere => {}
    };
    match ask(stream, &invocation, &file.unwrap_or_default(), &mut hear).await? {
        Frame::Exit(code) => Ok(Some(code)),
        _ => Ok(None),
    }
}

impl From<ControlError> for Failure {
    fn from(error: ControlError) -> Self {
        Self::new(error.to_string())
    }
}
