//! What is done again and again, and never twice at once.

use jiff::{SignedDuration, Timestamp};

/// When it is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    last: Option<Timestamp>,
    goes_on: bool,
}

impl Round {
    /// Whether it is to be done now, so long after it began last; then it counts as begun. A clock that was set back does not
    /// put it off.
    pub fn begin(&mut self, apart: SignedDuration, now: Timestamp) -> bool {
        let is_due = self.last.is_none_or(|last| now < last || now.duration_since(last) >= apart);
        let begins = is_due && !self.goes_on;
        if begins {
            *self = Self { last: Some(now), goes_on: true };
        }
        begins
    }

    /// It is done.
    pub fn end(&mut self) {
        self.goes_on = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn it_is_done_at_once_and_then_so_long_after_it_began() {
        let apart = SignedDuration::from_secs(60);
        let mut round = Round::default();
        assert!(round.begin(apart, at(0)));
        assert!(!round.begin(apart, at(9_999)), "it goes on");
        round.end();
        assert!(!round.begin(apart, at(59)));
        assert!(round.begin(apart, at(60)));
        round.end();
        assert!(round.begin(apart, at(-9_999)), "the clock was set back");
    }
}
