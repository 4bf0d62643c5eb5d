//! A key and its value: reading it as what it should be. A reader that finds something else says so and gives `None`;
//! the caller goes on with any value, because a config with faults is never used.

use std::ops::{Range, RangeInclusive};
use std::path::PathBuf;
use std::time::Duration;

use secrecy::SecretString;

use super::fault::Fault;
use super::raw::{Node, Origin, Text, Value};
use super::report::Report;
use super::section::{Section, nearest};

const TEXT: &str = "text";
const FLAG: &str = "true or false";
const DURATION: &str = "a duration such as 30s, 15m or 24h";

/// A key and its value.
#[derive(Clone)]
pub(super) struct Setting<'a> {
    pub name: &'a str,
    pub key_at: Range<usize>,
    pub node: &'a Node,
    pub report: &'a Report,
}

impl<'a> Setting<'a> {
    /// Says what is wrong with the value.
    pub fn fault(&self, message: impl Into<String>, help: impl Into<String>) {
        self.report.fault(Fault::at(self.node.at.clone(), message).help(help));
    }

    /// Says what is wrong with it as a whole, at its key.
    pub fn name_fault(&self, message: impl Into<String>, help: impl Into<String>) {
        self.report.fault(Fault::at(self.key_at.clone(), message).help(help));
    }

    /// A key below, looked at without being read: its own section does that, and finds its faults.
    pub fn child(&self, key: &str) -> Option<Setting<'a>> {
        let Value::Map(entries) = &self.node.value else { return None };
        let (key, node) = entries.iter().find(|(other, _)| other.name == key)?;
        Some(Setting { name: &key.name, key_at: key.at.clone(), node, report: self.report })
    }

    /// Whether it is a mapping with that key.
    pub fn has(&self, key: &str) -> bool {
        self.child(key).is_some()
    }

    /// Says that it should be something else.
    pub fn expected<T>(&self, what: &str) -> Option<T> {
        if matches!(self.node.value, Value::Nothing) {
            // Nothing has no place of its own: the parser puts it where the next token begins.
            self.name_fault(
                format!("`{}` has no value", self.name),
                format!("it must be {what}; or leave the key out"),
            );
            return None;
        }
        if matches!(&self.node.value, Value::Text(text) if text.origin == Origin::Missing) {
            return None;
        }
        let found = self.node.value.what();
        let fault = Fault::at(self.node.at.clone(), format!("`{}` must be {what}, not {found}", self.name));
        self.report.fault(match self.node.value {
            Value::Number(_) | Value::Flag(_) if what == TEXT => fault.help("put it in quotes"),
            Value::Number(ref number) if what == DURATION => {
                fault.help(format!("give it a unit: {number}s, {number}m or {number}h"))
            }
            Value::Text(_) if what == FLAG => fault.help("write true or false, without quotes"),
            Value::Text(ref text) if text.value.parse::<u32>().is_ok() => fault.help("write it without quotes"),
            _ => fault,
        });
        None
    }

    /// The text as it stands in the file, for messages.
    pub fn written(&self) -> &'a str {
        match &self.node.value {
            Value::Text(text) => &text.written,
            _ => "",
        }
    }

    fn raw_text(&self, what: &str) -> Option<&'a Text> {
        match &self.node.value {
            Value::Text(text) if text.origin == Origin::Missing => None,
            Value::Text(text) if text.value.trim().is_empty() => {
                self.fault(format!("`{}` is empty", self.name), format!("it must be {what}"));
                None
            }
            Value::Text(text) => Some(text),
            _ => self.expected(what),
        }
    }

    /// Text that is not empty.
    pub fn text(&self) -> Option<&'a str> {
        self.raw_text(TEXT).map(|text| text.value.as_str())
    }

    /// Text of a certain kind, for the fault's words.
    pub fn text_as(&self, what: &str) -> Option<&'a str> {
        self.raw_text(what).map(|text| text.value.as_str())
    }

    /// A path.
    pub fn path(&self) -> Option<PathBuf> {
        self.text_as("a path").map(PathBuf::from)
    }

    /// Text that nobody may see. Typed in the clear, it is a warning.
    pub fn secret(&self, when_empty: &str) -> Option<SecretString> {
        let Value::Text(text) = &self.node.value else {
            self.report.hide(self.node.at.clone());
            return self.expected(TEXT);
        };
        if text.origin == Origin::Missing {
            return None;
        }
        if text.value.is_empty() {
            self.fault(format!("`{}` is empty", self.name), when_empty);
            return None;
        }
        if text.origin == Origin::File {
            self.report.hide(self.node.at.clone());
            let warning = Fault::at(self.key_at.clone(), format!("`{}` stands in the file in the clear", self.name));
            self.report.warn(warning.help(format!("better a credential: `{}: \"${{cred:name}}\"`", self.name)));
        }
        Some(text.value.clone().into())
    }

    /// `true` or `false`.
    pub fn flag(&self) -> Option<bool> {
        match &self.node.value {
            Value::Flag(flag) => Some(*flag),
            _ => self.expected(FLAG),
        }
    }

    /// A whole number within bounds.
    pub fn number(&self, bounds: RangeInclusive<u32>) -> Option<u32> {
        let what = match (bounds.start(), bounds.end()) {
            (low, &u32::MAX) => format!("a whole number of at least {low}"),
            (low, high) => format!("a whole number from {low} to {high}"),
        };
        let Value::Number(number) = &self.node.value else { return self.expected(&what) };
        let number = number.as_u64().and_then(|number| u32::try_from(number).ok());
        if let Some(number) = number.filter(|number| bounds.contains(number)) {
            return Some(number);
        }
        self.report.fault(Fault::at(self.node.at.clone(), format!("`{}` must be {what}", self.name)));
        None
    }

    /// A duration as humantime writes it.
    pub fn duration(&self) -> Option<Duration> {
        let text = self.raw_text(DURATION)?;
        let duration = humantime::parse_duration(&text.value).ok();
        if duration.is_none() {
            let help = "write it like 30s, 15m, 24h or 400d; several add up: 1h 30m";
            self.fault(format!("`{}` is no duration", text.written), help);
        }
        duration
    }

    /// A duration that is not zero.
    pub fn some_duration(&self) -> Option<Duration> {
        let duration = self.duration()?;
        if duration.is_zero() {
            self.fault(format!("`{}` must be longer than 0", self.name), "write it like 30s, 15m or 24h");
            return None;
        }
        Some(duration)
    }

    /// One of a few words.
    pub fn choice<T: Copy>(&self, words: &[(&'static str, T)]) -> Option<T> {
        let known: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        let list = known.join(", ");
        let text = self.raw_text(&format!("one of {list}"))?;
        let found = words.iter().find(|(word, _)| *word == text.value).map(|(_, value)| *value);
        if found.is_none() {
            let written = &text.written;
            let help = nearest(written, known)
                .map_or(format!("it is one of {list}"), |near| format!("did you mean `{near}`?"));
            self.fault(format!("`{}` cannot be `{written}`", self.name), help);
        }
        found
    }

    /// The mapping.
    pub fn section(&self) -> Option<Section<'a>> {
        Section::of(self)
    }

    /// One value, or a list of them.
    pub fn one_or_many(&self) -> Vec<Setting<'a>> {
        match &self.node.value {
            Value::List(items) if items.is_empty() => {
                self.fault(format!("`{}` is an empty list", self.name), "name at least one");
                Vec::new()
            }
            Value::List(items) => items.iter().map(|node| Setting { node, ..self.clone() }).collect(),
            _ => vec![self.clone()],
        }
    }
}
