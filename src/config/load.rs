//! File → [`Config`].

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::change::Prints;
use super::fault::{Fault, Faults, Weight};
use super::mask::mask;
use super::raw::Value;
use super::report::Report;
use super::secret::resolve;
use super::source::{Files, Sources};
use super::{CONTROL, Config, Environment, check, raw};

/// What to do about a file that can't be read.
const ELSEWHERE: &str =
    "is it another file (--config, $ROSTERD_CONFIG), or for others to read (sudo)? `rosterd init` writes a first one";

/// A try to load a config.
#[derive(Debug)]
pub struct Loaded {
    /// The config, or all that is wrong with it.
    pub config: Result<Config, Faults>,
    /// What it depends on, also where it failed: a credential that was missing may come.
    pub sources: Sources,
}

impl Loaded {
    /// Reads and checks a file.
    pub fn read(path: &Path, environment: &Environment) -> Self {
        let files = Files::default();
        let config = read(path, environment, &files);
        Self { config, sources: files.close() }
    }
}

impl Config {
    /// The control socket that a file names, however much else of it is wrong or may not be read.
    pub fn control_socket(path: &Path, environment: &Environment) -> PathBuf {
        let files = Files::default();
        let text = files.read(path).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        let socket = raw::parse(&text).ok().and_then(|root| {
            let Value::Map(entries) = root.value else { return None };
            let (_, mut control) = entries.into_iter().find(|(key, _)| key.name == "control")?;
            resolve(&mut control, &text, environment, &files, &mut Vec::new());
            let Value::Text(path) = control.value else { return None };
            Some(PathBuf::from(path.value))
        });
        socket.unwrap_or_else(|| PathBuf::from(CONTROL))
    }

    /// Reads and checks a file.
    pub fn load(path: &Path, environment: &Environment) -> Result<Self, Faults> {
        Loaded::read(path, environment).config
    }

    /// Checks a file's text; its name is for the faults.
    pub fn parse(text: &str, file_name: &str, environment: &Environment) -> Result<Self, Faults> {
        parse(text, file_name, environment, &Files::default())
    }
}

fn read(path: &Path, environment: &Environment, files: &Files) -> Result<Config, Faults> {
    let name = path.display().to_string();
    let whole = |fault| Faults::new(&name, String::new(), Weight::Error, vec![fault]);
    let bytes =
        files.read(path).map_err(|why| whole(Fault::of_file(format!("cannot be read: {why}")).help(ELSEWHERE)))?;
    match std::str::from_utf8(&bytes) {
        Ok(text) => {
            let mut config = parse(text, &name, environment, files)?;
            if may_be_written_by_anybody(path) {
                let unwise = Fault::of_file("anybody on this host may change it, and so who is let in where")
                    .help(format!("chmod o-w {name}"));
                config.warnings.add(unwise);
            }
            Ok(config)
        }
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

fn may_be_written_by_anybody(path: &Path) -> bool {
    std::fs::metadata(path).is_ok_and(|file| file.mode() & 0o002 != 0)
}

fn parse(text: &str, file_name: &str, environment: &Environment, files: &Files) -> Result<Config, Faults> {
    // Some editors begin a file with a byte order mark, which is no part of the text.
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut root =
        raw::parse(text).map_err(|fault| Faults::new(file_name, mask(text, &[]), Weight::Error, vec![fault]))?;
    let mut faults = Vec::new();
    let resolved = resolve(&mut root, text, environment, files, &mut faults);
    let report = Report::new(faults, resolved);
    let config = check::config(&root, files, &report);
    let warnings = report.close(file_name, text)?;
    let unfinished = || Fault::of_file("the config could not be built; this is a mistake in rosterd");
    let config = config.ok_or_else(|| Faults::new(file_name, String::new(), Weight::Error, vec![unfinished()]))?;
    let prints = Prints::of(&root, &config, files);
    Ok(Config { warnings, prints, ..config })
}
