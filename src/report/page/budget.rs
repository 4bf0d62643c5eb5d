//! A target's tokens: how many are gone, and how long they last.

use std::time::Duration;

use serde::Serialize;

use super::Pace;
use crate::report::text::words::span;

/// The gauge with its words.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(super) struct Budget {
    used: u64,
    quota: u64,
    /// From here on the gauge warns.
    high: u64,
    /// `24 h`.
    per: String,
    forecast: String,
}

impl Budget {
    pub(super) fn of([used, quota]: [u64; 2], pace: &Pace) -> Self {
        Self { used, quota, high: quota - quota / 10, per: span(pace.per), forecast: forecast([used, quota], pace) }
    }
}

/// What comes of it when requests go on as they did lately. Those that fall out of the window meanwhile are not counted:
/// tokens may last longer than said, not shorter.
fn forecast([used, quota]: [u64; 2], pace: &Pace) -> String {
    let Pace { per, lately, used: recent } = pace;
    let (last, left) = (span(*lately), quota.saturating_sub(used));
    if left == 0 {
        return "used up: the next one may be asked for when the oldest falls out of the window".to_owned();
    }
    if *recent == 0 {
        return format!("none in the last {last}");
    }
    let whole = u128::from(*recent) * per.as_millis() / lately.as_millis().max(1);
    if whole <= u128::from(quota) {
        return format!("enough: at the pace of the last {last} it would be {whole} in {}", span(*per));
    }
    let lasts = lately.as_secs().saturating_mul(left) / recent;
    format!("at the pace of the last {last} used up in about {}", span(Duration::from_secs(lasts)))
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn told(used: u64, recent: u64) -> String {
        forecast([used, 150], &Pace { per: Duration::from_hours(24), lately: HOUR, used: recent })
    }

    #[test]
    fn tokens_last_as_long_as_the_last_hour_says() {
        assert_eq!(told(20, 0), "none in the last 60 min");
        assert_eq!(told(90, 4), "enough: at the pace of the last 60 min it would be 96 in 24 h");
        assert_eq!(told(90, 6), "enough: at the pace of the last 60 min it would be 144 in 24 h");
        assert_eq!(told(90, 7), "at the pace of the last 60 min used up in about 9 h");
        assert_eq!(told(149, 60), "at the pace of the last 60 min used up in about 60 s");
        assert!(told(150, 60).starts_with("used up: "), "{}", told(150, 60));
        assert!(told(151, 0).starts_with("used up: "), "{}", told(151, 0));
    }

    #[test]
    fn the_gauge_warns_when_a_tenth_is_left() {
        let budget = Budget::of([3, 150], &Pace { per: Duration::from_hours(24), lately: HOUR, used: 1 });
        assert_eq!((budget.high, budget.per.as_str()), (135, "24 h"));
    }
}
