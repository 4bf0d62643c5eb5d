//! Keeps a secret in a file: either the whole of it is there, also after a loss of power, or what was there before.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::Path;

use secrecy::ExposeSecret;

use crate::destination::Secret;

/// Writes a secret where only its owner can read it. The error is fit for logs.
pub fn keep(secret: &Secret) -> Result<(), String> {
    write(&secret.path, secret.value.expose_secret().as_bytes())
        .map_err(|error| format!("the secret can't be kept in {}: {error}", secret.path.display()))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let draft = path.with_added_extension("new");
    // Left by a crash; made anew, so that its mode is ours.
    match fs::remove_file(&draft) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(&draft)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&draft, path)?;
    File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::MetadataExt;

    use super::*;

    #[test]
    fn the_newest_secret_is_there_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets").join("k1.json");
        fs::create_dir(path.parent().unwrap()).unwrap();
        fs::write(path.with_added_extension("new"), "half of it").unwrap();
        for value in ["one", "two"] {
            keep(&Secret { path: path.clone(), value: value.into() }).unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), value);
        }
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_folder_is_made_private_and_one_that_cant_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("secrets").join("k1.json");
        keep(&Secret { path: path.clone(), value: "one".into() }).unwrap();
        assert_eq!(path.parent().unwrap().metadata().unwrap().mode() & 0o777, 0o700);
        let beyond = path.join("k2.json");
        let why = keep(&Secret { path: beyond.clone(), value: "one".into() }).unwrap_err();
        assert!(why.contains(&beyond.display().to_string()) && !why.contains("one"), "{why}");
    }
}
