//! How many token requests a target bears: a rolling window over the moments at which requests were charged.

use std::time::Duration;

use crate::destination::Quota;
use crate::roster::Timestamp;

/// For whom a token is wanted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Somebody leaves: the whole quota may be used.
    Leavers,
    /// Only joiners and changes: the reserve is left alone.
    Others,
}

/// Whether one more request may be charged at `now`.
///
/// `used` are the moments already charged, sorted, oldest first; older ones than the window may be among them. A request
/// leaves the window when it is exactly `per` old, so any half-open window of that length holds at most `quota`.
///
/// A moment in the future can only come from a clock that was set back. It counts as charged now: it still takes its
/// place in the window, but never makes anybody wait longer than one window before the next look.
///
/// # Errors
///
/// The earliest moment at which it is worth looking again, later than `now` by at most `per`.
pub fn next_allowed(quota: &Quota, used: &[Timestamp], now: Timestamp, purpose: Purpose) -> Result<(), Timestamp> {
    let allowed = match purpose {
        Purpose::Leavers => quota.quota,
        Purpose::Others => quota.quota.saturating_sub(quota.reserve),
    };
    let allowed = usize::try_from(allowed).unwrap_or(usize::MAX);
    let charged = &used[used.partition_point(|&moment| after(moment, quota.per) <= now)..];
    if charged.len() < allowed {
        return Ok(());
    }
    // With nothing allowed at all there is no moment at which that changes: look again a window later.
    let blocking = if allowed == 0 { now } else { charged[charged.len() - allowed].min(now) };
    Err(after(blocking, quota.per))
}

/// Saturates at the end of time instead of failing there.
fn after(moment: Timestamp, wait: Duration) -> Timestamp {
    moment.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const QUOTA: Quota = Quota { quota: 4, per: Duration::from_secs(100), reserve: 1 };

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn moments(seconds: &[i64]) -> Vec<Timestamp> {
        seconds.iter().copied().map(at).collect()
    }

    #[test]
    fn the_reserve_is_for_leavers() {
        let used = moments(&[0, 10, 20]);
        assert_eq!(next_allowed(&QUOTA, &used, at(50), Purpose::Leavers), Ok(()));
        assert_eq!(next_allowed(&QUOTA, &used, at(50), Purpose::Others), Err(at(100)));
        assert_eq!(next_allowed(&QUOTA, &used, at(100), Purpose::Others), Ok(()));
    }

    #[test]
    fn waiting_ends_when_enough_requests_left_the_window() {
        let used = moments(&[0, 10, 20, 30]);
        assert_eq!(next_allowed(&QUOTA, &used, at(50), Purpose::Leavers), Err(at(100)));
        assert_eq!(next_allowed(&QUOTA, &used, at(50), Purpose::Others), Err(at(110)));
    }

    #[test]
    fn moments_in_the_future_count_and_block_for_one_window_at_most() {
        let used = moments(&[5000, 5001, 5002, 5003]);
        assert_eq!(next_allowed(&QUOTA, &used, at(0), Purpose::Leavers), Err(at(100)));
        assert_eq!(next_allowed(&QUOTA, &used[..2], at(0), Purpose::Others), Ok(()));
    }

    #[test]
    fn nothing_allowed_never_panics_and_looks_again_a_window_later() {
        let none = Quota { quota: 1, reserve: 5, ..QUOTA };
        assert_eq!(next_allowed(&none, &[], at(0), Purpose::Others), Err(at(100)));
        assert_eq!(next_allowed(&none, &[], at(0), Purpose::Leavers), Ok(()));
        assert_eq!(next_allowed(&none, &[], Timestamp::MAX, Purpose::Others), Err(Timestamp::MAX));
    }

    proptest! {
        #[test]
        fn no_rolling_window_holds_more_than_the_quota(
            quota in 0..6_u32, reserve in 0..4_u32, steps in prop::collection::vec((0..60_i64, any::<bool>()), 1..80),
        ) {
            let quota = Quota { quota, reserve, per: Duration::from_secs(100) };
            let (mut used, mut others, mut now) = (Vec::new(), Vec::new(), 0);
            for (wait, leaving) in steps {
                now += wait;
                let purpose = if leaving { Purpose::Leavers } else { Purpose::Others };
                match next_allowed(&quota, &used, at(now), purpose) {
                    Ok(()) => {
                        if purpose == Purpose::Others {
                            others.push(at(now));
                        }
                        used.push(at(now));
                    }
                    Err(until) => prop_assert!(at(now) < until && until <= at(now + 100)),
                }
            }
            for (all, bound) in [(&used, quota.quota), (&others, quota.quota.saturating_sub(reserve))] {
                for start in all {
                    let inside = all.iter().filter(|&m| start <= m && *m < after(*start, quota.per)).count();
                    prop_assert!(inside <= bound as usize);
                }
            }
        }

        #[test]
        fn waiting_as_told_is_enough(
            mut seconds in prop::collection::vec(-200..0_i64, 0..12), leaving in any::<bool>(),
        ) {
            seconds.sort_unstable();
            let used = moments(&seconds);
            let purpose = if leaving { Purpose::Leavers } else { Purpose::Others };
            if let Err(until) = next_allowed(&QUOTA, &used, at(0), purpose) {
                prop_assert_eq!(next_allowed(&QUOTA, &used, until, purpose), Ok(()));
            }
        }
    }
}
