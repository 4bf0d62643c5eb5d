//! How fast people are read at most, where a directory's administrators ask for that.

use std::num::NonZeroU32;
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// Entries a second; none: as fast as the server gives them.
#[derive(Clone, Copy)]
pub(super) struct Brake(Option<NonZeroU32>);

impl Brake {
    pub(super) fn new(entries_per_second: Option<NonZeroU32>) -> Self {
        Self(entries_per_second)
    }

    /// A page is never more than a second allows: servers close connections on which nothing happens for long.
    pub(super) fn page_size(self, wanted: u32) -> u32 {
        self.0.map_or(wanted, |most| wanted.min(most.get()))
    }

    /// Before when no more may be asked for, after so many entries came of what was asked for at a moment. Time that went
    /// by otherwise is not made up for: that would be a burst.
    pub(super) fn next(self, asked: Instant, entries: usize) -> Option<Instant> {
        let most = self.0?;
        Some(asked + Duration::from_secs(entries as u64) / most.get())
    }
}

/// Waits until more may be asked for.
pub(super) async fn rest(until: Option<Instant>) {
    if let Some(until) = until {
        sleep_until(until).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is to be waited, in milliseconds, when a page took so long.
    fn left(brake: Brake, entries: usize, took: u64) -> u128 {
        let asked = Instant::now();
        let now = asked + Duration::from_millis(took);
        brake.next(asked, entries).map_or(0, |next| next.saturating_duration_since(now).as_millis())
    }

    #[test]
    fn a_page_takes_the_time_that_its_entries_may() {
        let brake = Brake::new(NonZeroU32::new(2_000));
        for (entries, took, rest) in [
            (1_000, 0, 500),
            (1_000, 120, 380),
            (1_000, 500, 0),
            (1_000, 7_000, 0),
            (1, 0, 0),
            (0, 0, 0),
            (2_000, 0, 1_000),
        ] {
            assert_eq!(left(brake, entries, took), rest, "{entries} entries in {took} ms");
        }
        // However many came, and however few may.
        assert_eq!(left(Brake::new(NonZeroU32::new(1)), 100_000, 0), 100_000_000);
        assert_eq!(left(Brake::new(NonZeroU32::new(u32::MAX)), 100_000, 0), 0);
    }

    #[test]
    fn without_one_nobody_waits() {
        assert_eq!(Brake::new(None).next(Instant::now(), 100_000), None);
        assert_eq!(Brake::new(None).page_size(1_000), 1_000);
    }

    #[test]
    fn no_wait_is_longer_than_a_second() {
        for (most, page) in [(1, 1), (999, 999), (1_000, 1_000), (u32::MAX, 1_000)] {
            let brake = Brake::new(NonZeroU32::new(most));
            assert_eq!(brake.page_size(1_000), page);
            assert!(left(brake, page as usize, 0) <= 1_000, "{most}");
        }
    }
}
