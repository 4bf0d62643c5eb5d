//! The sandbox's time: the wall clock, moved forward by hand.

use std::time::Duration;

use jiff::{Timestamp, fmt::rfc2822::DateTimePrinter};

/// How far ahead of the wall clock the sandbox is.
#[derive(Debug)]
pub(super) struct Clock {
    ahead: Duration,
    /// When it was last read: a wall clock may be set back.
    last: Timestamp,
}

impl Default for Clock {
    fn default() -> Self {
        Self { ahead: Duration::ZERO, last: Timestamp::MIN }
    }
}

impl Clock {
    pub(super) fn read(&mut self, wall: Timestamp) -> Timestamp {
        self.pass(later(wall, self.ahead))
    }

    /// It is at least so late, as somebody knows who read it before.
    pub(super) fn pass(&mut self, time: Timestamp) -> Timestamp {
        self.last = self.last.max(time);
        self.last
    }

    pub(super) fn advance(&mut self, span: Duration) {
        self.ahead = self.ahead.saturating_add(span);
    }
}

/// `from` plus `span`, or the end of time: a silly duration from a test must not bring the sandbox down.
pub(super) fn later(from: Timestamp, span: Duration) -> Timestamp {
    from.checked_add(span).unwrap_or(Timestamp::MAX)
}

/// Whole seconds from `now` until `then`, rounded up: who waits that long is never too early.
pub(super) fn seconds_until(now: Timestamp, then: Timestamp) -> u64 {
    let wait = Duration::try_from(then.duration_since(now)).unwrap_or_default();
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

/// As the `Date` header spells it.
pub(super) fn http_date(time: Timestamp) -> Option<String> {
    DateTimePrinter::new().timestamp_to_rfc9110_string(&time).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_moves_forward_and_never_overflows() {
        let mut clock = Clock::default();
        clock.advance(Duration::from_mins(1));
        clock.advance(Duration::from_secs(1));
        assert_eq!(clock.read(Timestamp::UNIX_EPOCH).as_second(), 61);
        assert_eq!(clock.read(Timestamp::MIN).as_second(), 61, "a wall clock that is set back does not take it along");
        clock.advance(Duration::MAX);
        assert_eq!(clock.read(Timestamp::UNIX_EPOCH), Timestamp::MAX);
    }

    #[test]
    fn waiting_is_rounded_up_and_never_negative() {
        let now = Timestamp::UNIX_EPOCH;
        assert_eq!(seconds_until(now, later(now, Duration::from_millis(1500))), 2);
        assert_eq!(seconds_until(later(now, Duration::from_secs(5)), now), 0);
    }

    #[test]
    fn the_date_header() {
        assert_eq!(http_date(Timestamp::UNIX_EPOCH).unwrap(), "Thu, 01 Jan 1970 00:00:00 GMT");
    }
}
