//! `schedule` and `timezone` of a sync.

use std::time::Duration;

use croner::parser::{CronParser, Seconds, Year};
use jiff::Timestamp;
use jiff::tz::{TimeZone, db};

use crate::config::Schedule;
use crate::config::section::nearest;
use crate::config::setting::Setting;

const SHORTEST: Duration = Duration::from_secs(10);
const FORMS: &str =
    "write five fields (minute, hour, day of month, month, day of week: \"*/15 * * * *\") or a duration such as 15m";

/// Five-field cron, or a duration.
pub(super) fn schedule(setting: &Setting<'_>) -> Option<Schedule> {
    let text = setting.text_as("a cron schedule or a duration such as 15m")?;
    Schedule::read(text).map_err(|(message, help)| setting.fault(message, help)).ok()
}

impl Schedule {
    /// As it is written; or what is wrong with it, and what helps.
    pub fn read(text: &str) -> Result<Self, (String, &'static str)> {
        if let Ok(every) = humantime::parse_duration(text) {
            if every < SHORTEST {
                return Err(("a schedule of less than 10s".to_owned(), "10s is the shortest"));
            }
            return Ok(Self::Every(every));
        }
        let looks_like_cron = text.split_whitespace().count() >= 5 || text.contains('*');
        if !looks_like_cron {
            return Err(("this is neither a cron schedule nor a duration".to_owned(), FORMS));
        }
        cron(text).map(|cron| Self::Cron(Box::new(cron)))
    }
}

const NEVER: &str = "days such as 31 February do not come; look at the day of month and the month";
const FIELDS: [&str; 5] = ["minute", "hour", "day of month", "month", "day of week"];

fn cron(text: &str) -> Result<croner::Cron, (String, &'static str)> {
    let fields: Vec<_> = text.split_whitespace().collect();
    if fields.len() != FIELDS.len() {
        return Err((format!("a cron schedule has five fields, this has {}", fields.len()), FORMS));
    }
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    let cron = parser.parse(text).map_err(|_| {
        // The parser does not say which field it means; alone among stars, each shows itself.
        let alone =
            |at: usize| (0..FIELDS.len()).map(|other| if other == at { fields[at] } else { "*" }).collect::<Vec<_>>();
        let wrong = (0..FIELDS.len()).find(|at| parser.parse(&alone(*at).join(" ")).is_err());
        let message = wrong.map_or("this is no cron schedule".to_owned(), |at| {
            format!("`{}` cannot be the {} of a cron schedule", fields[at], FIELDS[at])
        });
        (message, FORMS)
    })?;
    // Any fixed moment does: 31 February never comes, whatever day it is today.
    let start = Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC);
    cron.find_next_occurrence(&start, false).map_err(|_| ("this schedule never comes round".to_owned(), NEVER))?;
    Ok(cron)
}

/// Shorter than the time between two readings.
pub(super) fn jitter(setting: &Setting<'_>, schedule: Option<&Schedule>) -> Option<Duration> {
    let jitter = setting.duration()?;
    if let Some(Schedule::Every(every)) = schedule
        && jitter >= *every
    {
        let message =
            format!("`jitter` must be shorter than the schedule, which is {}", humantime::format_duration(*every));
        setting.fault(message, "within this time syncs of one schedule begin apart; a few seconds mostly do");
        return None;
    }
    Some(jitter)
}

/// A zone of the IANA database.
pub(super) fn timezone(setting: &Setting<'_>) -> Option<TimeZone> {
    let name = setting.text()?;
    if let Ok(zone) = TimeZone::get(name) {
        return Some(zone);
    }
    let known: Vec<_> = db().available().map(|name| name.to_string()).collect();
    let near = nearest(name, known.iter().map(String::as_str));
    let help =
        near.map_or("write a name such as UTC or Asia/Kolkata".to_owned(), |near| format!("did you mean `{near}`?"));
    setting.fault(format!("there is no time zone `{}`", setting.written()), help);
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_of_the_week_are_those_of_every_other_cron() {
        let monday = jiff::civil::date(2026, 11, 2).in_tz("UTC").unwrap();
        for (text, days) in
            [("0 0 * * 1", 7), ("0 0 * * MON", 7), ("0 0 * * 0", 6), ("0 0 * * 7", 6), ("0 0 29 2 *", 484)]
        {
            let next = cron(text).unwrap().find_next_occurrence(&monday, false).unwrap();
            assert_eq!(next, &monday + jiff::Span::new().days(days), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_named() {
        for (text, message) in [
            ("* * 32 * *", "`32` cannot be the day of month of a cron schedule"),
            ("* * * * 8", "`8` cannot be the day of week of a cron schedule"),
            ("*/0 * * * *", "`*/0` cannot be the minute of a cron schedule"),
            ("0 0 30 2 *", "this schedule never comes round"),
            ("* * * * * *", "a cron schedule has five fields, this has 6"),
        ] {
            assert_eq!(cron(text).map(|_| ()).unwrap_err().0, message);
        }
    }
}
