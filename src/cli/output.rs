//! How commands speak: results on standard output, everything else on standard error.

use std::io::IsTerminal;

use crate::config::{Faults, Look};
use crate::report::Exit;
use crate::store;

/// A command that could not do what was asked.
#[derive(Debug)]
pub struct Failure {
    /// What went wrong and what to do.
    pub message: String,
    /// How the process ends.
    pub exit: Exit,
}

impl Failure {
    /// A failure that is neither usage nor config.
    pub fn new(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: Exit::Failed }
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// Prints a failure.
pub fn failure(failure: &Failure, json: bool) {
    if json {
        println!("{}", serde_json::json!({ "error": failure.message }));
    } else {
        eprintln!("rosterd: {}", failure.message.trim_end());
    }
}

/// The faults of a config, for people or for programs.
pub fn faults(faults: &Faults, json: bool) -> String {
    if json {
        return faults.to_string();
    }
    let look = if std::io::stderr().is_terminal() { Look::Colours } else { Look::Plain };
    let count = faults.list().len();
    let plural = if count == 1 { "" } else { "s" };
    format!("the config has {count} fault{plural}\n\n{}", faults.render(look))
}

/// One line of JSON, its keys in the order of the type.
pub fn json_line(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(value).map_err(|error| Failure::new(format!("can't be shown as JSON: {error}")))
}
