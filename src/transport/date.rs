//! Headers that hold moments.

use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

/// An HTTP date in any of its three forms (RFC 9110, 5.6.7).
pub(super) fn moment(value: &str) -> Option<Timestamp> {
    let value = value.trim();
    let old = |format| DateTime::strptime(format, value).ok().and_then(|utc| TimeZone::UTC.to_timestamp(utc).ok());
    rfc2822::DateTimeParser::new()
        .parse_timestamp(value)
        .ok()
        .or_else(|| old("%A, %d-%b-%y %H:%M:%S GMT"))
        .or_else(|| old("%a %b %e %H:%M:%S %Y"))
}

/// `Retry-After` (RFC 9110, 10.2.3), seconds or an HTTP date, as a moment on our clock: a date is read against the
/// reply's own, so that a wrong clock on either side makes nobody wait for hours.
pub(super) fn retry_after(value: &str, date: Option<Timestamp>, now: Timestamp) -> Option<Timestamp> {
    let value = value.trim();
    let wait = if value.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than a number holds still means: very long.
        SignedDuration::from_secs(value.parse().ok().or((!value.is_empty()).then_some(i64::MAX))?)
    } else {
        date.unwrap_or(now).duration_until(moment(value)?)
    };
    Some(now.checked_add(wait.max(SignedDuration::ZERO)).unwrap_or(Timestamp::MAX))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn all_three_forms_are_the_same_moment() {
        for value in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            " Sun, 06 Nov 1994 08:49:37 GMT ",
        ] {
            assert_eq!(moment(value), Some(at("1994-11-06T08:49:37Z")), "{value}");
        }
        for value in ["", "now", "Sun, 99 Nov 1994 08:49:37 GMT"] {
            assert_eq!(moment(value), None, "{value}");
        }
    }

    #[test]
    fn retry_after_is_a_moment_on_our_clock() {
        let (now, theirs) = (at("2026-11-05T10:00:00Z"), at("2026-11-05T12:00:00Z"));
        for (value, date, expected) in [
            ("120", None, "2026-11-05T10:02:00Z"),
            (" 0 ", None, "2026-11-05T10:00:00Z"),
            ("Thu, 05 Nov 2026 10:01:00 GMT", None, "2026-11-05T10:01:00Z"),
            ("Thu, 05 Nov 2026 12:01:00 GMT", Some(theirs), "2026-11-05T10:01:00Z"),
            ("Thu, 05 Nov 2026 11:01:00 GMT", Some(theirs), "2026-11-05T10:00:00Z"),
        ] {
            assert_eq!(retry_after(value, date, now), Some(at(expected)), "{value}");
        }
        assert_eq!(retry_after("99999999999999999999", None, now), Some(Timestamp::MAX));
        for value in ["", "-5", "1.5", "soon"] {
            assert_eq!(retry_after(value, None, now), None, "{value}");
        }
    }

    proptest! {
        #[test]
        fn never_a_panic_and_never_in_the_past(value in ".*", digits in "[0-9]{1,30}") {
            let now = at("2026-11-05T10:00:00Z");
            let _ = moment(&value);
            prop_assert!(retry_after(&value, None, now).is_none_or(|moment| moment >= now));
            prop_assert!(retry_after(&digits, None, now).is_some_and(|moment| moment >= now));
        }
    }
}
