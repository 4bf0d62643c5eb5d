//! A mapping with known keys: everything that is not asked for is a fault, with the nearest known key as help.

use std::collections::BTreeSet;
use std::ops::Range;

use super::fault::Fault;
use super::raw::{Key, Node, Value};
use super::report::Report;
use super::setting::Setting;

/// A mapping that is being read.
pub(super) struct Section<'a> {
    /// The key it stands under; empty for the whole file.
    name: &'a str,
    at: Option<Range<usize>>,
    /// In the file's order.
    entries: Vec<Setting<'a>>,
    known: Vec<&'static str>,
    /// Keys that must not be left out and were, with help.
    missing: Vec<(&'static str, String)>,
    report: &'a Report,
}

impl<'a> Section<'a> {
    /// The whole file.
    pub fn of_file(root: &'a Node, report: &'a Report) -> Option<Self> {
        let Value::Map(entries) = &root.value else {
            let message = format!("a config is a mapping of keys to values, this is {}", root.value.what());
            report.fault(Fault::at(root.at.clone(), message).help("`rosterd init` writes a config to start from"));
            return None;
        };
        Some(Self {
            name: "",
            at: None,
            entries: unique(entries, report),
            known: Vec::new(),
            missing: Vec::new(),
            report,
        })
    }

    /// The mapping under a key.
    pub fn of(setting: &Setting<'a>) -> Option<Self> {
        let Value::Map(entries) = &setting.node.value else { return setting.expected("a mapping") };
        let entries = unique(entries, setting.report);
        let at = Some(setting.key_at.clone());
        Some(Self { name: setting.name, at, entries, known: Vec::new(), missing: Vec::new(), report: setting.report })
    }

    /// A key that may be left out.
    pub fn get(&mut self, key: &'static str) -> Option<Setting<'a>> {
        self.known.push(key);
        let at = self.entries.iter().position(|entry| entry.name == key)?;
        Some(self.entries.remove(at))
    }

    /// A key that may not; said at the end, when it is known which keys are just misspelt.
    pub fn required(&mut self, key: &'static str, help: &str) -> Option<Setting<'a>> {
        let found = self.get(key);
        if found.is_none() {
            self.missing.push((key, help.to_owned()));
        }
        found
    }

    /// Says that a key is missing.
    pub fn lacks(&self, key: &str, help: &str) {
        let fault = match &self.at {
            Some(at) => Fault::at(at.clone(), format!("`{key}` is missing in `{}`", self.name)),
            None => Fault::of_file(format!("`{key}` is missing")),
        };
        self.report.fault(fault.help(help));
    }

    /// Every key, whatever its name: for mappings from names to things.
    pub fn into_entries(self) -> Vec<Setting<'a>> {
        self.entries
    }

    /// All keys were asked for; the rest is unknown.
    pub fn close(self) {
        for (key, help) in &self.missing {
            // A misspelt key is one fault, not two.
            if !self.entries.iter().any(|unknown| nearest(unknown.name, self.known.iter().copied()) == Some(key)) {
                self.lacks(key, help);
            }
        }
        for Setting { name, key_at, .. } in self.entries {
            let message = match self.name {
                "" => format!("unknown key `{name}`"),
                section => format!("unknown key `{name}` in `{section}`"),
            };
            let help = nearest(name, self.known.iter().copied()).map_or_else(
                || format!("known here: {}", self.known.join(", ")),
                |known| format!("did you mean `{known}`?"),
            );
            self.report.fault(Fault::at(key_at, message).help(help));
        }
    }
}

fn unique<'a>(entries: &'a [(Key, Node)], report: &'a Report) -> Vec<Setting<'a>> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (key, node) in entries {
        if seen.insert(&key.name) {
            found.push(Setting { name: &key.name, key_at: key.at.clone(), node, report });
        } else {
            let fault = Fault::at(key.at.clone(), format!("`{}` is here a second time", key.name));
            report.fault(fault.help("keep one of them"));
        }
    }
    found
}

/// Nobody means a known word by one that is longer; comparing takes memory by the product of both lengths.
const LONGEST: usize = 100;

/// The known word that was probably meant.
pub(super) fn nearest<'k>(word: &str, known: impl IntoIterator<Item = &'k str>) -> Option<&'k str> {
    if word.len() > LONGEST {
        return None;
    }
    let folded = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let word = folded(word);
    let alike = |known: &str| strsim::normalized_damerau_levenshtein(&word, &folded(known));
    let best = known.into_iter().map(|known| (alike(known), known)).max_by(|one, other| one.0.total_cmp(&other.0))?;
    (best.0 >= 0.6).then_some(best.1)
}
