//! When a sync reads by itself.
//!
//! A cron schedule names moments of the wall clock, and each comes once. Those that a change to summer time skips come at
//! the next moment that exists, all as one; those that a change back repeats come the first time, also where the
//! schedule is "every 15 minutes": whoever wants an even pace over that night writes `15m`, or leaves the time zone at UTC.
//!
//! croner counts in wall-clock time without any zone, where it is exact; it leaves out what is skipped, and repeats what
//! is repeated, wherever a field names more than one number. The zone is put on here.

use std::time::Duration;

use croner::{Cron, Direction};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::config::{Schedule, Sync};
use crate::roster::Fingerprint;

#[cfg(test)]
mod tests;

/// No zone repeats more of a day.
const LONGEST_REPETITION: Duration = Duration::from_hours(3);

/// A sync's schedule, in its zone, and by how much the sync is later than others of the same one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    schedule: Schedule,
    zone: TimeZone,
    offset: Duration,
}

impl Timing {
    /// A sync's; `None` when it reads only when asked.
    pub fn of(sync: &Sync) -> Option<Self> {
        let schedule = sync.schedule.clone()?;
        Some(Self { schedule, zone: sync.timezone.clone(), offset: offset(&sync.name, sync.jitter) })
    }

    /// The next reading after one that began then. It may be over already.
    pub fn next(&self, began: Timestamp) -> Timestamp {
        match &self.schedule {
            Schedule::Every(every) => later(began, *every),
            Schedule::Cron(cron) => later(first_after(cron, &self.zone, earlier(began, self.offset)), self.offset),
        }
    }

    /// The next reading of a sync that is new here, and whose last one began then, if there was any. What was missed
    /// meanwhile comes at once, or within the jitter.
    pub fn first(&self, last: Option<Timestamp>, now: Timestamp) -> Timestamp {
        match (&self.schedule, last) {
            (Schedule::Every(_), Some(last)) => self.next(last).max(later(now, self.offset)),
            (Schedule::Every(_), None) => later(now, self.offset),
            (Schedule::Cron(_), last) => self.next(last.unwrap_or(now)),
        }
    }

    /// The next reading where this schedule takes the place of another: moments before it did were not meant.
    pub fn replacing(&self, last: Option<Timestamp>, now: Timestamp) -> Timestamp {
        match self.schedule {
            Schedule::Every(_) => self.first(last, now),
            Schedule::Cron(_) => self.next(now),
        }
    }

    /// A last success before this moment is more than three periods old: three readings were due since.
    pub fn three_periods_ago(&self, now: Timestamp) -> Timestamp {
        match &self.schedule {
            Schedule::Every(every) => earlier(now, *every * 3),
            Schedule::Cron(cron) => (0..3).fold(earlier(now, self.offset), |at, _| last_before(cron, &self.zone, at)),
        }
    }
}

/// The first moment of a cron schedule after this one.
fn first_after(cron: &Cron, zone: &TimeZone, after: Timestamp) -> Timestamp {
    // The wall clock never shows an earlier time at a later moment, except when it repeats some: then its first moment
    // counts, which is over.
    let mut wall = Some(zone.to_datetime(after));
    loop {
        wall = wall.and_then(|wall| step(cron, wall, Direction::Forward));
        match wall.map(|wall| moment(zone, wall)) {
            Some(at) if at <= after => {}
            Some(at) => return at,
            None => return Timestamp::MAX,
        }
    }
}

/// The last moment of a cron schedule before this one.
fn last_before(cron: &Cron, zone: &TimeZone, before: Timestamp) -> Timestamp {
    // Where the wall clock repeats times, later ones have been already.
    let mut wall = Some(zone.to_datetime(later(before, LONGEST_REPETITION)));
    loop {
        wall = wall.and_then(|wall| step(cron, wall, Direction::Backward));
        match wall.map(|wall| moment(zone, wall)) {
            Some(at) if at >= before => {}
            Some(at) => return at,
            None => return Timestamp::MIN,
        }
    }
}

/// The next or last time of the wall clock that a cron schedule names, in a world without zones.
fn step(cron: &Cron, wall: DateTime, direction: Direction) -> Option<DateTime> {
    let wall = wall.to_zoned(TimeZone::UTC).ok()?;
    let found = match direction {
        Direction::Forward => cron.find_next_occurrence(&wall, false),
        Direction::Backward => cron.find_previous_occurrence(&wall, false),
    };
    found.ok().map(|at| at.datetime())
}

/// When the wall clock shows a time first; when it never does, the moment at which it skips that.
fn moment(zone: &TimeZone, wall: DateTime) -> Timestamp {
    let ambiguous = zone.to_ambiguous_timestamp(wall);
    let skipped = matches!(ambiguous.offset(), AmbiguousOffset::Gap { .. });
    let Ok(at) = ambiguous.earlier() else { return Timestamp::MAX };
    if skipped { zone.following(at).next().map_or(at, |transition| transition.timestamp()) } else { at }
}

/// By how much a sync is later than others: chosen by its name, so that it is the same after every restart.
fn offset(sync: &str, jitter: Duration) -> Duration {
    let hash =
        Fingerprint::of(sync.as_bytes()).as_bytes()[..8].iter().fold(0, |all, byte| all << 8 | u128::from(*byte));
    Duration::from_millis(u64::try_from((jitter.as_millis() * hash) >> 64).unwrap_or(u64::MAX))
}

fn later(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_add(by).unwrap_or(Timestamp::MAX)
}

fn earlier(at: Timestamp, by: Duration) -> Timestamp {
    at.checked_sub(by).unwrap_or(Timestamp::MIN)
}
