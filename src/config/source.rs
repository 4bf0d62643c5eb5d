//! The files a config is read from, and what was in them.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use nix::libc::O_NONBLOCK;

use crate::roster::Fingerprint;

/// Longer than any config, secret or list of authorities.
pub(super) const LONGEST: usize = 4 << 20;

/// Files while a config is read from them. Each is read once: what is remembered of a file is what was made of it.
#[derive(Default)]
pub(super) struct Files(RefCell<BTreeMap<PathBuf, Result<Vec<u8>, String>>>);

/// Every file a config was read from or looked for in, and what was in it or why it could not be read. Its `Debug`
/// shows paths only: a short secret can be guessed from its fingerprint.
#[derive(Default)]
pub struct Sources(BTreeMap<PathBuf, Result<Fingerprint, String>>);

impl Files {
    /// What is in a file, or why it can't be read.
    pub fn read(&self, path: &Path) -> Result<Vec<u8>, String> {
        self.0.borrow_mut().entry(path.to_owned()).or_insert_with(|| read(path)).clone()
    }

    /// What was in a file, also where it can't be read.
    pub fn fingerprint(&self, path: &Path) -> Result<Fingerprint, String> {
        self.read(path).map(|bytes| Fingerprint::of(&bytes))
    }

    /// What is remembered of them.
    pub fn close(self) -> Sources {
        let remembered =
            |(path, content): (_, Result<Vec<u8>, _>)| (path, content.map(|bytes| Fingerprint::of(&bytes)));
        Sources(self.0.into_inner().into_iter().map(remembered).collect())
    }
}

impl Sources {
    /// Whether in every file still is what was in it; reads them all.
    pub fn are_as_read(&self) -> bool {
        self.0.iter().all(|(path, known)| read(path).map(|bytes| Fingerprint::of(&bytes)) == *known)
    }
}

impl fmt::Debug for Sources {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

/// Neither waits for somebody to write to a pipe, nor reads a device that never ends.
fn read(path: &Path) -> Result<Vec<u8>, String> {
    // Opening a pipe waits for its other end, unless told otherwise.
    let file = File::options().read(true).custom_flags(O_NONBLOCK).open(path).map_err(|error| words(&error))?;
    let kind = file.metadata().map_err(|error| words(&error))?.file_type();
    if !kind.is_file() {
        let what = if kind.is_dir() { "a folder" } else { "a pipe or a device" };
        return Err(format!("it is {what}, not a file"));
    }
    let mut bytes = Vec::new();
    file.take(LONGEST as u64 + 1).read_to_end(&mut bytes).map_err(|error| words(&error))?;
    if bytes.len() > LONGEST {
        return Err("it is larger than 4 MiB".to_owned());
    }
    Ok(bytes)
}

fn words(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "there is no such file".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied".to_owned(),
        _ => error.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn what_is_remembered_is_what_was_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "one").unwrap();
        let files = Files::default();
        assert_eq!(files.read(&path), Ok(b"one".to_vec()));
        fs::write(&path, "two").unwrap();
        // Used again by the same config, it is what it was: one config is never made of two versions.
        assert_eq!(files.read(&path), Ok(b"one".to_vec()));
        let sources = files.close();
        assert!(!sources.are_as_read());
        fs::write(&path, "one").unwrap();
        assert!(sources.are_as_read());
    }

    #[test]
    fn a_file_that_is_missing_is_remembered_too_and_none_holds_what_an_error_says() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let files = Files::default();
        let why = files.read(&path).unwrap_err();
        assert_eq!(why, "there is no such file");
        let sources = files.close();
        assert!(sources.are_as_read());
        fs::write(&path, why).unwrap();
        assert!(!sources.are_as_read());
    }

    #[test]
    fn only_paths_are_shown() {
        let files = Files::default();
        files.read(Path::new("/nowhere/secret")).unwrap_err();
        assert_eq!(format!("{:?}", files.close()), r#"["/nowhere/secret"]"#);
    }
}
