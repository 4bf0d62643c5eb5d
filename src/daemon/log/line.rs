//! What a line of text looks like.

use std::fmt;

use jiff::Timestamp;
use tracing::field::{Field, Visit};
use tracing::{Event, Level, Subscriber};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields};
use tracing_subscriber::registry::LookupSpan;

use crate::report::text::printable;

/// A line of text.
pub(super) enum Text {
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
