//! Sets up what the daemon's events look like, and where they go.
//!
//! An event's message says all of it in words. Its fields repeat that for programs: in the journal and in JSON they
//! stand by themselves, in text they are left out.

mod line;

use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::{Layered, SubscriberExt};
use tracing_subscriber::{Layer, Registry, fmt as lines, reload};

use self::line::Text;
use crate::config::{Log, LogFormat, LogLevel};

/// Whose events are shown. What other crates say may hold people's data.
const OURS: &str = "rosterd";

/// Stands before the names of fields in the journal: `journalctl ROSTERD_SYNC=employees`.
const PREFIX: &str = "ROSTERD";

type Filter = reload::Layer<Targets, Registry>;
type Filtered = Layered<Filter, Registry>;

/// Why nothing can be logged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A process has one log.
    #[error("logging was set up before; a process does that once")]
    Twice(#[from] tracing::subscriber::SetGlobalDefaultError),
}

/// How much is said; may be changed at any time.
#[derive(Clone, Debug)]
pub struct Volume(reload::Handle<Targets, Registry>);

impl Volume {
    /// Says everything up to this level from now on.
    pub fn set(&self, level: LogLevel) {
        // Fails only once the subscriber is gone, and nobody listens any more.
        let _ = self.0.reload(up_to(level));
    }
}

/// Sets up logging for this process, once; the format stays, the level may change. With `colours` where standard error
/// welcomes them.
pub fn set_up(log: &Log, colours: bool) -> Result<Volume, Error> {
    let stderr = io::stderr();
    let (filter, handle) = reload::Layer::new(up_to(log.level));
    let native = match log.format {
        LogFormat::Auto if in_journal(&stderr) => Some(journal()),
        _ => None,
    };
    let layer = match (log.format, native) {
        (_, Some(Ok(journal))) => journal.boxed(),
        // The journal takes lines from standard error as well.
        (_, Some(Err(_))) => text(Text::Ranked, io::stderr),
        (LogFormat::Json, None) => json(io::stderr),
        (LogFormat::Auto | LogFormat::Text, None) => text(Text::Dated { colours }, io::stderr),
    };
    tracing::subscriber::set_global_default(tracing_subscriber::registry().with(filter).with(layer))?;
    Ok(Volume(handle))
}

fn up_to(level: LogLevel) -> Targets {
    Targets::new().with_target(
        OURS,
        match level {
            LogLevel::Error => LevelFilter::ERROR,
            LogLevel::Warn => LevelFilter::WARN,
            LogLevel::Info => LevelFilter::INFO,
            LogLevel::Debug => LevelFilter::DEBUG,
            LogLevel::Trace => LevelFilter::TRACE,
        },
    )
}

/// Whether standard error is the journal's, as `$JOURNAL_STREAM` says (sd-daemon(3)).
fn in_journal(stderr: &impl AsFd) -> bool {
    let stream = std::env::var("JOURNAL_STREAM").unwrap_or_default();
    stderr.as_fd().try_clone_to_owned().is_ok_and(|stderr| is_stream(&File::from(stderr), &stream))
}

fn is_stream(file: &File, stream: &str) -> bool {
    file.metadata().is_ok_and(|file| stream == format!("{}:{}", file.dev(), file.ino()))
}

fn journal() -> io::Result<tracing_journald::Layer> {
    let priorities =
        PriorityMappings { info: Priority::Informational, debug: Priority::Debug, ..PriorityMappings::new() };
    Ok(tracing_journald::layer()?
        .with_field_prefix(Some(PREFIX.to_owned()))
        .with_priority_mappings(priorities)
        .with_syslog_identifier(OURS.to_owned()))
}

fn text<W>(look: Text, to: W) -> Box<dyn Layer<Filtered> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    lines::layer().event_format(look).with_writer(to).boxed()
}

fn json<W>(to: W) -> Box<dyn Layer<Filtered> + Send + Sync>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    lines::layer().json().flatten_event(true).with_current_span(false).with_span_list(false).with_writer(to).boxed()
}

#[cfg(test)]
pub(super) mod tests;
