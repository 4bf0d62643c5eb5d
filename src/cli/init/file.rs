//! Where the config goes: never over one that somebody wrote.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt, fchown};
use std::path::Path;

use nix::unistd::{Group, Uid};
use secrecy::{ExposeSecret, SecretString};

use crate::cli::output::Failure;

/// What the packages put in its place for a start: nobody's work.
const EXAMPLE: &str = include_str!("../../../config/rosterd.example.yaml");

/// Whether a config is the packages' example still.
pub(in crate::cli) fn is_example(path: &Path) -> bool {
    fs::read(path).is_ok_and(|bytes| bytes == EXAMPLE.as_bytes())
}

/// As which the daemon runs.
const GROUP: &str = "rosterd";

/// Refuses a file that holds anything, unless that is the packages' example.
pub(super) fn free(path: &Path) -> Result<(), Failure> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Ok(bytes) if bytes.trim_ascii().is_empty() || bytes == EXAMPLE.as_bytes() => Ok(()),
        Ok(_) => Err(Failure::usage(format!(
            "{} is there already, and is not overwritten: move it away, or name another file with --out",
            path.display()
        ))),
        Err(error) => Err(Failure::usage(format!("{} can't be read: {error}", path.display()))),
    }
}

/// Writes a whole file or none; root's, for the daemon's group to read where there is one, and nobody else.
pub(super) fn write(path: &Path, text: &str) -> Result<(), Failure> {
    free(path)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = path.with_file_name(format!(".{name}.{}", std::process::id()));
    let written = put(path, &beside, text);
    // Where it was renamed it is gone already.
    let _ = fs::remove_file(&beside);
    written.map_err(|error| Failure::new(format!("{} can't be written: {error}", path.display())))
}

/// Keeps a secret for root alone, unless one is there already.
pub(super) fn keep(path: &Path, secret: &SecretString) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    let written = file.write_all(secret.expose_secret().as_bytes()).and_then(|()| file.sync_all());
    // Half of one would be refused, and count as a try.
    if written.is_err() { fs::remove_file(path).and(written) } else { written }
}

fn put(path: &Path, beside: &Path, text: &str) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(beside)?;
    file.write_all(text.as_bytes())?;
    let group = Group::from_name(GROUP)?.filter(|_| Uid::effective().is_root());
    if let Some(group) = group {
        readable_by(&file, group.gid.as_raw())?;
    }
    file.sync_all()?;
    // A link fails where somebody wrote one meanwhile.
    if path.exists() { fs::rename(beside, path) } else { fs::hard_link(beside, path) }
}

fn readable_by(file: &File, group: u32) -> io::Result<()> {
    fchown(file, None, Some(group))?;
    file.set_permissions(Permissions::from_mode(0o640))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_nobody_s_work_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("rosterd.yaml");
        write(&path, "one").unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o007, 0);
        let refused = write(&path, "two").unwrap_err();
        assert!(refused.message.contains("is there already"), "{}", refused.message);
        assert_eq!(fs::read_to_string(&path).unwrap(), "one");
        for nobodys in [EXAMPLE, "", "\n"] {
            fs::write(&path, nobodys).unwrap();
            write(&path, "three").unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), "three");
        }
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
    }

    #[test]
    fn a_secret_is_kept_for_its_owner_and_replaces_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ldap-password");
        keep(&path, &"typed".into()).unwrap();
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert!(keep(&path, &"another".into()).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "typed");
    }

    #[test]
    fn what_can_not_be_written_is_said() {
        let folder = tempfile::tempdir().unwrap();
        let failure = write(&folder.path().join("nowhere/rosterd.yaml"), "one").unwrap_err();
        assert!(failure.message.contains("can't be written: "), "{}", failure.message);
    }
}
