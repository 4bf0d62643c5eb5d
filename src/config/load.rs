//! File → [`Config`].

use std::fs;
use std::path::Path;

use super::fault::{Fault, Faults, Weight};
use super::mask::mask;
use super::report::Report;
use super::secret::resolve;
use super::{Config, Environment, check, raw};

/// What to do about a file that can't be read.
const ELSEWHERE: &str = "name the file with --config or $ROSTERD_CONFIG, and let this account read it";

impl Config {
    /// Reads and checks a file.
    pub fn load(path: &Path, environment: &Environment) -> Result<Self, Faults> {
        let name = path.display().to_string();
        let whole = |fault| Faults::new(&name, String::new(), Weight::Error, vec![fault]);
        let bytes = fs::read(path)
            .map_err(|error| whole(Fault::of_file(format!("cannot be read: {error}")).help(ELSEWHERE)))?;
        match std::str::from_utf8(&bytes) {
            Ok(text) => Self::parse(text, &name, environment),
            Err(error) => {
                // Up to the first bad byte the replaced text is as long as the bytes were.
                let text = String::from_utf8_lossy(&bytes);
                let at = error.valid_up_to();
                let fault = Fault::at(at..at + char::REPLACEMENT_CHARACTER.len_utf8(), "this is not valid UTF-8")
                    .help("save the file as UTF-8; a BOM is not needed");
                Err(Faults::new(&name, mask(&text, &[]), Weight::Error, vec![fault]))
            }
        }
    }

    /// Checks a file's text; its name is for the faults.
    pub fn parse(text: &str, file_name: &str, environment: &Environment) -> Result<Self, Faults> {
        // Some editors begin a file with a byte order mark, which is no part of the text.
        let text = text.strip_prefix('\u{feff}').unwrap_or(text);
        let mut root =
            raw::parse(text).map_err(|fault| Faults::new(file_name, mask(text, &[]), Weight::Error, vec![fault]))?;
        let mut faults = Vec::new();
        let resolved = resolve(&mut root, text, environment, &mut faults);
        let report = Report::new(faults, resolved);
        let config = check::config(&root, &report);
        let warnings = report.close(file_name, text)?;
        let unfinished = || Fault::of_file("the config could not be built; this is a mistake in rosterd");
        let config = config.ok_or_else(|| Faults::new(file_name, String::new(), Weight::Error, vec![unfinished()]))?;
        Ok(Self { warnings, ..config })
    }
}
