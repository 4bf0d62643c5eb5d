//! Tree → [`Config`]. Every file reads one part of the file, and goes on after a fault.

mod approvers;
mod bind;
mod boostcom;
mod capillary;
mod changes;
mod destination;
mod directory;
mod flat;
mod from;
mod guard;
mod http;
mod listen;
mod locate;
mod members;
mod notify;
mod overlay;
mod rules;
mod schedule;
mod search;
pub mod servers;
mod shape;
mod sync;
pub mod url;
mod veris;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use super::change::Prints;
use super::fault::Faults;
use super::name::is_name;
use super::raw::Node;
use super::report::Report;
use super::section::Section;
use super::setting::Setting;
use super::source::Files;
use super::{CONTROL, Config, Log, LogFormat, LogLevel, Retention};

const DAY: Duration = Duration::from_hours(24);

/// The whole file. `None` only when something is wrong with it; its warnings and prints are filled in by the
/// caller.
pub(super) fn config(root: &Node, files: &Files, report: &Report) -> Option<Config> {
    let mut file = Section::of_file(root, report)?;
    let state = file.get("state").and_then(|state| state.path());
    let listen = file.get("listen").and_then(|listen| listen::listen(&listen, files));
    let control = file.get("control").and_then(|control| control.path());
    let approvers = file.get("approvers").map(|approvers| approvers::approvers(&approvers));
    let log = file.get("log").map_or_else(|| Some(Log::default()), |log| log_of(&log));
    let retention = file.get("retention").map_or_else(|| Some(Retention::default()), |kept| retention_of(&kept));
    let notify = file.get("notify").map(|notify| notify::receivers(&notify));
    let directories = file.required("directories", "name at least one, such as `corp:` with `url` and `bind`");
    let destinations = file.required("destinations", "name at least one, such as `veris:` with `type` and `url`");
    let syncs =
        file.required("syncs", "name at least one, such as `employees:` with `from`, `to`, `search` and `fields`");
    file.close();
    let directories = directories.map(|setting| named(&setting, "directory")).unwrap_or_default();
    let destinations = destinations.map(|setting| named(&setting, "destination")).unwrap_or_default();
    let syncs = syncs.map(|setting| named(&setting, "sync")).unwrap_or_default();
    // Every part is read before any is missed: all faults come at once.
    let directories = checked(&directories, directory::settings);
    let overlays = overlay::by_destination(&syncs);
    let destinations = checked(&destinations, |setting| destination::target(setting, overlays.get(setting.name)));
    let syncs = sync::all(&syncs, &directories, &destinations);
    Some(Config {
        state: state.unwrap_or_else(|| PathBuf::from("/var/lib/rosterd")),
        listen,
        control: control.unwrap_or_else(|| PathBuf::from(CONTROL)),
        approvers: approvers.unwrap_or_default(),
        log: log?,
        retention: retention?,
        notify: notify.unwrap_or_default(),
        directories: whole(directories)?,
        destinations: whole(destinations.into_iter().map(|(name, checked)| (name, checked.target)).collect())?,
        syncs: whole(syncs)?,
        warnings: Faults::default(),
        prints: Prints::default(),
    })
}

fn checked<T>(parts: &[Setting<'_>], check: impl Fn(&Setting<'_>) -> T) -> BTreeMap<String, T> {
    parts.iter().map(|part| (part.name.to_owned(), check(part))).collect()
}

fn whole<T>(parts: BTreeMap<String, Option<T>>) -> Option<BTreeMap<String, T>> {
    parts.into_iter().map(|(name, part)| Some((name, part?))).collect()
}

/// Things with names, which stand on command lines, in metrics and in paths.
fn named<'a>(setting: &Setting<'a>, what: &str) -> Vec<Setting<'a>> {
    let Some(section) = setting.section() else { return Vec::new() };
    let entries = section.into_entries();
    if entries.is_empty() {
        setting.fault(format!("`{}` is empty", setting.name), format!("name at least one {what}"));
    }
    for entry in &entries {
        let name = entry.name;
        if !is_name(name) {
            entry.name_fault(
                format!("`{name}` cannot be the name of a {what}"),
                "use letters, digits, `-`, `_` and `.`",
            );
        }
    }
    entries
}

fn log_of(setting: &Setting<'_>) -> Option<Log> {
    let mut section = setting.section()?;
    let formats = [("auto", LogFormat::Auto), ("text", LogFormat::Text), ("json", LogFormat::Json)];
    let levels = [
        ("error", LogLevel::Error),
        ("warn", LogLevel::Warn),
        ("info", LogLevel::Info),
        ("debug", LogLevel::Debug),
        ("trace", LogLevel::Trace),
    ];
    let Log { format, level } = Log::default();
    let format = section.get("format").and_then(|word| word.choice(&formats)).unwrap_or(format);
    let level = section.get("level").and_then(|word| word.choice(&levels)).unwrap_or(level);
    section.close();
    Some(Log { format, level })
}

fn retention_of(setting: &Setting<'_>) -> Option<Retention> {
    let mut section = setting.section()?;
    let Retention { values, audit } = Retention::default();
    let values = section.get("values").and_then(|kept| kept.duration()).unwrap_or(values);
    let audit = section.get("audit").and_then(|kept| kept.duration()).unwrap_or(audit);
    section.close();
    Some(Retention { values, audit })
}

impl Default for Log {
    fn default() -> Self {
        Self { format: LogFormat::Auto, level: LogLevel::Info }
    }
}

impl Default for Retention {
    fn default() -> Self {
        Self { values: DAY, audit: DAY * 400 }
    }
}
