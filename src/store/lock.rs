//! The lock that keeps two runs apart, and files that only their owner may read.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, lchown};
use std::path::Path;

use nix::errno::Errno;
use nix::sys::stat::{Mode, SFlag, mknod};
use nix::unistd::{AccessFlags, access};

use super::wording;

/// Held while a run is going on; the kernel lets go of it when the process ends, however it ends.
#[derive(Debug)]
pub struct Lock {
    _file: File,
}

/// Why the lock is not to be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Somebody has it: which folder, and who.
    #[error("another rosterd is at work on {0}: wait until it is done, or stop it")]
    Busy(String),
    /// The folder.
    #[error("{}", wording::folder(path, source))]
    Folder {
        /// Which.
        path: String,
        /// Why.
        source: io::Error,
    },
}

impl Lock {
    /// Takes the lock of a state folder, or says at once that somebody has it.
    pub fn take(folder: &Path) -> Result<Self, LockError> {
        let name = folder.display().to_string();
        let failed = |source| LockError::Folder { path: name.clone(), source };
        private_file(folder, "lock").map_err(failed)?;
        let mut file = OpenOptions::new().read(true).write(true).open(folder.join("lock")).map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                // Only for whoever is turned away: that it is locked, not what it holds, keeps others out.
                file.set_len(0).and_then(|()| write!(file, "{}", std::process::id())).map_err(failed)?;
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let mut id = String::new();
                let known = file.read_to_string(&mut id).is_ok_and(|read| read > 0);
                Err(LockError::Busy(if known { format!("{name} (process {id})") } else { name }))
            }
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

/// Whether a state folder that is there can be written. One that is not there is made by the first run.
pub fn writable(folder: &Path) -> Result<(), LockError> {
    match access(folder, AccessFlags::W_OK) {
        Ok(()) | Err(Errno::ENOENT) => Ok(()),
        Err(error) => Err(LockError::Folder { path: folder.display().to_string(), source: error.into() }),
    }
}

/// Makes a file that only its owner may read, and its folder, when they are not there. What root makes in a service's
/// folder belongs to the service, which could not open it otherwise; SQLite does the same for its own files.
///
/// It is made without being opened: closing any descriptor of a database lets go of all the locks that this process has
/// on it, also those of other connections, and whoever closes the store next would delete its log under them
/// (sqlite.org/howtocorrupt.html, 2.2).
pub(super) fn private_file(folder: &Path, name: &str) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let path = folder.join(name);
    match mknod(&path, SFlag::S_IFREG, Mode::S_IRUSR | Mode::S_IWUSR, 0) {
        Ok(()) | Err(Errno::EEXIST) => {}
        Err(error) => return Err(error.into()),
    }
    let (folder, made) = (folder.metadata()?, path.symlink_metadata()?);
    if made.uid() == 0 && folder.uid() != 0 {
        lchown(&path, Some(folder.uid()), Some(folder.gid()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::chown;

    use super::*;

    #[test]
    fn what_root_makes_belongs_to_the_folders_owner() {
        let folder = tempfile::tempdir().unwrap();
        // Only root can give a folder away; anybody else's files are their own anyway.
        let owner = if chown(folder.path(), Some(65534), Some(65534)).is_ok() {
            65534
        } else {
            folder.path().metadata().unwrap().uid()
        };
        private_file(folder.path(), "state.db").unwrap();
        let file = folder.path().join("state.db").metadata().unwrap();
        assert_eq!((file.uid(), file.mode() & 0o777), (owner, 0o600));
    }

    #[test]
    fn two_cannot_have_it_and_it_goes_with_its_holder() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let turned_away = Lock::take(folder.path()).unwrap_err().to_string();
        assert!(turned_away.contains(&format!("(process {})", std::process::id())), "{turned_away}");
        drop(first);
        assert!(Lock::take(folder.path()).is_ok());
    }
}
