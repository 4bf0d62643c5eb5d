//! Who is at the other end of the control socket, and what they may do. Users and groups are asked of the system, so
//! those of a directory count (SSSD, winbind), and it may take a while.

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::ffi::CString;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::unistd::{Gid, Group, Uid, User, getgrouplist};

use crate::config::Approver;

/// Whether a user may approve and the like: root, the daemon's own user, and approvers. Who can't be looked up may not.
pub fn may_steer(uid: u32, approvers: &BTreeSet<Approver>) -> bool {
    let uid = Uid::from_raw(uid);
    uid.is_root() || uid == Uid::effective() || is_among(uid, approvers)
}

/// Whether a user may read what is stored in a folder: root, the daemon's own user, and whoever the modes let.
pub fn may_read(uid: u32, state: &Path) -> bool {
    let uid = Uid::from_raw(uid);
    let enters = || access(uid, state, 0o1);
    uid.is_root() || uid == Uid::effective() || enters() && access(uid, &state.join("state.db"), 0o4)
}

/// Whether a file's mode gives somebody a right.
fn access(uid: Uid, path: &Path, right: u32) -> bool {
    let Ok(file) = fs::metadata(path) else { return false };
    let right = if file.uid() == uid.as_raw() {
        right << 6
    } else if groups(uid).contains(&Gid::from_raw(file.gid())) {
        right << 3
    } else {
        right
    };
    file.mode() & right == right
}

/// A user's name, as the audit keeps it.
pub fn name(uid: u32) -> String {
    user(Uid::from_raw(uid)).map_or_else(|| format!("uid {uid}"), |user| user.name)
}

fn is_among(uid: Uid, approvers: &BTreeSet<Approver>) -> bool {
    // Only asked for when a group is, and then once.
    let groups = LazyCell::new(|| groups(uid));
    approvers.iter().any(|approver| match approver {
        // The name may be written in another way than the system would: in other case, with or without a domain.
        Approver::User(name) => User::from_name(name).ok().flatten().is_some_and(|user| user.uid == uid),
        Approver::Group(name) => Group::from_name(name).ok().flatten().is_some_and(|group| groups.contains(&group.gid)),
    })
}

/// All groups of a user, the primary one too.
fn groups(uid: Uid) -> Vec<Gid> {
    let found = user(uid).and_then(|user| getgrouplist(&CString::new(user.name).ok()?, user.gid).ok());
    found.unwrap_or_default()
}

fn user(uid: Uid) -> Option<User> {
    User::from_uid(uid).ok().flatten()
}

#[cfg(test)]
mod tests {
    use std::fs::Permissions;
    use std::os::unix::fs::{PermissionsExt, chown};
    use std::process::Command;

    use super::*;

    const UNKNOWN: u32 = 4_000_000_000;

    /// The number of a user that every system has, but not every one the same.
    fn uid(name: &str) -> u32 {
        let output = Command::new("id").args(["-u", name]).output().unwrap();
        String::from_utf8(output.stdout).unwrap().trim().parse().unwrap()
    }

    fn may(uid: u32, approvers: &[Approver]) -> bool {
        may_steer(uid, &approvers.iter().cloned().collect())
    }

    fn user(name: &str) -> Approver {
        Approver::User(name.to_owned())
    }

    fn group(name: &str) -> Approver {
        Approver::Group(name.to_owned())
    }

    #[test]
    fn root_and_the_daemon_itself_always_may() {
        assert!(may(0, &[]));
        assert!(may(Uid::effective().as_raw(), &[]));
        assert!(!may(uid("nobody"), &[]) && !may(UNKNOWN, &[]));
    }

    #[test]
    fn who_is_named_may_and_nobody_else() {
        assert!(may(uid("daemon"), &[user("nobody"), user("daemon")]));
        assert!(!may(uid("daemon"), &[user("nobody"), user("no-such-user")]));
        assert!(!may(UNKNOWN, &[user("nobody"), user("daemon"), user("root")]));
        // A user's name is no group's, and a number no name.
        assert!(!may(uid("daemon"), &[group("nobody"), group("no-such-group"), user("1")]));
    }

    #[test]
    fn the_primary_group_counts() {
        assert!(may(uid("daemon"), &[group("no-such-group"), group("daemon")]));
        assert!(!may(uid("nobody"), &[group("daemon")]));
        assert!(!may(UNKNOWN, &[group("daemon"), group("root")]));
    }

    /// In a view of the file system of its own, in which `daemon` is in a further group; where the system gives nobody
    /// such a view, this shows nothing.
    #[test]
    fn further_groups_count() {
        if fs::read_to_string("/etc/group").unwrap().contains("rosterd-admins:") {
            assert!(may(uid("daemon"), &[group("rosterd-admins")]));
            assert!(!may(uid("nobody"), &[group("rosterd-admins")]) && !may(uid("daemon"), &[group("others")]));
            return;
        }
        assert!(!may(uid("daemon"), &[group("rosterd-admins")]));
        let own_view = |line: &str| {
            let mut unshare = Command::new("unshare");
            unshare.args(["--map-root-user", "--mount", "sh", "-ec", line]);
            unshare
        };
        if !own_view("mount --bind /etc/group /etc/group").output().is_ok_and(|output| output.status.success()) {
            return;
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("group");
        fs::write(&file, "daemon:x:1:\nrosterd-admins:x:4711:root,daemon\nothers:x:4712:nobody\n").unwrap();
        let mut again = own_view("mount --bind \"$0\" /etc/group; exec \"$1\" --exact \"$2\"");
        let again = again.arg(file).arg(std::env::current_exe().unwrap());
        let output = again.arg("daemon::peer::tests::further_groups_count").output().unwrap();
        assert!(output.status.success() && String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{output:?}");
    }

    #[test]
    fn who_may_read_a_store_is_said_by_the_modes() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("state.db");
        fs::write(&file, "").unwrap();
        let daemon = uid("daemon");
        let group = groups(Uid::from_raw(daemon))[0].as_raw();
        let [own, nobody] = [Uid::effective().as_raw(), uid("nobody")];
        let read = |modes: (u32, u32)| {
            fs::set_permissions(folder.path(), Permissions::from_mode(modes.0)).unwrap();
            fs::set_permissions(&file, Permissions::from_mode(modes.1)).unwrap();
            [0, own, daemon, nobody].map(|uid| may_read(uid, folder.path()))
        };
        assert_eq!(read((0o700, 0o600)), [true, true, false, false]);
        assert_eq!(read((0o711, 0o600)), [true, true, false, false]);
        assert_eq!(read((0o711, 0o604)), [true, true, true, true]);
        assert_eq!(read((0o700, 0o644)), [true, true, false, false]);
        assert!(!may_read(daemon, &folder.path().join("nowhere")));
        // Only root can give files away.
        if [folder.path(), &file].iter().all(|path| chown(path, Some(nobody), Some(group)).is_ok()) {
            assert_eq!(read((0o750, 0o640)), [true, true, true, true]);
            assert_eq!(read((0o700, 0o600)), [true, true, false, true]);
            assert_eq!(read((0o705, 0o604)), [true, true, false, true], "its group may not what all others may");
        }
    }

    #[test]
    fn names_are_the_systems() {
        assert_eq!(
            (name(0), name(uid("daemon")), name(UNKNOWN)),
            ("root".into(), "daemon".into(), "uid 4000000000".into())
        );
    }
}
