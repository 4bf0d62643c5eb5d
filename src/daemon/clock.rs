//! The host's clocks.

use std::fs;
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use jiff::Timestamp;

use crate::roster::{Fingerprint, Now};

static PROCESS: LazyLock<Instant> = LazyLock::new(Instant::now);
static BOOT: LazyLock<Option<Fingerprint>> = LazyLock::new(boot);

/// The wall clock beside the time since the boot, or since the process began to ask where that is not told.
pub fn now() -> Now {
    let wall = Timestamp::now();
    match uptime().zip(*BOOT) {
        Some((monotonic, boot)) => Now { wall, monotonic, boot: Some(boot) },
        None => Now { wall, monotonic: PROCESS.elapsed(), boot: None },
    }
}

/// Counts while the host sleeps, other than [`Instant`].
fn uptime() -> Option<Duration> {
    let text = fs::read_to_string("/proc/uptime").ok()?;
    Duration::try_from_secs_f64(text.split_whitespace().next()?.parse().ok()?).ok()
}

/// A container may be told when it began itself instead of the boot; it is another one for every first process.
fn boot() -> Option<Fingerprint> {
    let boot = fs::read_to_string("/proc/sys/kernel/random/boot_id").ok()?;
    let first = fs::read_to_string("/proc/1/stat").unwrap_or_default();
    let began = first.rsplit(')').next().and_then(|rest| rest.split_whitespace().nth(19));
    Some(Fingerprint::of(format!("{} {}", boot.trim(), began.unwrap_or_default()).as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_passes_since_one_and_the_same_boot() {
        let (before, after) = (now(), now());
        assert!(before.monotonic <= after.monotonic);
        assert_eq!(before.boot, after.boot);
        assert!(before.boot.is_some() || !cfg!(target_os = "linux"), "/proc is there on Linux");
    }
}
