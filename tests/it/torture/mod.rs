//! What must hold whatever happens: parts that are killed together, networks that fail half-way, disks that are full,
//! stores that are copied, and several who are at work on one. `tests/torture` does the same for longer.

mod beside;
mod company;
mod copies;
mod disk;
mod journal;
mod network;
mod oracle;
mod storm;
mod twice;

use std::ffi::OsString;
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

/// How long it is to take, where somebody said so.
fn duration() -> Option<Duration> {
    std::env::var("ROSTERD_TORTURE").ok().map(|text| humantime::parse_duration(&text).unwrap())
}

/// What a process has open: under which number, and where that leads. Nothing of one that is gone.
fn open_files(process: u32) -> Vec<(OsString, PathBuf)> {
    let Ok(files) = fs::read_dir(format!("/proc/{process}/fd")) else { return Vec::new() };
    files.flatten().filter_map(|file| Some((file.file_name(), fs::read_link(file.path()).ok()?))).collect()
}

/// Commands that come and go must not take the store's files away from a daemon that has them open.
#[track_caller]
fn nothing_is_deleted_under(process: u32) {
    for (_, to) in open_files(process) {
        let to = to.display().to_string();
        assert!(!(to.contains("state.db") && to.ends_with("(deleted)")), "{to}");
    }
}
