//! docs/errors.md and the code have the same messages.
//!
//! A message is seen by how it is made (`source.rs`); a value within it is a `…` in the page. Not seen are messages that other
//! functions put together and hand on, what libraries and servers say, and whatever is a value as a whole. Of these the page has
//! the fixed parts, which must be in the code all the same. That an explanation is right, no test can tell.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use regex_lite::Regex;
use rosterd::config::{Config, Environment};

use self::message::{Message, can_be_searched_for};
use self::source::sources;

mod message;
mod source;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The messages of the page: a line each, in blocks of text.
fn page() -> Vec<String> {
    let text = fs::read_to_string(root().join("docs/errors.md")).unwrap();
    let blocks = text.split("```text\n").skip(1).map(|rest| rest.split("```").next().unwrap());
    let lines: Vec<_> = blocks.flat_map(str::lines).map(str::to_owned).collect();
    assert!(lines.len() > 400, "{}", lines.len());
    lines
}

#[test]
fn every_message_of_the_code_is_in_the_page() {
    let page = page();
    let mut missing = BTreeSet::new();
    for source in sources() {
        let messages = source.messages().into_iter();
        let absent = messages.filter(|message| !page.iter().any(|line| message.is(line)));
        missing.extend(absent.map(|message| format!("{}: {}", source.name, message.text)));
    }
    assert!(missing.is_empty(), "docs/errors.md lacks {}: {missing:#?}", missing.len());
}

#[test]
fn every_message_of_the_page_is_in_the_code() {
    let literals = sources().into_iter().flat_map(|source| source.literals);
    let said: Vec<_> = literals.map(|literal| Message::of(&literal)).filter(Message::can_be_searched_for).collect();
    let page = page();
    let held = |line: &str| can_be_searched_for(line) && said.iter().any(|message| message.is(line));
    let odd: Vec<_> = page.iter().filter(|line| !held(line)).collect();
    assert!(odd.is_empty(), "nothing in src says, or nobody could search for: {odd:#?}");
}

/// Another way to the same, by what is said of the files that are there to be wrong.
#[test]
fn every_fault_of_a_config_is_in_the_page() {
    // What is fixed may come after what is not.
    let whole = |line: &str| line.split('…').map(regex_lite::escape).collect::<Vec<_>>().join(".+");
    let lines: Vec<_> =
        page().iter().map(|line| Regex::new(&format!("^(.*(: |` ))?{}$", whole(line))).unwrap()).collect();
    let environment = Environment::new([
        ("CREDENTIALS_DIRECTORY", "tests/config/credentials"),
        ("ROSTERD_TEST_BASE", "OU=People,DC=example,DC=com"),
        ("ROSTERD_TEST_EMPTY", ""),
    ]);
    let mut said = BTreeSet::new();
    for folder in ["tests/config/invalid", "tests/config/valid"] {
        for file in fs::read_dir(root().join(folder)).unwrap() {
            let loaded = Config::load(&file.unwrap().path(), &environment);
            let faults = loaded.map_or_else(|faults| faults, |config| config.warnings);
            said.extend(faults.list().iter().map(|fault| fault.message.clone()));
        }
    }
    assert!(said.len() > 250, "{}", said.len());
    let missing: Vec<_> = said.iter().filter(|said| !lines.iter().any(|line| line.is_match(said))).collect();
    assert!(missing.is_empty(), "docs/errors.md lacks: {missing:#?}");
}
