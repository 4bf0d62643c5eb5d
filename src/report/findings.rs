//! What `check` found.

use serde::Serialize;

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// As it should be.
    Ok,
    /// It works, but somebody should know.
    Warning,
    /// A run would fail, or could not be believed.
    Failed,
}

/// One finding: `rosterd check --json` prints a list of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// How bad it is.
    pub level: Level,
    /// The part of the config it is about.
    pub about: String,
    /// In words, with what to do.
    pub text: String,
}

/// Findings, as they come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(transparent)]
pub struct Findings(Vec<Finding>);

impl Findings {
    /// As it should be.
    pub fn ok(&mut self, about: &str, text: impl Into<String>) {
        self.push(Level::Ok, about, text.into());
    }

    /// Somebody should know.
    pub fn warning(&mut self, about: &str, text: impl Into<String>) {
        self.push(Level::Warning, about, text.into());
    }

    /// A run would fail.
    pub fn failed(&mut self, about: &str, text: impl Into<String>) {
        self.push(Level::Failed, about, text.into());
    }

    /// These, after all that came before.
    pub fn append(&mut self, Self(more): Self) {
        self.0.extend(more);
    }

    /// Them all.
    pub fn list(&self) -> &[Finding] {
        &self.0
    }

    /// How many of a level.
    pub fn count(&self, level: Level) -> u64 {
        self.0.iter().filter(|finding| finding.level == level).count() as u64
    }

    fn push(&mut self, level: Level, about: &str, text: String) {
        self.0.push(Finding { level, about: about.to_owned(), text });
    }
}
