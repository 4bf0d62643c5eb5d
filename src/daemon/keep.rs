//! Sees to secrets: a file is there as a whole, also after a loss of power, or what was there before; a command has ended
//! well, or it has nothing.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt};
use std::path::Path;
use std::time::Duration;

use secrecy::ExposeSecret;

use super::hand::hand;
use crate::destination::{Chore, Secret};

/// How long a command may take.
const PATIENCE: Duration = Duration::from_mins(1);

/// More room than any secret takes.
const ROOM: usize = 4096;

/// Does it. The error is fit for logs.
pub async fn see_to(chore: &Chore) -> Result<(), String> {
    match chore {
        Chore::Prepare(folder) => {
            prepare(folder).map_err(|why| format!("no secret could be kept in {}: {why}", folder.display()))
        }
        Chore::Keep(secret) => keep(secret).await,
        Chore::Discard(path) => {
            discard(path).map_err(|error| format!("{}, a secret's file, can't be removed: {error}", path.display()))
        }
    }
}

async fn keep(secret: &Secret) -> Result<(), String> {
    let Secret { path, command, value } = secret;
    let bytes = value.expose_secret().as_bytes();
    if let Some(path) = path {
        write(path, bytes).map_err(|error| format!("the secret can't be kept in {}: {error}", path.display()))?;
    }
    match command.split_first() {
        Some((program, arguments)) => hand(program, arguments, bytes, PATIENCE)
            .await
            .map_err(|why| format!("{program} (`on_secret`) did not take the secret: {why}")),
        None => Ok(()),
    }
}

/// Writes and removes as much as a secret takes.
fn prepare(folder: &Path) -> Result<(), String> {
    let plain = |error: io::Error| error.to_string();
    DirBuilder::new().recursive(true).mode(0o700).create(folder).map_err(plain)?;
    if fs::metadata(folder).map_err(plain)?.mode() & 0o077 != 0 {
        return Err("others may enter it: chmod 700".to_owned());
    }
    let probe = folder.join(".room");
    fill(&probe, &[b' '; ROOM]).and_then(|()| fs::remove_file(&probe)).map_err(plain)
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = parent(path);
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let draft = path.with_added_extension("new");
    fill(&draft, bytes)?;
    fs::rename(&draft, path)?;
    File::open(folder)?.sync_all()
}

/// Makes a file anew, so that its mode is ours: a crash may have left one. Half a file is not left behind.
fn fill(path: &Path, bytes: &[u8]) -> io::Result<()> {
    remove(path)?;
    let mut file = OpenOptions::new().create_new(true).write(true).mode(0o600).open(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).inspect_err(|_| drop(fs::remove_file(path)))
}

fn discard(path: &Path) -> io::Result<()> {
    remove(&path.with_added_extension("new"))?;
    remove(path)?;
    match File::open(parent(path)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        folder => folder?.sync_all(),
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    fn secret(path: &Path, value: &str) -> Chore {
        Chore::Keep(Secret { path: Some(path.to_owned()), command: Vec::new(), value: value.into() })
    }

    /// A command that is a shell's.
    fn told(script: &str) -> Chore {
        let command = ["/bin/sh", "-c", script].map(str::to_owned).to_vec();
        Chore::Keep(Secret { path: None, command, value: "{\"clientSecret\":\"hush\"}".into() })
    }

    fn folder() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let secrets = folder.path().join("secrets");
        (folder, secrets)
    }

    #[tokio::test]
    async fn the_newest_secret_is_there_for_its_owner_alone() {
        let (_folder, secrets) = folder();
        let path = secrets.join("k1.json");
        fs::create_dir(&secrets).unwrap();
        fs::write(path.with_added_extension("new"), "half of it").unwrap();
        for value in ["one", "two"] {
            see_to(&secret(&path, value)).await.unwrap();
            assert_eq!(fs::read_to_string(&path).unwrap(), value);
        }
        assert_eq!(path.metadata().unwrap().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(&secrets).unwrap().count(), 1);
        for _ in 0..2 {
            see_to(&Chore::Discard(path.clone())).await.unwrap();
            assert_eq!(fs::read_dir(&secrets).unwrap().count(), 0);
        }
    }

    #[tokio::test]
    async fn a_folder_is_made_private_and_one_that_cant_be_made_is_named() {
        let (_folder, secrets) = folder();
        let path = secrets.join("k1.json");
        see_to(&secret(&path, "one")).await.unwrap();
        assert_eq!(secrets.metadata().unwrap().mode() & 0o777, 0o700);
        let beyond = path.join("k2.json");
        let why = see_to(&secret(&beyond, "one")).await.unwrap_err();
        assert!(why.contains(&beyond.display().to_string()) && !why.contains("one"), "{why}");
        assert!(see_to(&Chore::Discard(beyond)).await.is_err());
    }

    #[tokio::test]
    async fn where_no_secret_could_be_kept_is_known_before_there_is_one() {
        let (_folder, secrets) = folder();
        see_to(&Chore::Prepare(secrets.clone())).await.unwrap();
        assert_eq!(fs::read_dir(&secrets).unwrap().count(), 0);
        let mut mode = secrets.metadata().unwrap().permissions();
        std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o750);
        fs::set_permissions(&secrets, mode).unwrap();
        let why = see_to(&Chore::Prepare(secrets.clone())).await.unwrap_err();
        assert!(why.contains(&secrets.display().to_string()) && why.contains("chmod 700"), "{why}");
        assert!(see_to(&Chore::Prepare(PathBuf::from("/proc/secrets"))).await.is_err());
        assert!(see_to(&Chore::Prepare(PathBuf::from("/dev/full"))).await.is_err());
    }

    #[tokio::test]
    async fn a_command_counts_when_it_ends_well() {
        let (folder, _) = folder();
        let got = folder.path().join("got");
        let script = format!("cat > {0}; env | grep -c CARGO >> {0}; true", got.display());
        see_to(&told(&script)).await.unwrap();
        assert_eq!(fs::read_to_string(got).unwrap(), "{\"clientSecret\":\"hush\"}0\n");
        see_to(&told("exec <&-; exit 0")).await.unwrap();
        let why = see_to(&told("cat >&2; exit 3")).await.unwrap_err();
        assert!(why.contains("/bin/sh (`on_secret`)") && why.contains("exit status: 3"), "{why}");
        assert!(!why.contains("hush"), "{why}");
        let missing = Secret { path: None, command: vec!["/nowhere/vault".to_owned()], value: "hush".into() };
        assert!(see_to(&Chore::Keep(missing)).await.unwrap_err().contains("No such file"));
    }
}
