//! Notices that what a config was read from has changed, by what is in the files: no way to replace a file is missed,
//! none that leaves it as it was is taken for a change, and it works on file systems that report no events.

use std::path::{Path, PathBuf};

use crate::config::{Config, Environment, Faults, Loaded, Sources};

/// Watches the files of the last config that was handed out, or of the last try.
#[derive(Debug)]
pub struct Watch {
    path: PathBuf,
    environment: Environment,
    sources: Sources,
    /// Loaded when a change was first seen; handed out once it is seen that nobody is still writing.
    candidate: Option<Loaded>,
}

impl Watch {
    /// Loads a config, and watches from then on what it was read from.
    pub fn start(path: &Path, environment: Environment) -> (Self, Result<Config, Faults>) {
        let mut watch = Self { path: path.to_owned(), environment, sources: Sources::default(), candidate: None };
        let config = watch.reload();
        (watch, config)
    }

    /// Loads it again, whether anything has changed or not.
    pub fn reload(&mut self) -> Result<Config, Faults> {
        self.candidate = None;
        let Loaded { config, sources } = Loaded::read(&self.path, &self.environment);
        self.sources = sources;
        config
    }

    /// The config anew, or what is wrong with it, when the files have changed since it was last handed out and are now
    /// as they were at the look before. To be asked at intervals: a second in which nothing was written says that
    /// the writing is over. Reads files, so it may block.
    ///
    /// What was made of the files is loaded at the first look and compared with them at the second. So what is
    /// remembered of them is what was loaded, and a file that changes in between is never missed.
    pub fn look(&mut self) -> Option<Result<Config, Faults>> {
        match self.candidate.take() {
            Some(Loaded { config, sources }) if sources.are_as_read() => {
                self.sources = sources;
                return Some(config);
            }
            _ if self.sources.are_as_read() => {}
            _ => self.candidate = Some(Loaded::read(&self.path, &self.environment)),
        }
        None
    }
}

#[cfg(test)]
mod tests;
