//! Sets up what the daemon's events look like, and where they go.
//!
//! An event's message says all of it in words. Its fields repeat that for programs: in the journal and in JSON they
//! stand by themselves, in text they are left out.

use std::fmt;
use std::fs::File;
use std::io;
use std::os::fd::AsFd;
use std::os::unix::fs::MetadataExt;

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_journald::{Priority, PriorityMappings};
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::{Layered, SubscriberExt};
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::{Layer, Registry, fmt as lines, reload};

use crate::config::{Log, LogFormat, LogLevel};
use crate::report::text::printable;

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

/// A line of text.
enum Text {
    /// With time and level.
    Dated { colours: bool },
    /// With the level as syslog's number, which the journal takes off and keeps with its own time.
    Ranked,
}

impl<S, N> FormatEvent<S, N> for Text
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
{
    fn format_event(&self, _: &FmtContext<'_, S, N>, mut to: Writer<'_>, event: &Event<'_>) -> fmt::Result {
        let mut message = Message::default();
        event.record(&mut message);
        let message = printable(&message.0);
        let level = event.metadata().level();
        let (colour, rank) = match *level {
            Level::ERROR => (31, 3),
            Level::WARN => (33, 4),
            Level::INFO => (32, 6),
            _ => (34, 7),
        };
        match self {
            Self::Dated { colours: true } => {
                writeln!(to, "\x1b[2m{:.0}\x1b[0m \x1b[{colour}m{level:<5}\x1b[0m {message}", Timestamp::now())
            }
            Self::Dated { colours: false } => writeln!(to, "{:.0} {level:<5} {message}", Timestamp::now()),
            Self::Ranked => writeln!(to, "<{rank}>{message}"),
        }
    }
}

#[derive(Default)]
struct Message(String);

impl Visit for Message {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() == "message" {
            self.0 = format!("{value:?}");
        }
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::io::Write;
    use std::sync::{Arc, Mutex};

    use super::*;

    /// What was written.
    #[derive(Clone, Default)]
    pub struct Sink(Arc<Mutex<Vec<u8>>>);

    impl Sink {
        pub fn text(&self) -> String {
            String::from_utf8(self.0.lock().unwrap().clone()).unwrap()
        }
    }

    impl Write for Sink {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    /// What is logged as JSON while something is done.
    pub fn logged(act: impl FnOnce()) -> Vec<serde_json::Value> {
        let sink = Sink::default();
        let to = sink.clone();
        said(json(move || to.clone()), |_| act());
        sink.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    fn said(layer: Box<dyn Layer<Filtered> + Send + Sync>, act: impl FnOnce(&Volume)) {
        let (filter, handle) = reload::Layer::new(up_to(LogLevel::Info));
        let subscriber = tracing_subscriber::registry().with(filter).with(layer);
        tracing::subscriber::with_default(subscriber, || act(&Volume(handle)));
    }

    fn written(look: Text, act: impl FnOnce(&Volume)) -> String {
        let sink = Sink::default();
        let to = sink.clone();
        said(text(look, move || to.clone()), act);
        sink.text()
    }

    #[test]
    fn a_line_of_text_has_time_level_and_message() {
        let told =
            written(Text::Dated { colours: false }, |_| tracing::warn!(sync = "staff", "beware of {}", "it\n\u{1b}"));
        let (time, rest) = told.split_at("2026-11-22T10:00:00Z".len());
        time.parse::<Timestamp>().unwrap();
        assert_eq!(rest, " WARN  beware of it\u{fffd}\u{fffd}\n");
        let bright = written(Text::Dated { colours: true }, |_| tracing::error!("no"));
        assert!(bright.ends_with("\u{1b}[31mERROR\u{1b}[0m no\n"), "{bright:?}");
    }

    #[test]
    fn the_journal_is_told_the_level_of_a_line() {
        let told = written(Text::Ranked, |volume| {
            volume.set(LogLevel::Trace);
            tracing::error!("a");
            tracing::warn!("b");
            tracing::info!("c");
            tracing::debug!("d");
            tracing::trace!("e");
        });
        assert_eq!(told, "<3>a\n<4>b\n<6>c\n<7>d\n<7>e\n");
    }

    #[test]
    fn only_our_own_events_are_shown_up_to_the_level() {
        let told = written(Text::Ranked, |volume| {
            for level in [LogLevel::Error, LogLevel::Debug, LogLevel::Info] {
                volume.set(level);
                tracing::error!(target: "ldap3::search", "uid=ada,ou=people");
                tracing::error!(target: "rosterd::daemon", "{level:?} error");
                tracing::info!("{level:?} info");
                tracing::debug!("{level:?} debug");
            }
        });
        assert_eq!(
            told,
            "<3>Error error\n<3>Debug error\n<6>Debug info\n<7>Debug debug\n<3>Info error\n<6>Info info\n"
        );
    }

    #[test]
    fn json_is_an_object_a_line() {
        let lines = logged(|| tracing::info!(sync = "staff", run = 12, "two\nlines"));
        let [line] = &lines[..] else { panic!("{lines:?}") };
        assert_eq!((line["message"].as_str(), line["level"].as_str()), (Some("two\nlines"), Some("INFO")));
        assert_eq!((line["sync"].as_str(), line["run"].as_i64()), (Some("staff"), Some(12)));
        line["timestamp"].as_str().unwrap().parse::<Timestamp>().unwrap();
    }

    #[test]
    fn the_journals_stream_is_known_by_device_and_inode() {
        let (one, other) = (tempfile::tempfile().unwrap(), tempfile::tempfile().unwrap());
        let stat = one.metadata().unwrap();
        let stream = format!("{}:{}", stat.dev(), stat.ino());
        assert!(is_stream(&one, &stream) && !is_stream(&other, &stream));
        assert!(!is_stream(&one, "") && !is_stream(&one, "8:x"));
    }
}
