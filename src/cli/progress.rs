//! How far a run is, on a terminal only.

use std::io::IsTerminal;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::engine::Progress;

/// A line on standard error that goes away at the end.
pub struct Line {
    bar: ProgressBar,
    sync: String,
}

impl Line {
    /// A line for a sync; silent when standard error is not a terminal.
    pub fn new(sync: &str) -> Self {
        let target =
            if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style =
            ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
        let bar = ProgressBar::with_draw_target(None, target).with_style(style);
        Self { bar, sync: sync.to_owned() }
    }

    /// Shows how far it is.
    pub fn show(&self, progress: &Progress) {
        let text = match progress {
            Progress::Read(entries) => format!("{entries} read"),
            Progress::LookingUp(people) => format!("looking up {people} missing people"),
            Progress::Delivered(members) => format!("{members} confirmed"),
            Progress::Waiting(until, why) => format!("waiting until {until:.0}: {why}"),
        };
        self.bar.set_message(format!("{}: {text}", self.sync));
        self.bar.tick();
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
