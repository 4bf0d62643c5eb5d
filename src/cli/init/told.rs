//! What `init` says: counts and shares, nobody's name or address.

use std::path::{Path, PathBuf};

use serde_json::json;

use super::seen::Seen;
use super::text::{Draft, PASSWORD};
use crate::cli::CONFIG;
use crate::cli::output::{Failure, json_line};
use crate::config::CREDENTIALS;
use crate::report::{Findings, text};

/// Containers that are named; more would bury what matters.
const PLACES: usize = 5;

/// What was seen and what was made of it.
pub(super) fn findings(draft: &Draft, contexts: &[String], seen: &Seen) -> Findings {
    let mut findings = Findings::default();
    findings.ok(
        "directory",
        format!("connected and bound: {}, {}; entries are below {}", draft.url, draft.kind, contexts.join(" and ")),
    );
    let (looked, whom, sync) = (seen.people.len(), draft.target.whom(), draft.name());
    if seen.whole {
        findings.ok("directory", format!("looked at all {looked} {whom} there"));
    } else {
        findings.warning("directory", format!("looked at the first {looked} {whom} only: the search is kept wide"));
    }
    let places = seen.places();
    for (place, count) in places.iter().take(PLACES) {
        findings.ok("directory", format!("{count} of them are in {place}"));
    }
    if places.len() > PLACES {
        findings.ok("directory", format!("the rest are in {} other places", places.len() - PLACES));
    }
    findings.ok(
        sync,
        match &draft.proposal.identity {
            Some(identity) => {
                let people = draft.proposal.people;
                format!("told apart by {identity}, which {people} of {looked} have: they are whom the search is for")
            }
            None => "known by their entries in the directory: whoever is renamed keeps their client".to_owned(),
        },
    );
    for field in &draft.proposal.fields {
        let said = format!("{} is {}: {}", field.name, field.rule, field.note);
        if field.filled { findings.ok(sync, said) } else { findings.warning(sync, said) }
    }
    findings
}

/// Where the password of whoever binds is.
pub(super) enum Password {
    /// With whoever knows it.
    Known,
    /// In a file that was named.
    InFile(PathBuf),
    /// Where the config refers to.
    InItsPlace,
}

/// What was written, where its secrets go, and what comes next.
pub(super) fn written(draft: &Draft, file: &Path, password: &Password, findings: &Findings) -> String {
    let mut said = text::check(findings);
    said += &format!("\nwrote {}", file.display());
    said += &match password {
        Password::InItsPlace => format!(", and the password to {}\n\nIts other", place(PASSWORD).display()),
        _ => "\n\nIts".to_owned(),
    };
    said += " secrets go to files of root's; put each there:\n\n";
    for name in draft.secrets() {
        let from = match password {
            Password::InItsPlace if name == PASSWORD => continue,
            Password::InFile(file) if name == PASSWORD && *file == place(name) => continue,
            Password::InFile(file) if name == PASSWORD => in_shell(file),
            _ => "/dev/stdin".to_owned(),
        };
        said += &format!("  install -m 600 {from} {}\n", place(name).display());
    }
    let under = if file == Path::new(CONFIG) { String::new() } else { format!(" --config {}", in_shell(file)) };
    said += "\n(From /dev/stdin: paste the secret, then Enter and Ctrl-D.) Then ask\n\n";
    said + &format!("  rosterd check{under}\n  rosterd plan{under}\n")
}

/// The same for programs.
pub(super) fn written_json(draft: &Draft, file: &Path, findings: &Findings) -> Result<String, Failure> {
    let secrets: Vec<_> =
        draft.secrets().into_iter().map(|name| json!({ "name": name, "file": place(name) })).collect();
    json_line(&json!({ "file": file.display().to_string(), "findings": findings, "secrets": secrets }))
}

pub(super) fn place(name: &str) -> PathBuf {
    Path::new(CREDENTIALS).join(name)
}

/// A path as a shell takes it.
fn in_shell(path: &Path) -> String {
    text::argument(&path.display().to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_quoted_where_a_shell_needs_it() {
        assert_eq!(in_shell(Path::new("/root/ldap-password")), "/root/ldap-password");
        assert_eq!(in_shell(Path::new("/root/it's $here")), r"'/root/it'\''s $here'");
    }
}
