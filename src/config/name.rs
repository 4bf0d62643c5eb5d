//! What directories, destinations and syncs may be called.

use std::path::Path;

use super::source::Files;
use super::{Config, raw};

/// Names stand on command lines, in metrics and in paths.
pub(super) fn is_name(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    !text.is_empty() && !text.starts_with(['-', '.']) && text.chars().all(plain)
}

impl Config {
    /// The names that a section of a file has, however much else of it is wrong. No reference is followed: a name needs no
    /// secret.
    pub fn names(path: &Path, section: &str) -> Vec<String> {
        let text = Files::default().read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        let root = raw::parse(text.strip_prefix('\u{feff}').unwrap_or(&text)).map(|root| root.value);
        let Ok(raw::Value::Map(sections)) = root else { return Vec::new() };
        let named = sections.into_iter().find(|(key, _)| key.name == section).map(|(_, node)| node.value);
        let Some(raw::Value::Map(entries)) = named else { return Vec::new() };
        entries.into_iter().map(|(key, _)| key.name).filter(|name| is_name(name)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(text: &[u8]) -> Vec<String> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        Config::names(file.path(), "syncs")
    }

    #[test]
    fn in_the_order_of_the_file_and_nothing_that_a_shell_would_run() {
        assert_eq!(names(b"\xef\xbb\xbfsyncs: { b: {}, a.1: , \"$(id)\": {}, -x: {}, \"\": {} }\nodd: ["), [""; 0]);
        assert_eq!(
            names(b"\xef\xbb\xbfsyncs: { b: {}, a.1: , \"$(id)\": {}, -x: {}, \"\": {} }\nodd: 1"),
            ["b", "a.1"]
        );
        for senseless in [&b""[..], b"syncs", b"syncs: [a]", b"syncs:", b"\xff", b"other: { a: {} }"] {
            assert_eq!(names(senseless), [""; 0]);
        }
    }
}
