//! The quota of token requests, over a rolling window.

use std::collections::VecDeque;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Serialize, Serializer};

use crate::sandbox::clock::later;

/// The token requests that still count.
#[derive(Debug)]
pub(super) struct Ledger {
    quota: usize,
    window: Duration,
    hits: VecDeque<Timestamp>,
}

impl Ledger {
    pub(super) fn new(quota: usize, window: Duration) -> Self {
        Self { quota, window, hits: VecDeque::new() }
    }

    /// Counts a request, or says when the next one will be let through. A request refused for the quota does not count
    /// itself: otherwise waiting for the promised moment would not help whoever kept trying.
    pub(super) fn charge(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        self.forget(now);
        if self.hits.len() < self.quota {
            self.hits.push_back(now);
            return Ok(());
        }
        Err(self.hits.front().map_or(Timestamp::MAX, |oldest| later(*oldest, self.window)))
    }

    pub(super) fn view(&mut self, now: Timestamp) -> LedgerView {
        self.forget(now);
        LedgerView {
            quota: self.quota,
            used: self.hits.len(),
            remaining: self.quota.saturating_sub(self.hits.len()),
            hits: self.hits.iter().copied().collect(),
        }
    }

    fn forget(&mut self, now: Timestamp) {
        while self.hits.front().is_some_and(|oldest| later(*oldest, self.window) <= now) {
            self.hits.pop_front();
        }
    }
}

/// The ledger at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LedgerView {
    /// Token requests allowed in the window.
    pub quota: usize,
    /// Token requests made in the window.
    pub used: usize,
    /// Token requests left.
    pub remaining: usize,
    /// When those that count were made, oldest first.
    #[serde(serialize_with = "texts")]
    pub hits: Vec<Timestamp>,
}

fn texts<S: Serializer>(times: &[Timestamp], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(times.iter().map(Timestamp::to_string))
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(seconds).unwrap()
    }

    #[test]
    fn the_151st_in_24_hours_is_refused_until_the_first_falls_out() {
        let mut ledger = Ledger::new(150, DAY);
        for second in 0..150 {
            assert_eq!(ledger.charge(at(second)), Ok(()));
        }
        assert_eq!(ledger.charge(at(150)), Err(at(86_400)));
        assert_eq!(ledger.charge(at(86_399)), Err(at(86_400)));
        assert_eq!(ledger.charge(at(86_400)), Ok(()), "rolling: only the first has fallen out");
        assert_eq!(ledger.charge(at(86_400)), Err(at(86_401)));
    }

    #[test]
    fn refused_requests_do_not_count_and_the_view_adds_up() {
        let mut ledger = Ledger::new(2, DAY);
        for second in 0..5 {
            let _ = ledger.charge(at(second));
        }
        let view = ledger.view(at(5));
        assert_eq!((view.quota, view.used, view.remaining), (2, 2, 0));
        assert_eq!(view.hits, [at(0), at(1)]);
        assert_eq!(ledger.view(at(86_401)).remaining, 2);
    }

    #[test]
    fn no_quota_at_all_never_opens() {
        assert_eq!(Ledger::new(0, DAY).charge(at(0)), Err(Timestamp::MAX));
    }
}
