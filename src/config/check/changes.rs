//! `changes` of a sync: how it learns of changes between two readings of everybody.

use std::time::Duration;

use crate::config::Schedule;
use crate::config::fault::Fault;
use crate::config::section::Section;
use crate::config::setting::Setting;
use crate::directory::Kind;
use crate::directory::changes::{Changes, Way};

const WORDS: [(&str, Changes); 5] = [
    ("full", Changes::Full),
    ("auto", Changes::Auto),
    ("usn", Changes::By(Way::Usn)),
    ("syncrepl", Changes::By(Way::Syncrepl)),
    ("timestamp", Changes::By(Way::Timestamp)),
];

/// A schedule that reads everybody more often than this is one that meant to read changes.
const OFTEN: Duration = Duration::from_mins(1);

pub(super) fn changes(section: &mut Section<'_>) -> Option<Changes> {
    section.get("changes").map_or(Some(Changes::Full), |changes| changes.choice(&WORDS))
}

/// Whether a directory of this kind, as far as the config tells it, can tell them so, and whether the schedule fits.
pub(super) fn suit(sync: &Setting<'_>, changes: Changes, kind: Option<Kind>, schedule: Option<&Schedule>) {
    let alien = match (changes, kind) {
        (Changes::By(Way::Usn), Some(kind)) => kind != Kind::ActiveDirectory,
        (Changes::By(Way::Syncrepl), Some(kind)) => kind == Kind::ActiveDirectory,
        _ => false,
    };
    if let (true, Some(setting), Some(kind)) = (alien, sync.child("changes"), kind) {
        let message = format!("{kind} does not tell changes this way");
        setting.fault(message, "write `auto`, which takes the best way there is");
    }
    if let (Changes::Full, Some(Schedule::Every(every)), Some(setting)) = (changes, schedule, sync.child("schedule"))
        && *every < OFTEN
    {
        let message = format!("everybody is read every {}", humantime::format_duration(*every));
        let warning = Fault::at(setting.node.at.clone(), message);
        sync.report.warn(warning.help("set the sync's `changes` to auto: then only whoever may have changed is read"));
    }
}
