//! The environment that libkrb5 goes by.
//!
//! libgssapi takes a keytab and a cache for tickets only by the variables of the process, and a
//! process can't safely change its own once it has threads. So the program starts itself once more, as the same process,
//! with variables that name two files which nobody else has; what is in them changes from bind to bind. No cache of a
//! user is read or written, and no bind goes by the ticket of an earlier one, which may outlive its account by hours.

use std::fs::{self, DirBuilder};
use std::io;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, process};

use nix::unistd::geteuid;

/// See kerberos(7) of MIT krb5.
const VARIABLES: [(&str, &str); 2] = [("KRB5_CLIENT_KTNAME", "keytab"), ("KRB5CCNAME", "tickets")];

/// The process's folder, which is there as long as a bind. The process keeps its number when it starts itself anew.
fn folder() -> PathBuf {
    env::temp_dir().join(format!("rosterd-kerberos-{}", process::id()))
}

fn variables() -> [(&'static str, String); 2] {
    VARIABLES.map(|(name, file)| (name, format!("FILE:{}", folder().join(file).display())))
}

/// Whether the variables are ours.
fn is_own() -> bool {
    variables().iter().all(|(name, value)| env::var_os(name).is_some_and(|found| found.to_str() == Some(value)))
}

/// Starts the program anew with variables of its own, unless they are there. Where that fails it goes on without them,
/// and a bind by Kerberos says so.
pub fn take_over() {
    if is_own() {
        return;
    }
    let (Ok(program), mut arguments) = (env::current_exe(), env::args_os()) else { return };
    let mut command = Command::new(program);
    if let Some(name) = arguments.next() {
        command.arg0(name);
    }
    // Comes back only with an error.
    let _ = command.args(arguments).envs(variables()).exec();
}

/// Removes what a bind that was not waited for has left, at the end of the process.
pub fn leave() {
    if is_own() {
        drop(Own(folder()));
    }
}

/// The keytab of one bind and its tickets, where the variables say; gone with this value.
pub(super) struct Own(PathBuf);

impl Own {
    pub(super) fn new(keytab: &Path) -> io::Result<Self> {
        let folder = folder();
        if !is_own() {
            return Err(io::Error::other("rosterd could not start itself anew"));
        }
        // Of a process that was killed and had the same number.
        if fs::symlink_metadata(&folder).is_ok_and(|left| left.is_dir() && left.uid() == geteuid().as_raw()) {
            fs::remove_dir_all(&folder)?;
        }
        DirBuilder::new().mode(0o700).create(&folder)?;
        symlink(keytab, folder.join(VARIABLES[0].1))?;
        Ok(Self(folder))
    }
}

impl Drop for Own {
    fn drop(&mut self) {
        // What is left is nobody else's to read, and goes with the next bind.
        let _ = fs::remove_dir_all(&self.0);
    }
}
