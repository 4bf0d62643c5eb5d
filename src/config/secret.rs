//! References to what does not stand in the file: `${env:NAME}`, `${file:/path}`, `${cred:name}`.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};

use super::fault::Fault;
use super::raw::{Node, Origin, Text, Value};
use super::source::Files;

/// Where credentials are outside systemd, and where the unit takes them from.
/// Where secrets lie that systemd hands to the service, or whoever runs a command reads themselves.
pub const CREDENTIALS: &str = "/etc/rosterd/credentials";
/// What systemd puts before the names of files when the unit gives it that whole folder.
const OF_FOLDER: &str = "rosterd_";
const FORMS: &str = "write ${env:NAME}, ${file:/path} or ${cred:name}; `$${` stands for a plain `${`";

/// What a config may refer to. Its `Debug` shows names only.
#[derive(Clone)]
pub struct Environment {
    variables: BTreeMap<String, OsString>,
    credentials: PathBuf,
    under_systemd: bool,
}

impl Environment {
    /// This process's variables and credentials.
    pub fn of_process() -> Self {
        Self::new(std::env::vars_os().filter_map(|(name, value)| Some((name.into_string().ok()?, value))))
    }

    /// Given variables; credentials are where `CREDENTIALS_DIRECTORY` among them says, as systemd sets it.
    pub fn new<N: Into<String>, V: Into<OsString>>(variables: impl IntoIterator<Item = (N, V)>) -> Self {
        let variables: BTreeMap<_, _> =
            variables.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        let given = variables.get("CREDENTIALS_DIRECTORY").map(PathBuf::from);
        Self {
            under_systemd: given.is_some(),
            credentials: given.unwrap_or_else(|| PathBuf::from(CREDENTIALS)),
            variables,
        }
    }

    fn resolve(&self, reference: &str, files: &Files) -> Result<String, Wrong> {
        match reference.split_once(':') {
            Some(("env", name)) => self.variable(name),
            Some(("file", path)) if Path::new(path).is_absolute() => {
                read(Path::new(path), files).map_err(|why| Wrong::new(format!("`{path}` cannot be read: {why}")))
            }
            Some(("file", path)) => {
                Err(Wrong::new(format!("`{path}` is not an absolute path")).help("write ${file:/path}"))
            }
            Some(("cred", name)) => self.credential(name, files),
            _ => Err(Wrong::new(format!("`${{{reference}}}` refers to nothing known")).help(FORMS)),
        }
    }

    fn variable(&self, name: &str) -> Result<String, Wrong> {
        let value = self.variables.get(name).ok_or_else(|| {
            Wrong::new(format!("the environment variable `{name}` is not set"))
                .help("it is looked for in the environment of rosterd itself; under systemd use `Environment=`, or rather a credential")
        })?;
        let text = value.clone().into_string();
        text.map_err(|_| Wrong::new(format!("the environment variable `{name}` is not valid UTF-8")))
    }

    fn credential(&self, name: &str, files: &Files) -> Result<String, Wrong> {
        if name.is_empty() || name.starts_with('.') || name.contains('/') {
            return Err(Wrong::new(format!("`{name}` is no name of a credential"))
                .help("a credential has a plain name; for a path write ${file:/path}"));
        }
        let path = self.credentials.join(name);
        let of_folder = self.credentials.join(format!("{OF_FOLDER}{name}"));
        // One that the unit names itself goes before.
        let path = if self.under_systemd && !path.exists() && of_folder.exists() { of_folder } else { path };
        read(&path, files).map_err(|why| {
            let wrong = Wrong::new(format!("the credential `{name}` can't be read: `{}`: {why}", path.display()));
            if self.under_systemd {
                // A running unit keeps the credentials it was started with, whatever becomes of the files.
                wrong.help(format!("write it to {CREDENTIALS}/{name}, and restart rosterd: systemd hands it over at the start"))
            } else {
                wrong.help(format!(
                    // In a line of its own, so that it is copied whole.
                    "only root may read it (sudo); a missing one is put there, pasted with Enter and Ctrl-D after it, by\n\
                     sudo install -m 600 /dev/stdin {}",
                    path.display()
                ))
            }
        })
    }
}

impl fmt::Debug for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Environment({} variables, {})", self.variables.len(), self.credentials.display())
    }
}

struct Wrong {
    message: String,
    help: Option<String>,
}

impl Wrong {
    fn new(message: String) -> Self {
        Self { message, help: None }
    }

    fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

// Nobody means the newline that an editor or `echo` left at the end.
fn read(path: &Path, files: &Files) -> Result<String, String> {
    let bytes = files.read(path)?;
    let text = std::str::from_utf8(&bytes).map_err(|_| "it is not valid UTF-8".to_owned())?;
    let text = text.strip_suffix('\n').unwrap_or(text);
    Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
}

/// What was put in place of references, so that no fault quotes it by accident: value and reference.
pub(super) type Resolved = Vec<(String, String)>;

/// Resolves every reference in a tree, in place.
pub(super) fn resolve(
    node: &mut Node,
    source: &str,
    from: &Environment,
    files: &Files,
    faults: &mut Vec<Fault>,
) -> Resolved {
    let mut resolved = Resolved::new();
    walk(node, &mut |at, text| {
        let mut wrong = |reference: &str, wrong: Wrong| {
            // The caret goes under the reference itself where it can be found: the text may hold several.
            let offset = source.get(at.clone()).and_then(|written| written.find(reference));
            let place = offset.map_or(at.clone(), |offset| at.start + offset..at.start + offset + reference.len());
            faults.push(Fault::at(place, wrong.message).or_help(wrong.help));
        };
        interpolate(text, &|reference| from.resolve(reference, files), &mut resolved, &mut wrong);
    });
    resolved
}

fn walk(node: &mut Node, visit: &mut impl FnMut(&Range<usize>, &mut Text)) {
    match &mut node.value {
        Value::Text(text) => visit(&node.at, text),
        Value::List(items) => items.iter_mut().for_each(|item| walk(item, visit)),
        Value::Map(entries) => entries.iter_mut().for_each(|(_, value)| walk(value, visit)),
        Value::Nothing | Value::Flag(_) | Value::Number(_) => {}
    }
}

fn interpolate(
    text: &mut Text,
    resolve: &impl Fn(&str) -> Result<String, Wrong>,
    resolved: &mut Resolved,
    wrong: &mut impl FnMut(&str, Wrong),
) {
    let mut out = String::new();
    let mut rest = text.written.as_str();
    while let Some(at) = rest.find("${") {
        let (before, reference) = rest.split_at(at);
        if let Some(before) = before.strip_suffix('$') {
            out.push_str(before);
            out.push_str("${");
            rest = &reference[2..];
            continue;
        }
        out.push_str(before);
        let Some(end) = reference.find('}') else {
            wrong(reference, Wrong::new("a reference is not closed: `}` is missing".to_owned()).help(FORMS));
            text.origin = Origin::Missing;
            return;
        };
        let (reference, after) = reference.split_at(end + 1);
        rest = after;
        match resolve(&reference[2..end]) {
            Ok(value) => {
                out.push_str(&value);
                resolved.push((value, reference.to_owned()));
                text.origin = if text.origin == Origin::Missing { Origin::Missing } else { Origin::Elsewhere };
            }
            Err(why) => {
                wrong(reference, why);
                text.origin = Origin::Missing;
            }
        }
    }
    out.push_str(rest);
    text.value = out;
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::config::raw;

    fn resolved(value: &str, from: &Environment) -> Result<(String, Origin), Fault> {
        let source = format!("key: '{value}'");
        let mut root = raw::parse(&source)?;
        let mut faults = Vec::new();
        resolve(&mut root, &source, from, &Files::default(), &mut faults);
        let Value::Map(entries) = root.value else { panic!("not a mapping") };
        let Some((_, Node { value: Value::Text(text), .. })) = entries.into_iter().next() else { panic!("no text") };
        faults.pop().map_or(Ok((text.value, text.origin)), Err)
    }

    #[test]
    fn references_are_replaced_and_doubled_dollars_are_not() {
        let from = Environment::new([("A", "one"), ("EMPTY", "")]);
        for (written, value, origin) in [
            ("plain $ text }", "plain $ text }", Origin::File),
            ("${env:A}", "one", Origin::Elsewhere),
            ("x${env:A}-${env:A}y", "xone-oney", Origin::Elsewhere),
            ("${env:EMPTY}", "", Origin::Elsewhere),
            ("$${env:A}", "${env:A}", Origin::File),
            ("$$${env:A}", "$${env:A}", Origin::File),
        ] {
            assert_eq!(resolved(written, &from), Ok((value.to_owned(), origin)), "{written}");
        }
    }

    #[test]
    fn one_newline_at_the_end_of_a_file_is_not_part_of_the_secret() {
        let folder = tempfile::tempdir().unwrap();
        let from = Environment::new([("CREDENTIALS_DIRECTORY", folder.path())]);
        for (content, value) in [("a\n", "a"), ("a\r\n", "a"), ("a\n\n", "a\n"), (" a ", " a "), ("", "")] {
            let path = folder.path().join("name");
            fs::write(&path, content).unwrap();
            let by_path = format!("${{file:{}}}", path.display());
            for written in ["${cred:name}", by_path.as_str()] {
                assert_eq!(resolved(written, &from), Ok((value.to_owned(), Origin::Elsewhere)), "{content:?}");
            }
        }
    }

    #[test]
    fn a_folder_of_credentials_gives_each_of_its_files_unless_the_unit_names_one_itself() {
        let folder = tempfile::tempdir().unwrap();
        let from = Environment::new([("CREDENTIALS_DIRECTORY", folder.path())]);
        fs::write(folder.path().join("rosterd_name"), "of the folder").unwrap();
        assert_eq!(resolved("${cred:name}", &from).unwrap().0, "of the folder");
        fs::write(folder.path().join("name"), "named").unwrap();
        assert_eq!(resolved("${cred:name}", &from).unwrap().0, "named");
        let help = resolved("${cred:other}", &from).unwrap_err().help.unwrap();
        assert!(help.contains("/etc/rosterd/credentials/other"), "{help}");
    }

    #[test]
    fn outside_systemd_credentials_are_looked_for_beside_the_config() {
        let fault = resolved("${cred:no-such-credential}", &Environment::new([("A", "x")])).unwrap_err();
        assert!(fault.message.contains("/etc/rosterd/credentials/no-such-credential"), "{fault:?}");
        assert!(
            fault
                .help
                .unwrap()
                .contains("by\nsudo install -m 600 /dev/stdin /etc/rosterd/credentials/no-such-credential")
        );
    }

    #[test]
    fn an_environment_shows_no_values() {
        assert_eq!(
            format!("{:?}", Environment::new([("A", "hunter2")])),
            "Environment(1 variables, /etc/rosterd/credentials)"
        );
    }
}
