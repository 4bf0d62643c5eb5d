//! `schedule` and `timezone` of a sync.

use std::time::Duration;

use croner::errors::CronError;
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
    let text = setting.text_as("text: a cron schedule or a duration such as 15m")?;
    if let Ok(every) = humantime::parse_duration(text) {
        if every < SHORTEST {
            setting.fault("a schedule of less than 10s", "10s is the shortest");
            return None;
        }
        return Some(Schedule::Every(every));
    }
    let looks_like_cron = text.split_whitespace().count() >= 5 || text.contains('*');
    if !looks_like_cron {
        setting.fault("this is neither a cron schedule nor a duration", FORMS);
        return None;
    }
    match cron(text) {
        Ok(cron) => Some(Schedule::Cron(Box::new(cron))),
        Err(why) => {
            setting.fault(why, FORMS);
            None
        }
    }
}

fn cron(text: &str) -> Result<croner::Cron, String> {
    let fields = text.split_whitespace().count();
    if fields != 5 {
        return Err(format!("a cron schedule has five fields, this has {fields}"));
    }
    let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed).build();
    let cron = parser.parse(text).map_err(|error| format!("this is no cron schedule: {}", words(&error)))?;
    // Any fixed moment does: 31 February never comes, whatever day it is today.
    let never = || "this never happens: no date fits".to_owned();
    cron.find_next_occurrence(&Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC), false).map_err(|_| never())?;
    Ok(cron)
}

fn words(error: &CronError) -> String {
    let text = match error {
        CronError::InvalidPattern(text) | CronError::IllegalCharacters(text) | CronError::ComponentError(text) => {
            text.clone()
        }
        other => other.to_string(),
    };
    text.trim_end_matches('.').to_owned()
}

/// A zone of the IANA database.
pub(super) fn timezone(setting: &Setting<'_>) -> Option<TimeZone> {
    let name = setting.text()?;
    match TimeZone::get(name) {
        Ok(zone) => Some(zone),
        Err(_) => {
            let known: Vec<_> = db().available().map(|name| name.to_string()).collect();
            let near = nearest(name, known.iter().map(String::as_str));
            let help = near.map_or("write a name such as UTC or Asia/Kolkata".to_owned(), |near| {
                format!("did you mean `{near}`?")
            });
            setting.fault("there is no such time zone", help);
            None
        }
    }
}
