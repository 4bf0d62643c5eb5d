//! Which names of the config may stand at the cursor.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};

use clap::ArgMatches;

use crate::cli::{CONFIG, examples};
use crate::config::Config;

/// Stands where the cursor is. Nobody types it.
const CURSOR: &str = "\u{1}";

/// The names that may follow these words, the program's own first among them. None where no name is wanted, or where the
/// config does not tell: whoever presses a key is not told of faults.
pub(super) fn following(words: &[OsString]) -> Vec<String> {
    // bash takes `--config=FILE` for three words.
    let words = words.iter().map(OsString::as_os_str).filter(|word| *word != "=").chain([OsStr::new(CURSOR)]);
    let command = examples::command().ignore_errors(true);
    let Ok(matches) = command.clone().try_get_matches_from(words) else { return Vec::new() };
    let Some((name, given)) = matches.subcommand() else { return Vec::new() };
    let Some(command) = command.find_subcommand(name) else { return Vec::new() };
    let wanted = command.get_positionals().find_map(|argument| {
        let before = before_cursor(given, argument.get_id().as_str())?;
        Some((section(argument.get_value_names()?.first()?)?, before))
    });
    let Some((section, before)) = wanted else { return Vec::new() };
    let config = matches.get_one::<PathBuf>("config").map_or(Path::new(CONFIG), PathBuf::as_path);
    let mut names = Config::names(&at_home(config), section);
    names.retain(|name| before.iter().all(|word| *word != name.as_str()));
    names
}

/// What was given for an argument already, when the cursor is at it.
fn before_cursor<'a>(given: &'a ArgMatches, argument: &str) -> Option<Vec<&'a OsStr>> {
    let mut words: Vec<_> = given.try_get_raw(argument).ok()??.collect();
    words.pop_if(|word| *word == CURSOR)?;
    Some(words)
}

/// Where the config has what an argument is called by.
fn section(value_name: &str) -> Option<&'static str> {
    match value_name {
        "NAME" => Some("syncs"),
        "DESTINATION" => Some("destinations"),
        _ => None,
    }
}

/// The shells hand over a `~` as it was typed.
fn at_home(path: &Path) -> PathBuf {
    match (path.strip_prefix("~"), std::env::home_dir()) {
        (Ok(rest), Some(home)) => home.join(rest),
        _ => path.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    /// After these words, with a config of two syncs and a destination.
    fn after(words: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("rosterd.yaml");
        fs::write(&file, "destinations: { mall: }\nsyncs:\n  members: {}\n  staff: { secret: '${cred:none}' }\n")
            .unwrap();
        let words = words.replace("FILE", file.to_str().unwrap());
        let words: Vec<_> = words.split_whitespace().map(OsString::from).collect();
        following(&words).join(" ")
    }

    #[test]
    fn syncs_where_a_sync_is_wanted() {
        for command in ["sync", "plan", "runs", "approve", "retry", "resend", "import", "pause", "resume"] {
            assert_eq!(after(&format!("rosterd {command} --config FILE")), "members staff", "{command}");
            assert_eq!(after(&format!("rosterd --config = FILE {command}")), "members staff", "{command}");
        }
        assert_eq!(after("rosterd --config=FILE sync --full --wait 20m"), "members staff");
        assert_eq!(after("rosterd --config FILE sync staff"), "members");
    }

    #[test]
    fn destinations_where_one_of_those_is() {
        assert_eq!(after("rosterd --config FILE clients"), "mall");
        assert_eq!(after("rosterd --config FILE scopes"), "mall");
    }

    #[test]
    fn nothing_where_something_else_is_or_the_config_does_not_tell() {
        for words in [
            "rosterd --config FILE",
            "rosterd --config FILE nonsense",
            "rosterd --config FILE status",
            "rosterd --config FILE explain",
            "rosterd --config FILE retry staff",
            "rosterd --config FILE import staff",
            "rosterd --config FILE runs staff",
            "rosterd --config FILE sync --wait",
            "rosterd --config FILE approve staff 35ae486f --only",
            "rosterd --config FILE.none sync",
            "rosterd sync --config",
        ] {
            assert_eq!(after(words), "", "{words}");
        }
    }
}
