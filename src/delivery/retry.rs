//! When to try again: one rule for everything that failed.

use std::time::Duration;

use crate::destination::Quota;
use crate::roster::Timestamp;

/// A target that asks for more patience than this is not believed.
pub const LONGEST_RETRY_AFTER: Duration = Duration::from_hours(24);

/// Not even a broken configuration makes a busy loop.
const SHORTEST: Duration = Duration::from_millis(1);

/// The moment before which nothing is tried again, after the `failures`-th failure in a row (0 counts as 1).
///
/// The pause is `base`, doubled with every further failure, and up to half longer, by `seed`, so that many who failed
/// together do not come back together; it never exceeds `cap`. It is longer only where the target asked for that with
/// `retry_after` (RFC 9110, 10.2.3), which is obeyed up to [`LONGEST_RETRY_AFTER`].
pub fn not_before(
    failures: u32,
    base: Duration,
    cap: Duration,
    retry_after: Option<Timestamp>,
    seed: u64,
    now: Timestamp,
) -> Timestamp {
    // Room for the jitter is kept below the cap: at the cap, too, not everybody comes back at once.
    let ceiling = cap.max(SHORTEST) * 2 / 3;
    let doubled = base.max(SHORTEST).saturating_mul(1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX));
    let pause = doubled.min(ceiling);
    let jitter = (pause / 2).mul_f64(share(seed.wrapping_add(u64::from(failures))));
    let own = after(now, (pause + jitter).max(SHORTEST));
    let asked = retry_after.map_or(now, |moment| moment.min(after(now, LONGEST_RETRY_AFTER)));
    own.max(asked)
}

/// The `base` for failed token requests: at this pace alone a target's quota is never used up.
pub fn token_base(quota: &Quota) -> Duration {
    quota.per / quota.quota.max(1)
}

/// Spreads a seed evenly over 0..1 (SplitMix64's finaliser), so that neighbouring seeds give unrelated shares.
fn share(seed: u64) -> f64 {
    let mut mixed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^= mixed >> 31;
    f64::from(u32::try_from(mixed >> 32).unwrap_or(u32::MAX)) / f64::from(u32::MAX)
}

/// Saturates at the end of time instead of failing there.
fn after(moment: Timestamp, wait: Duration) -> Timestamp {
    moment.checked_add(wait).unwrap_or(Timestamp::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const BASE: Duration = Duration::from_secs(10);
    const CAP: Duration = Duration::from_mins(15);

    fn now() -> Timestamp {
        Timestamp::from_second(1_800_000_000).unwrap()
    }

    fn pause(failures: u32, retry_after: Option<Timestamp>, seed: u64) -> Duration {
        Duration::try_from(now().duration_until(not_before(failures, BASE, CAP, retry_after, seed, now()))).unwrap()
    }

    #[test]
    fn pauses_double_up_to_the_cap() {
        for (failures, least) in [(0, 10), (1, 10), (2, 20), (3, 40), (6, 320), (7, 600), (40, 600), (u32::MAX, 600)] {
            let pause = pause(failures, None, 7);
            assert!(pause >= Duration::from_secs(least), "{failures}: {pause:?}");
            assert!(pause <= Duration::from_secs(least) * 3 / 2, "{failures}: {pause:?}");
        }
    }

    #[test]
    fn what_the_target_asks_for_is_obeyed_within_a_day() {
        let asked = |wait: i64| Some(Timestamp::from_second(1_800_000_000 + wait).unwrap());
        assert_eq!(pause(1, asked(3600), 7), Duration::from_hours(1));
        assert_eq!(pause(1, asked(90_000_000), 7), LONGEST_RETRY_AFTER);
        assert_eq!(pause(1, asked(-5), 7), pause(1, None, 7));
    }

    #[test]
    fn a_token_is_asked_for_no_faster_than_the_quota_bears() {
        let quota = Quota { quota: 150, per: Duration::from_hours(24), reserve: 10 };
        assert_eq!(token_base(&quota), Duration::from_secs(576));
        assert_eq!(token_base(&Quota { quota: 0, ..quota }), Duration::from_hours(24));
    }

    #[test]
    fn neighbouring_seeds_do_not_come_back_together() {
        let mut pauses: Vec<_> = (0..50).map(|seed| pause(9, None, seed)).collect();
        pauses.sort_unstable();
        pauses.dedup();
        assert!(pauses.len() > 40);
    }

    #[test]
    fn the_shares_are_those_of_the_published_generator() {
        // The first numbers of SplitMix64 from 0 on, of which a share is the upper half.
        let numbers = [
            0xe220_a839_7b1d_cdaf_u64,
            0x6e78_9e6a_a1b9_65f4,
            0x06c4_5d18_8009_454f,
            0xf88b_b8a8_724c_81ec,
            0x1b39_896a_51a8_749b,
            0x53cb_9f0c_747e_a2ea,
            0x2c82_9abe_1f45_32e1,
            0xc584_133a_c916_ab3c,
        ];
        let mut seed = 0_u64;
        for number in numbers {
            let upper = u32::try_from(number >> 32).unwrap();
            assert_eq!(share(seed).to_bits(), (f64::from(upper) / f64::from(u32::MAX)).to_bits());
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
        }
    }

    proptest! {
        #[test]
        fn later_than_now_and_within_the_cap(
            failures in any::<u32>(), base in 0..10_000_000_u64, cap in 0..100_000_000_u64, seed in any::<u64>(),
        ) {
            let (base, cap) = (Duration::from_millis(base), Duration::from_millis(cap));
            let moment = not_before(failures, base, cap, None, seed, now());
            prop_assert!(moment > now());
            prop_assert!(moment <= after(now(), cap.max(SHORTEST)));
        }

        #[test]
        fn never_shorter_after_one_more_failure_below_the_ceiling(failures in 1..6_u32, seed in any::<u64>()) {
            prop_assert!(pause(failures, None, seed) <= pause(failures + 1, None, seed));
        }

        #[test]
        fn the_end_of_time_is_no_panic(failures in any::<u32>(), seed in any::<u64>()) {
            let end = Timestamp::MAX;
            prop_assert_eq!(not_before(failures, Duration::MAX, Duration::MAX / 2, Some(end), seed, end), end);
        }
    }
}
