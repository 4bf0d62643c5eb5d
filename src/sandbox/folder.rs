//! A folder in which the sandbox is kept over restarts: a line for everything that can change it, written before it
//! takes effect and so before anybody is answered. Put in again at the same times, all of it comes to the same.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::input::{Ask, Hold, Turn};
use super::instant;

/// The first line, by which another way of writing would be noticed.
const HEAD: &str = "{\"rosterd_sandbox\":1}\n";

/// The file in the folder.
const FILE: &str = "journal";

/// A folder that nobody else uses, and what was put in so far.
pub struct Folder {
    pub(super) journal: Journal,
    pub(super) lines: Vec<Line>,
}

/// The file that grows.
pub(super) struct Journal {
    file: File,
    /// Up to which it is whole.
    length: u64,
}

/// Why a folder can't keep the sandbox.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// Somebody else has it.
    #[error("another sandbox keeps its state in {0}: stop it, or choose another folder")]
    Busy(String),
    /// It can't be made, read or written.
    #[error("the state in {folder} can't be used: {source}")]
    Unusable {
        /// Which.
        folder: String,
        /// Why.
        source: io::Error,
    },
    /// Something in it makes no sense.
    #[error("line {line} of {folder}/{FILE} makes no sense: {reason}: move it away to begin anew")]
    Senseless {
        /// Which.
        folder: String,
        /// Counted from 1.
        line: usize,
        /// Why.
        reason: String,
    },
}

/// What was put in, and when.
#[derive(Deserialize)]
pub(super) struct Line {
    #[serde(with = "instant")]
    pub(super) at: Timestamp,
    pub(super) input: Input,
}

/// What can be put in.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Input {
    Ask(Ask),
    Hold(Hold),
    Turn(Turn),
}

/// The same, about to be written.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Entry<'a> {
    Ask(&'a Ask),
    Hold(Hold),
    Turn(&'a Turn),
}

#[derive(Serialize)]
struct Draft<'a> {
    #[serde(with = "instant")]
    at: Timestamp,
    input: Entry<'a>,
}

impl Folder {
    /// Opens a folder, or makes it. A last line that was not written to its end is dropped: nobody was answered.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let name = path.display().to_string();
        let unusable = |source| FolderError::Unusable { folder: name.clone(), source };
        DirBuilder::new().recursive(true).mode(0o700).create(path).map_err(unusable)?;
        let opened = OpenOptions::new().create(true).read(true).append(true).mode(0o600).open(path.join(FILE));
        let mut file = opened.map_err(unusable)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(FolderError::Busy(name)),
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        let mut bytes = Vec::new();
        file.read_to_end(&mut bytes).map_err(unusable)?;
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |last| last + 1);
        bytes.truncate(whole);
        file.set_len(whole as u64).map_err(unusable)?;
        let mut journal = Journal { file, length: whole as u64 };
        if bytes.is_empty() {
            journal.append(HEAD.as_bytes()).map_err(unusable)?;
        }
        let lines = read(&bytes).map_err(|(line, reason)| FolderError::Senseless { folder: name, line, reason })?;
        Ok(Self { journal, lines })
    }
}

/// The lines, or the number of the first that makes no sense.
fn read(bytes: &[u8]) -> Result<Vec<Line>, (usize, String)> {
    let mut lines = bytes.split_inclusive(|byte| *byte == b'\n').zip(1..);
    if lines.next().is_some_and(|(first, _)| first != HEAD.as_bytes()) {
        return Err((1, "it was written by another version".into()));
    }
    lines.map(|(line, number)| serde_json::from_slice(line).map_err(|error| (number, error.to_string()))).collect()
}

impl Journal {
    /// Writes something down before it takes effect. Handed to the operating system, it outlives the process.
    pub(super) fn write(&mut self, input: Entry<'_>, at: Timestamp) -> io::Result<()> {
        let mut line = serde_json::to_vec(&Draft { at, input })?;
        line.push(b'\n');
        self.append(&line)
    }

    /// Forgets everything: a sandbox that was reset is one that has just begun.
    pub(super) fn clear(&mut self) -> io::Result<()> {
        self.length = HEAD.len() as u64;
        self.file.set_len(self.length)
    }

    /// Half a line would spoil all that come after it.
    fn append(&mut self, line: &[u8]) -> io::Result<()> {
        if let Err(error) = self.file.write_all(line) {
            self.file.set_len(self.length)?;
            return Err(error);
        }
        self.length += line.len() as u64;
        Ok(())
    }
}
