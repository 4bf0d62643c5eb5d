//! The host's clocks.

use std::fs;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};
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

/// The clock of all that goes on at once: nobody sets it while anything does, so that what is stored moves with the wall
/// clock for all of them or for none.
#[derive(Debug, Default)]
pub struct Steady {
    going: Mutex<Option<(Now, usize)>>,
}

/// Something that goes by the steady clock, for as long as this lives.
#[derive(Debug)]
pub struct Going {
    steady: Arc<Steady>,
    began: Now,
}

impl Steady {
    /// Goes by the clock of those who are at it, or by the wall clock as it is now when nobody is.
    pub fn enter(self: &Arc<Self>) -> Going {
        let mut going = self.going.lock().unwrap_or_else(PoisonError::into_inner);
        let (began, _) = *going.get_or_insert_with(|| (now(), 0));
        if let Some((_, count)) = going.as_mut() {
            *count += 1;
        }
        Going { steady: self.clone(), began }
    }
}

impl Going {
    /// This moment.
    pub fn now(&self) -> Now {
        now().steady(self.began)
    }
}

impl Drop for Going {
    fn drop(&mut self) {
        let mut going = self.steady.going.lock().unwrap_or_else(PoisonError::into_inner);
        *going = going.filter(|(_, count)| *count > 1).map(|(began, count)| (began, count - 1));
    }
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

    #[test]
    fn who_comes_while_others_are_at_it_goes_by_their_clock() {
        let steady = Arc::new(Steady::default());
        let began = |going: &Going| going.began.monotonic;
        let first = steady.enter();
        let second = steady.enter();
        assert_eq!(began(&first), began(&second));
        let shared = began(&first);
        drop(first);
        assert_eq!(began(&steady.enter()), shared);
        drop(second);
        assert!(steady.going.lock().unwrap().is_none());
    }
}
