//! The control socket: what the command line and a running daemon say to each other.
//!
//! A client sends one line of JSON, an [`Invocation`] with the command's own arguments, and after it the bytes of the
//! file that the command reads, if any. The daemon runs the command just as the command line would, and answers with
//! [`Frame`]s, a line each, until the last one says how it ended. The protocol is this small so that a command line of
//! another version than the daemon's is understood, or told what it asked for in vain.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

mod client;
mod server;
#[cfg(test)]
mod tests;

pub use client::{ControlError, ask, connect};
pub use server::{Handler, Peer, listen, serve};

/// The longest line, in bytes.
const LINE: u64 = 1 << 20;

/// The largest file, in bytes: some 500,000 members.
pub const FILE: u64 = 64 << 20;

/// A command for the daemon.
#[derive(Debug, Serialize, Deserialize)]
pub struct Invocation {
    /// The config that is meant: a daemon with another one does not answer for it.
    pub config: PathBuf,
    /// The command and its arguments, as typed.
    pub arguments: Vec<String>,
    /// Who says to give it; believed of root only, who may have become so by `sudo`.
    pub by: String,
    /// How many bytes of a file follow.
    pub file: Option<u64>,
}

/// A part of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Frame {
    /// For standard output.
    Out(String),
    /// For standard error.
    Err(String),
    /// How far it is, for a terminal.
    Progress(String),
    /// The command ended with this exit code; the last frame.
    Exit(u8),
    /// The daemon goes by another config; the last frame.
    Elsewhere,
}
