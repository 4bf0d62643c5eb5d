//! How commands speak: results on standard output, everything else on standard error, or both to whoever asked the daemon.

use std::io::{IsTerminal, Write};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use tokio::sync::mpsc::UnboundedSender;

use super::output::Failure;
use crate::daemon::control::Frame;
use crate::engine::Progress;

/// Where what is said goes. Whoever stopped listening (`| head`) did so on purpose.
#[derive(Clone, Debug)]
pub enum Voice {
    /// To this process's own output.
    Own,
    /// To whoever asked at the control socket.
    Sent(UnboundedSender<Frame>),
}

impl Voice {
    /// Says a result.
    pub fn say(&self, text: &str) {
        match self {
            Self::Own => {
                let mut out = std::io::stdout().lock();
                let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
            }
            Self::Sent(frames) => drop(frames.send(Frame::Out(text.to_owned()))),
        }
    }

    /// Says something beside the result.
    pub fn aside(&self, text: &str) {
        match self {
            Self::Own => drop(std::io::stderr().lock().write_all(text.as_bytes())),
            Self::Sent(frames) => drop(frames.send(Frame::Err(text.to_owned()))),
        }
    }

    /// Says that a command failed.
    pub fn failure(&self, failure: &Failure, json: bool) {
        if json {
            self.say(&format!("{}\n", serde_json::json!({ "error": failure.message })));
        } else {
            self.aside(&format!("rosterd: {}\n", failure.message.trim_end()));
        }
    }

    /// A line that shows how far a sync is.
    pub fn line(&self, sync: &str) -> Line {
        match self {
            Self::Own => Line::Own(Bar::new(), sync.to_owned()),
            Self::Sent(frames) => Line::Sent(frames.clone(), sync.to_owned()),
        }
    }
}

/// How far a sync is.
pub enum Line {
    /// On this process's terminal.
    Own(Bar, String),
    /// On the terminal of whoever asked at the control socket.
    Sent(UnboundedSender<Frame>, String),
}

impl Line {
    /// Shows how far it is.
    pub fn show(&self, progress: &Progress) {
        let text = match progress {
            Progress::Read(entries) => format!("{entries} read"),
            Progress::Changed(people) => format!("reading {people} who may have changed"),
            Progress::LookingUp(people) => format!("looking up {people} missing people"),
            Progress::Delivered(members) => format!("{members} confirmed"),
            Progress::Waiting(until, why) => format!("waiting until {until:.0}: {why}"),
        };
        match self {
            Self::Own(bar, sync) => bar.show(&format!("{sync}: {text}")),
            Self::Sent(frames, sync) => drop(frames.send(Frame::Progress(format!("{sync}: {text}")))),
        }
    }
}

/// A line on standard error, when that is a terminal, that goes away at the end.
pub struct Bar(ProgressBar);

impl Bar {
    /// Empty as yet.
    pub fn new() -> Self {
        let target =
            if std::io::stderr().is_terminal() { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let style =
            ProgressStyle::with_template("{spinner} {msg}").unwrap_or_else(|_| ProgressStyle::default_spinner());
        Self(ProgressBar::with_draw_target(None, target).with_style(style))
    }

    /// Shows this instead.
    pub fn show(&self, text: &str) {
        self.0.set_message(text.to_owned());
        self.0.tick();
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
