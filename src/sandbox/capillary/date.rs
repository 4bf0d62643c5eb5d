//! Times as the API writes them: `2020-04-15T14:14:06.104+0530`.

use std::time::Duration;

use jiff::Timestamp;

use crate::sandbox::clock::later;

/// How far the organization's clock is ahead of UTC.
const AHEAD: Duration = Duration::from_mins(5 * 60 + 30);

/// A time that has just been set.
pub(super) fn fresh(time: Timestamp) -> String {
    later(time, AHEAD).strftime("%Y-%m-%dT%H:%M:%S%.3f+0530").to_string()
}

/// A time that was kept: only whole seconds of it are.
pub(super) fn kept(time: Timestamp) -> String {
    later(time, AHEAD).strftime("%Y-%m-%dT%H:%M:%S.000+0530").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_in_the_samples() {
        let time = |text: &str| text.parse().unwrap();
        assert_eq!(fresh(time("2020-04-15T08:44:06.104Z")), "2020-04-15T14:14:06.104+0530");
        assert_eq!(fresh(time("2020-04-15T20:00:00Z")), "2020-04-16T01:30:00.000+0530");
        assert_eq!(fresh(time("2020-04-15T20:00:00.0019Z")), "2020-04-16T01:30:00.001+0530");
        assert_eq!(kept(time("2020-04-13T06:01:32.999Z")), "2020-04-13T11:31:32.000+0530");
    }
}
