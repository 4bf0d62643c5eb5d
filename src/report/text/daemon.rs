//! The daemon and its config.

use std::fmt::Write;

use jiff::Timestamp;

use super::words::{Page, moment, printable};
use crate::report::{RefusedConfig, Status};

/// Characters of what is told at a glance.
const GLANCE: usize = 200;

/// That a config was refused, before anything else.
pub(super) fn refused(refused: &RefusedConfig) -> String {
    let mut text = Page::default();
    text.line(format_args!("CONFIG REFUSED at {}: the one before stays in force", moment(refused.at)));
    for fault in &refused.faults {
        text.line(format_args!("  {}", printable(fault)));
    }
    text.line("  more of it: rosterd check");
    text.line("");
    text.text()
}

/// Since when a daemon runs, and with what; that none does, where one is needed.
pub(super) fn about(status: &Status) -> String {
    let mut text = Page::default();
    match &status.daemon {
        Some(daemon) => {
            text.line(format_args!("daemon: since {}", moment(daemon.since)));
            let path = daemon.config.path.display().to_string();
            text.line(format_args!("config: loaded {} from {}", moment(daemon.config.loaded_at), printable(&path)));
        }
        None if status.syncs.iter().any(|sync| sync.scheduled) => {
            text.line("no daemon runs: syncs with a schedule run only while `rosterd run` does");
        }
        None => {}
    }
    text.text()
}

/// What a daemon does, as it is told at a glance.
#[derive(Clone, Copy, Debug)]
pub struct Glance<'a> {
    /// When it is told.
    pub now: Timestamp,
    /// How many syncs there are.
    pub syncs: usize,
    /// Those that run now.
    pub running: &'a [&'a str],
    /// The next to run, and when.
    pub next: Option<(&'a str, Timestamp)>,
    /// A config that was refused.
    pub refused: Option<&'a RefusedConfig>,
}

/// One line, for `systemctl status`.
pub fn glance(glance: &Glance<'_>) -> String {
    let Glance { now, syncs, running, next, refused } = glance;
    let plural = if *syncs == 1 { "" } else { "s" };
    let mut text = format!("{syncs} sync{plural}");
    // Writing to a String cannot fail.
    let _ = match running {
        [] => Ok(()),
        few @ [_, ..] if few.len() <= 3 => write!(text, ", running {}", few.join(", ")),
        many => write!(text, ", {} running", many.len()),
    };
    let _ = match next {
        Some((sync, at)) => write!(text, ", next {sync} at {}", clock(*now, *at)),
        None if *syncs > 0 && running.is_empty() => write!(text, ", none by schedule"),
        None => Ok(()),
    };
    if let Some(refused) = refused {
        let first = refused.faults.first().map(|fault| format!(": {fault}")).unwrap_or_default();
        let _ = write!(text, "; config refused at {}{first}", clock(*now, refused.at));
    }
    let text = printable(&text);
    if text.chars().count() <= GLANCE {
        return text;
    }
    text.chars().take(GLANCE - 1).chain(['…']).collect()
}

/// The time, with the day where that is another one.
fn clock(now: Timestamp, at: Timestamp) -> String {
    let day = |at: Timestamp| at.strftime("%Y-%m-%d").to_string();
    let format = if day(now) == day(at) { "%H:%M UTC" } else { "%Y-%m-%d %H:%M UTC" };
    at.strftime(format).to_string()
}
