//! How often somebody may try to log in. A value: moments, of a clock that nobody sets, are arguments.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv6Addr};
use std::time::Duration;

/// So many wrong ones at once, and then one in so long.
struct Pace {
    at_once: u32,
    then: Duration,
}

/// Of an address.
const EACH: Pace = Pace { at_once: 5, then: Duration::from_secs(30) };

/// Of all together: whoever has many addresses does not try more often by that.
const ALL: Pace = Pace { at_once: 50, then: Duration::from_secs(3) };

/// Who logged in within this is not kept waiting for what others try.
const LATELY: Duration = Duration::from_hours(1);

/// So many of them are remembered; of more the oldest goes.
const AT_MOST: usize = 64;

/// What is remembered of tries. As `ALL` lets few be wrong, few addresses are in here.
#[derive(Debug, Default)]
pub struct Attempts {
    all: Duration,
    each: BTreeMap<IpAddr, Wrong>,
    /// Who logged in lately, until when that counts.
    known: BTreeMap<IpAddr, Duration>,
    /// Not looked at since the last wrong one.
    refused: u64,
}

/// Of one address.
#[derive(Clone, Copy, Debug, Default)]
struct Wrong {
    /// Forgotten then: each try puts this off.
    until: Duration,
    times: u32,
}

/// What becomes of a try.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It was right.
    In,
    /// It was not.
    Wrong {
        /// So often lately, from there.
        times: u32,
        /// So many were not looked at since the last wrong one, from anywhere.
        refused: u64,
    },
    /// It was not looked at, and none is for so long.
    Later(Duration),
}

impl Pace {
    fn wait(&self, until: Duration, now: Duration) -> Option<Duration> {
        let room = self.then * (self.at_once - 1);
        Some(until.saturating_sub(now + room)).filter(|wait| !wait.is_zero())
    }

    /// One more. More than all at once are never remembered.
    fn after(&self, until: Duration, now: Duration) -> Duration {
        (until.max(now) + self.then).min(now + self.then * self.at_once)
    }
}

impl Attempts {
    /// Judges a try, right or wrong, from an address.
    pub(super) fn judge(&mut self, from: IpAddr, right: bool, now: Duration) -> Verdict {
        let from = network(from);
        self.each.retain(|_, wrong| now < wrong.until);
        self.known.retain(|_, until| now < *until);
        let before = self.each.get(&from).copied().unwrap_or_default();
        let by_all = if self.known.contains_key(&from) { None } else { ALL.wait(self.all, now) };
        if let Some(wait) = EACH.wait(before.until, now).max(by_all) {
            self.refused += 1;
            return Verdict::Later(wait);
        }
        if right {
            self.remember(from, now);
            return Verdict::In;
        }
        self.all = ALL.after(self.all, now);
        let wrong = Wrong { until: EACH.after(before.until, now), times: before.times + 1 };
        self.each.insert(from, wrong);
        Verdict::Wrong { times: wrong.times, refused: std::mem::take(&mut self.refused) }
    }

    fn remember(&mut self, from: IpAddr, now: Duration) {
        self.known.insert(from, now + LATELY);
        if self.known.len() > AT_MOST {
            let oldest = self.known.iter().min_by_key(|(_, until)| **until).map(|(address, _)| *address);
            oldest.and_then(|oldest| self.known.remove(&oldest));
        }
    }
}

/// Whoever has an address of version 6 has all of its /64.
fn network(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & (u128::MAX << 64)).into(),
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    const START: Duration = Duration::from_hours(1000);

    fn v4(n: u32) -> IpAddr {
        Ipv4Addr::from_bits(n).into()
    }

    fn later(seconds: u64) -> Verdict {
        Verdict::Later(Duration::from_secs(seconds))
    }

    fn wrong(times: u32, refused: u64) -> Verdict {
        Verdict::Wrong { times, refused }
    }

    fn seconds(n: u64) -> Duration {
        START + Duration::from_secs(n)
    }

    #[test]
    fn an_address_that_was_wrong_five_times_waits_also_where_it_would_be_right() {
        let mut attempts = Attempts::default();
        for times in 1..=5 {
            assert_eq!(attempts.judge(v4(1), false, START), wrong(times, 0));
        }
        assert_eq!(attempts.judge(v4(1), true, START), later(30));
        assert_eq!(attempts.judge(v4(1), false, seconds(29)), later(1), "what is refused puts nothing off");
        assert_eq!(attempts.judge(v4(2), true, seconds(29)), Verdict::In, "others need not wait");
        assert_eq!(attempts.judge(v4(1), false, seconds(30)), wrong(6, 2));
        assert_eq!(attempts.judge(v4(1), true, seconds(30)), later(30));
        assert_eq!(attempts.judge(v4(1), true, seconds(60)), Verdict::In);
        assert_eq!(attempts.judge(v4(1), false, seconds(60)), wrong(7, 1), "to be right once makes no room");
        assert_eq!(attempts.judge(v4(1), true, seconds(60)), later(30));
        assert_eq!(attempts.judge(v4(1), false, seconds(210)), wrong(1, 1), "it is forgotten");
    }

    #[test]
    fn who_is_right_is_never_kept_waiting() {
        let mut attempts = Attempts::default();
        assert!((0..1000).all(|_| attempts.judge(v4(1), true, START) == Verdict::In));
    }

    #[test]
    fn all_together_are_slowed_but_not_who_logged_in_lately() {
        let mut attempts = Attempts::default();
        assert_eq!(attempts.judge(v4(0), true, START), Verdict::In);
        for n in 1..=50 {
            assert_eq!(attempts.judge(v4(n), false, START), wrong(1, 0), "{n}");
        }
        assert_eq!(attempts.judge(v4(51), true, START), later(3));
        assert_eq!(attempts.judge(v4(0), true, START), Verdict::In);
        assert_eq!(attempts.judge(v4(0), false, START), wrong(1, 1), "it is slowed only by its own");
        assert_eq!(attempts.judge(v4(51), true, seconds(3)), Verdict::In);
        assert_eq!(attempts.judge(v4(52), false, seconds(3)), wrong(1, 0));
        assert_eq!(attempts.judge(v4(53), false, seconds(3)), later(3));
        // An hour after it logged in it is one of all again.
        let then = START + LATELY;
        (100..150).for_each(|n| assert_eq!(attempts.judge(v4(n), false, then), wrong(1, u64::from(n == 100))));
        assert_eq!(attempts.judge(v4(0), true, then), later(3));
    }

    #[test]
    fn what_those_who_logged_in_try_keeps_nobody_else_waiting_for_longer() {
        let mut attempts = Attempts::default();
        (0..60).for_each(|n| assert_eq!(attempts.judge(v4(n), true, START), Verdict::In));
        for n in 0..60 {
            (1..=5).for_each(|times| assert_eq!(attempts.judge(v4(n), false, START), wrong(times, 0)));
        }
        assert_eq!(attempts.judge(v4(100), true, START), later(3));
    }

    #[test]
    fn whoever_has_many_addresses_fills_no_memory() {
        let mut attempts = Attempts::default();
        for n in 0..100_000 {
            let now = START + Duration::from_millis(20) * n;
            attempts.judge(v4(n), n % 3 == 0, now);
            assert!(attempts.each.len() <= 101 && attempts.known.len() <= AT_MOST, "{n}");
        }
    }

    #[test]
    fn of_too_many_who_logged_in_lately_the_oldest_goes() {
        let mut attempts = Attempts::default();
        let to = u32::try_from(AT_MOST).unwrap();
        (0..=to).for_each(|n| assert_eq!(attempts.judge(v4(n), true, seconds(n.into())), Verdict::In));
        assert_eq!(attempts.judge(v4(1), true, seconds(100)), Verdict::In);
        assert!(attempts.known.len() == AT_MOST && !attempts.known.contains_key(&v4(0)));
        assert_eq!(attempts.judge(v4(200), true, seconds(100)), Verdict::In);
        assert!(
            attempts.known.contains_key(&v4(1)) && !attempts.known.contains_key(&v4(2)),
            "who came again is not old"
        );
    }

    #[test]
    fn a_network_of_version_six_is_one_address() {
        let mut attempts = Attempts::default();
        for n in 0..5_u128 {
            let from = Ipv6Addr::from_bits((0x2001_0db8 << 96) | n);
            assert_eq!(attempts.judge(from.into(), false, START), wrong(u32::try_from(n).unwrap() + 1, 0));
        }
        let near = Ipv6Addr::from_bits((0x2001_0db8 << 96) | (u128::MAX >> 64));
        assert_eq!(attempts.judge(near.into(), true, START), later(30));
        let far = Ipv6Addr::from_bits((0x2001_0db8 << 96) | (1 << 64));
        assert_eq!(attempts.judge(far.into(), true, START), Verdict::In);
    }
}
