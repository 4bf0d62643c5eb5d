//! What commands say, put into words.

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

    /// A failure of usage or config.
    pub fn usage(message: impl Into<String>) -> Self {
        Self { message: message.into(), exit: Exit::Usage }
    }
}

impl From<store::Error> for Failure {
    fn from(error: store::Error) -> Self {
        Self::new(error.to_string())
    }
}

/// A mistake in the arguments in one line, without the usage that follows it.
pub fn mistake(told: &str) -> String {
    let told = told.strip_prefix("error: ").unwrap_or(told);
    let lines = told.lines().map(str::trim).filter(|line| !line.is_empty());
    let of_mistake = lines.take_while(|line| !line.starts_with("Usage:") && !line.starts_with("For more information"));
    of_mistake.collect::<Vec<_>>().join(" ").replace(" tip: ", "; ")
}

/// Whether colours are welcome: on terminals whose owner does not mind them (<https://no-color.org>).
pub fn colours(to: &impl IsTerminal) -> bool {
    let minds = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
    to.is_terminal() && !minds && !dumb
}

/// The faults of a config, for people or for programs.
pub fn faults(faults: &Faults, json: bool) -> String {
    if json {
        return faults.to_string();
    }
    let look = if colours(&std::io::stderr()) { Look::Colours } else { Look::Plain };
    let count = faults.list().len();
    let plural = if count == 1 { "" } else { "s" };
    format!("the config has {count} fault{plural}\n\n{}", faults.render(look))
}

/// One line of JSON, its keys in the order of the type.
pub fn json_line(value: &impl serde::Serialize) -> Result<String, Failure> {
    serde_json::to_string(value)
        .map(|line| line + "\n")
        .map_err(|error| Failure::new(format!("can't be shown as JSON: {error}")))
}
