//! What is written, into a buffer.

use std::io::Write;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

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
    assert_eq!(told, "<3>Error error\n<3>Debug error\n<6>Debug info\n<7>Debug debug\n<3>Info error\n<6>Info info\n");
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
