//! What must hold whatever happens: parts that are killed together, networks that fail half-way, disks that are full,
//! stores that are copied, and several who are at work on one. `tests/torture` does the same for longer.

mod company;
mod disk;
mod journal;
mod network;
mod oracle;
mod storm;

use std::time::Duration;

/// How long it is to take, where somebody said so.
fn duration() -> Option<Duration> {
    std::env::var("ROSTERD_TORTURE").ok().map(|text| humantime::parse_duration(&text).unwrap())
}
