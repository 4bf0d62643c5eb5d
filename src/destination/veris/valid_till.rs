//! Until when a token may be used. The seed shows a `ValidTill` but not its format.

use std::time::Duration;

use jiff::civil::DateTime;
use jiff::fmt::rfc2822;
use jiff::tz::TimeZone;
use serde_json::Value;

use crate::roster::Timestamp;

/// Epoch numbers from here on are milliseconds: as seconds they would lie beyond the year 5000.
const MILLISECONDS_FROM: i64 = 100_000_000_000;

/// Until when, on our clock, a token received at `received` is used: as long as `valid_till` promises, and never longer
/// than `lifetime`.
///
/// The promise is measured against the reply's own `date`, so that a wrong clock here does no harm. A promise that
/// nobody can read, or that is already over, says nothing: the seed's fixed lifetime remains.
pub fn expiry(
    valid_till: Option<&Value>,
    date: Option<Timestamp>,
    received: Timestamp,
    lifetime: Duration,
) -> Timestamp {
    let promised = valid_till
        .and_then(moment)
        .map(|until| date.unwrap_or(received).duration_until(until))
        .and_then(|rest| Duration::try_from(rest).ok())
        .filter(|rest| !rest.is_zero());
    let usable = promised.map_or(lifetime, |rest| rest.min(lifetime));
    received.checked_add(usable).unwrap_or(Timestamp::MAX)
}

fn moment(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => number.as_i64().and_then(epoch).or_else(|| number.as_f64().and_then(fractional)),
        Value::String(text) => written(text.trim()),
        _ => None,
    }
}

fn epoch(number: i64) -> Option<Timestamp> {
    if number < MILLISECONDS_FROM {
        Timestamp::from_second(number).ok()
    } else {
        Timestamp::from_millisecond(number).ok()
    }
}

fn fractional(seconds: f64) -> Option<Timestamp> {
    // Whole seconds are enough, and the text of a rounded number is a safe way from float to integer.
    format!("{:.0}", seconds.floor()).parse().ok().and_then(epoch)
}

fn written(text: &str) -> Option<Timestamp> {
    if let Ok(number) = text.parse::<f64>() {
        return text.parse().ok().and_then(epoch).or_else(|| fractional(number));
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    if let Ok(moment) = rfc2822::DateTimeParser::new().parse_timestamp(text) {
        return Some(moment);
    }
    // `2026-11-05 10:00:00 +05:30`, `… UTC`: a zone set apart by a space, which RFC 3339 does not know.
    if let Some((local, zone)) = text.rsplit_once(' ') {
        let zone = if matches!(zone, "UTC" | "GMT" | "utc" | "gmt") { "Z" } else { zone };
        if let Ok(moment) = format!("{local}{zone}").parse::<Timestamp>() {
            return Some(moment);
        }
    }
    // Without a zone it is taken as UTC. Wrong by hours at worst, and harmless: `lifetime` bounds it.
    text.parse::<DateTime>().ok().and_then(|local| TimeZone::UTC.to_timestamp(local).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    const LIFETIME: Duration = Duration::from_mins(15);

    /// 2026-11-05T10:00:00Z
    fn ten() -> Timestamp {
        "2026-11-05T10:00:00Z".parse().unwrap()
    }

    fn usable(valid_till: &Value, date: Option<Timestamp>) -> i64 {
        expiry(Some(valid_till), date, ten(), LIFETIME).as_second() - ten().as_second()
    }

    #[test]
    fn every_format_is_understood() {
        let five_past = ten().as_second() + 300;
        for valid_till in [
            json!(five_past),
            json!(five_past.to_string()),
            json!(five_past * 1000),
            json!((five_past * 1000).to_string()),
            json!(1_793_873_100.5),
            json!("1793873100.25"),
            json!("2026-11-05T10:05:00Z"),
            json!("2026-11-05T15:35:00+05:30"),
            json!("2026-11-05T10:05:00.000Z"),
            json!("Thu, 05 Nov 2026 10:05:00 GMT"),
            json!("Thu, 5 Nov 2026 15:35:00 +0530"),
            json!("2026-11-05 10:05:00"),
            json!("2026-11-05T10:05:00"),
            json!("2026-11-05 10:05:00.123456"),
            json!("2026-11-05 10:05:00Z"),
            json!("2026-11-05 15:35:00+05:30"),
            json!("2026-11-05 15:35:00+0530"),
            json!("2026-11-05 15:35:00 +05:30"),
            json!("2026-11-05 15:35:00 +0530"),
            json!(" 2026-11-05 10:05:00 UTC "),
        ] {
            assert_eq!(usable(&valid_till, Some(ten())), 300, "{valid_till}");
        }
    }

    #[test]
    fn what_says_nothing_leaves_the_lifetime() {
        for valid_till in [
            json!(null),
            json!(""),
            json!("soon"),
            json!("15"),
            json!(900),
            json!("NaN"),
            json!("inf"),
            json!(1e300),
            json!(-1e300),
            json!(i64::MAX),
            json!(u64::MAX),
            json!([1]),
            json!({"a": 1}),
            json!("2026-11-05 09:59:59"),
            json!("2026-11-05T10:00:00Z"),
        ] {
            assert_eq!(usable(&valid_till, Some(ten())), 900, "{valid_till}");
        }
        assert_eq!(expiry(None, None, ten(), LIFETIME), ten() + LIFETIME);
    }

    #[test]
    fn it_shortens_and_never_lengthens() {
        assert_eq!(usable(&json!("2026-11-06T10:00:00Z"), Some(ten())), 900);
        // India's local time without a zone looks hours away.
        assert_eq!(usable(&json!("2026-11-05 15:35:00"), Some(ten())), 900);
    }

    #[test]
    fn a_wrong_clock_here_does_no_harm() {
        let theirs = "2026-11-05T12:00:00Z".parse().unwrap();
        assert_eq!(usable(&json!("2026-11-05T12:05:00Z"), Some(theirs)), 300);
        assert_eq!(usable(&json!("2026-11-05T12:05:00Z"), None), 900);
    }

    proptest! {
        #[test]
        fn never_a_panic_never_in_the_past_never_too_late(
            text in ".*",
            date in prop::option::of(-377_705_023_201_i64..253_402_207_200),
            received in -377_705_023_201_i64..253_402_207_200,
            lifetime in 1..1_000_000_u64,
        ) {
            let received = Timestamp::from_second(received).unwrap();
            let date = date.map(|second| Timestamp::from_second(second).unwrap());
            let lifetime = Duration::from_secs(lifetime);
            let until = expiry(Some(&Value::String(text)), date, received, lifetime);
            prop_assert!(until > received || received == Timestamp::MAX);
            prop_assert!(until <= received.checked_add(lifetime).unwrap_or(Timestamp::MAX));
        }

        #[test]
        fn any_number_and_any_date_like_text_is_bounded(
            number in any::<f64>(), whole in any::<i64>(),
            text in "[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}( ?(Z|UTC|[+-][0-9]{2}:?[0-9]{2}))?",
        ) {
            for value in [json!(number), json!(whole), json!(text), json!(number.to_string())] {
                let until = expiry(Some(&value), Some(ten()), ten(), LIFETIME);
                prop_assert!(ten() < until && until <= ten() + LIFETIME, "{value}");
            }
        }
    }
}
