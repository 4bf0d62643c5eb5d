//! Moments: FILETIME and generalizedTime.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};

use crate::roster::Timestamp;

/// A value that is not the moment its attribute promises. Holds no value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not a moment")]
pub struct NotATime;

/// 1601-01-01 to 1970-01-01, in steps of 100 ns.
const EPOCH: i128 = 116_444_736_000_000_000;

/// A FILETIME as Active Directory writes it, in decimal (MS-DTYP 2.3.3; `accountExpires` in MS-ADA1 2.1).
///
/// `None` is never: 0, 2^63-1, and whatever lies after the year 9999.
pub fn filetime(value: &[u8]) -> Result<Option<Timestamp>, NotATime> {
    let steps: i64 = str::from_utf8(value).ok().and_then(|text| text.trim().parse().ok()).ok_or(NotATime)?;
    match steps {
        0 | i64::MAX => Ok(None),
        1.. => Ok(Timestamp::from_nanosecond((i128::from(steps) - EPOCH) * 100).ok()),
        _ => Err(NotATime),
    }
}

/// A generalizedTime (RFC 4517 section 3.3.13): minutes, seconds and a fraction are optional, the zone is not.
pub fn generalized_time(value: &[u8]) -> Result<Timestamp, NotATime> {
    let text = str::from_utf8(value).map_err(|_| NotATime)?;
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (date, rest) = text.split_at(digits);
    let (step, date) = match digits {
        10 => (3600, format!("{date}0000")),
        12 => (60, format!("{date}00")),
        14 => (1, date.to_owned()),
        _ => return Err(NotATime),
    };
    let (fraction, zone) = fraction(rest)?;
    let number = |at: usize| date[at..at + 2].parse::<i8>().map_err(|_| NotATime);
    let year = date[..4].parse().map_err(|_| NotATime)?;
    // A leap second is taken as the one before it: jiff, like Unix time, has none.
    let second = match number(12)? {
        60 => 59,
        second => second,
    };
    let civil =
        DateTime::new(year, number(4)?, number(6)?, number(8)?, number(10)?, second, 0).map_err(|_| NotATime)?;
    let whole = TimeZone::fixed(offset(zone)?).to_timestamp(civil).map_err(|_| NotATime)?;
    Timestamp::from_nanosecond(whole.as_nanosecond() + fraction * step).map_err(|_| NotATime)
}

/// The billionths of a step after `.` or `,`, and what follows them.
fn fraction(rest: &str) -> Result<(i128, &str), NotATime> {
    let Some(rest) = rest.strip_prefix(['.', ',']) else { return Ok((0, rest)) };
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, rest) = rest.split_at(digits);
    if fraction.is_empty() {
        return Err(NotATime);
    }
    let billionths: String = fraction.chars().chain("000000000".chars()).take(9).collect();
    Ok((billionths.parse().map_err(|_| NotATime)?, rest))
}

/// `Z`, `±hh` or `±hhmm`.
fn offset(zone: &str) -> Result<Offset, NotATime> {
    if zone == "Z" {
        return Ok(Offset::UTC);
    }
    let sign = match zone.as_bytes().first() {
        Some(b'+') => 1,
        Some(b'-') => -1,
        _ => return Err(NotATime),
    };
    let digits = &zone[1..];
    if !matches!(digits.len(), 2 | 4) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(NotATime);
    }
    let hours: i32 = digits[..2].parse().map_err(|_| NotATime)?;
    let minutes: i32 = digits.get(2..4).unwrap_or("0").parse().unwrap_or(0);
    Offset::from_seconds(sign * (hours * 3600 + minutes * 60)).map_err(|_| NotATime)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn moment(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn to_filetime(moment: Timestamp) -> i64 {
        i64::try_from(moment.as_nanosecond().div_euclid(100) + EPOCH).unwrap()
    }

    #[test]
    fn never_is_written_in_two_ways() {
        assert_eq!(filetime(b"0"), Ok(None));
        assert_eq!(filetime(b"9223372036854775807"), Ok(None));
        assert_eq!(filetime(b"9223372036854775806"), Ok(None));
        assert_eq!(filetime(b"-1"), Err(NotATime));
        assert_eq!(filetime(b"soon"), Err(NotATime));
        assert_eq!(filetime(b"133801632000000000"), Ok(Some(moment("2025-01-01T00:00:00Z"))));
        assert_eq!(to_filetime(moment("2025-01-01T00:00:00Z")), 133_801_632_000_000_000);
    }

    #[test]
    fn generalized_times() {
        for (value, expected) in [
            ("20260102030405Z", "2026-01-02T03:04:05Z"),
            ("20260102030405.0Z", "2026-01-02T03:04:05Z"),
            ("20260102030405,25Z", "2026-01-02T03:04:05.25Z"),
            ("20260102030405+0530", "2026-01-01T21:34:05Z"),
            ("202601020304-02", "2026-01-02T05:04:00Z"),
            ("2026010203.5Z", "2026-01-02T03:30:00Z"),
            ("20261231235960Z", "2026-12-31T23:59:59Z"),
        ] {
            assert_eq!(generalized_time(value.as_bytes()), Ok(moment(expected)), "{value}");
        }
    }

    #[test]
    fn what_is_no_generalized_time() {
        for value in [
            "",
            "20260102030405",
            "20261302030405Z",
            "20260102030461Z",
            "20260102030405.Z",
            "2026Z",
            "20260102030405+é",
        ] {
            assert_eq!(generalized_time(value.as_bytes()), Err(NotATime), "{value}");
        }
    }

    proptest! {
        #[test]
        fn filetimes_survive_both_ways(steps in 1_i64..2_650_467_743_990_000_000) {
            let moment = filetime(steps.to_string().as_bytes()).unwrap().unwrap();
            prop_assert_eq!(to_filetime(moment), steps);
        }

        #[test]
        fn any_bytes_as_a_moment_do_no_harm(bytes: Vec<u8>, text in "[0-9]{10,14}[.,]?[0-9]{0,3}[Z+-]?.{0,4}") {
            let _ = generalized_time(&bytes);
            let _ = generalized_time(text.as_bytes());
        }
    }
}
