//! Where the code makes messages.

use std::fs;
use std::path::Path;

use regex_lite::{Captures, Regex};

use super::message::Message;
use super::root;

/// What a message is made by, and where it stands within the parentheses: help may follow it.
const MAKERS: [(&str, Which); 15] = [
    ("#[error(", Which::Argument(0)),
    ("Failure::new(", Which::All),
    ("Failure::usage(", Which::All),
    ("Fault::at(", Which::Argument(1)),
    ("Fault::of_file(", Which::Argument(0)),
    (".fault(", Which::Argument(0)),
    (".name_fault(", Which::Argument(0)),
    ("Mishap::data(", Which::Argument(0)),
    ("Mishap::misuse(", Which::Argument(0)),
    ("Refusal::new(", Which::Argument(0)),
    ("Err(", Which::Argument(0)),
    ("map_err(", Which::Argument(0)),
    ("ok_or_else(", Which::Argument(0)),
    // Of `check`.
    (".failed(", Which::Argument(1)),
    (".warning(", Which::Argument(1)),
];

/// Files where every sentence is a message, or the fixed part of one.
const SPOKEN: [&str; 21] = [
    "config/certificate.rs",
    "destination/boostcom/delivery.rs",
    "destination/boostcom/member.rs",
    "destination/boostcom/refusal.rs",
    "destination/boostcom/report.rs",
    "destination/capillary/delivery/create.rs",
    "destination/capillary/delivery/delete.rs",
    "destination/capillary/delivery/lost.rs",
    "destination/capillary/member.rs",
    "destination/mail.rs",
    "destination/veris/member.rs",
    "directory/ldap/discover.rs",
    "directory/ldap/endpoint.rs",
    "directory/ldap/tls.rs",
    "directory/ldap/words.rs",
    "mapping/standing.rs",
    "notify/condition.rs",
    "plan/absence.rs",
    "plan/guard.rs",
    "plan/unique.rs",
    "store/wording.rs",
];

/// Where nothing is said to an administrator: in what only tests run, and in the stand-in's answers, which are the targets' own.
const SILENT: [&str; 9] = [
    "sandbox/boostcom",
    "sandbox/capillary",
    "sandbox/control.rs",
    "sandbox/directory",
    "sandbox/fault",
    "sandbox/input.rs",
    "sandbox/span.rs",
    "sandbox/veris",
    "simulation",
];

#[derive(Clone, Copy)]
enum Which {
    /// The first literal, if it is in this argument.
    Argument(usize),
    /// All that there are.
    All,
}

/// A file of the program, without its tests: its code, with a `"` for each literal, and these.
pub struct Source {
    /// Below `src`.
    pub name: String,
    code: String,
    pub literals: Vec<Literal>,
}

/// A literal as it is written, and whether it is one to be filled with values.
pub struct Literal {
    pub written: String,
    pub filled: bool,
}

/// All of them.
pub fn sources() -> Vec<Source> {
    let source = root().join("src");
    let mut folders = vec![source.clone()];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            let name = path.strip_prefix(&source).unwrap().to_str().unwrap();
            let stem = path.file_stem().unwrap().to_str().unwrap();
            if SILENT.contains(&name) || stem == "tests" || stem.ends_with("_tests") {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(Source::of(name, &fs::read_to_string(&path).unwrap()));
            }
        }
    }
    for name in SPOKEN {
        assert!(found.iter().any(|source| source.name == name), "{name} is not there");
    }
    for name in SILENT {
        assert!(Path::new(&source).join(name).exists(), "{name} is not there");
    }
    found
}

impl Source {
    fn of(name: &str, text: &str) -> Self {
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap();
        // A comment, a character, or a literal: raw, or with escapes.
        let other = Regex::new(r##"(?s)//[^\n]*|'(?:\\.|[^\\'])'|r#"(.*?)"#|r"(.*?)"|"((?:\\.|[^"\\])*)""##).unwrap();
        let mut literals = Vec::new();
        let code = other.replace_all(text, |found: &Captures| {
            let Some(literal) = found.get(1).or(found.get(2)).or(found.get(3)) else { return "" };
            let before = &text[..found.get(0).unwrap().start()];
            literals.push(Literal { written: literal.as_str().to_owned(), filled: in_macro(before) });
            "\""
        });
        Self { name: name.to_owned(), code: code.into_owned(), literals }
    }

    /// The messages that are seen in it.
    pub fn messages(&self) -> Vec<Message> {
        let spoken = SPOKEN.contains(&self.name.as_str());
        let made = MAKERS.into_iter().flat_map(|(maker, which)| self.made_by(maker, which));
        let all = self.literals.iter().filter(|_| spoken);
        made.chain(all).map(Message::of).filter(Message::can_be_searched_for).collect()
    }

    fn made_by(&self, maker: &str, which: Which) -> impl Iterator<Item = &Literal> {
        let made = self.code.match_indices(maker).map(move |(at, _)| at + maker.len());
        made.flat_map(move |at| {
            let within = parentheses(&self.code[at..]);
            let first = quotes(&self.code[..at]);
            let many = match which {
                Which::All => quotes(within),
                Which::Argument(number) => usize::from(begins_in(within, number)),
            };
            &self.literals[first..first + many]
        })
    }
}

/// Whether a macro is called before this, and nothing within it is yet.
fn in_macro(before: &str) -> bool {
    let Some((call, arguments)) = before.rsplit_once('(') else { return false };
    (call.ends_with('!') || call.ends_with("#[error")) && !arguments.contains([')', '"', ';', '{', '}'])
}

fn quotes(code: &str) -> usize {
    code.matches('"').count()
}

/// What stands before the parenthesis that closes the one before it.
fn parentheses(code: &str) -> &str {
    let mut depth = 1;
    let end = code.find(|c| {
        depth += match c {
            '(' => 1,
            ')' => -1,
            _ => 0,
        };
        depth == 0
    });
    &code[..end.unwrap_or(code.len())]
}

/// Whether the first literal is in this argument, and no help to something said elsewhere.
fn begins_in(arguments: &str, number: usize) -> bool {
    let Some((before, _)) = arguments.split_once('"') else { return false };
    let mut depth = 0;
    let between = |c: &char| {
        depth += match c {
            '(' | '[' | '{' => 1,
            ')' | ']' | '}' => -1,
            _ => 0,
        };
        *c == ',' && depth == 0
    };
    before.chars().filter(between).count() == number && !before.contains(".help(")
}

#[test]
fn what_is_seen_of_a_source() {
    let text = r#"
        #[error("one {a} message")] // "of these"
        f("no message"); Err(Failure::new(format!("two {}{b} messages", a("and {c} more"))));
        x.fault("`{}` is odd here", "help for it"); x.fault(said, "help alone"); x.help("no fault")
        Fault::at(a("a place"), "it is odd"); Fault::at(place, "it is {odd} there")
    "#;
    let messages = Source::of("x.rs", text).messages();
    let texts: Vec<_> = messages.iter().map(|message| message.text.as_str()).collect();
    let seen = ["one … message", "two … messages", "and {c} more", "it is {odd} there", "`{}` is odd here"];
    assert_eq!(texts, [&seen[..], &["two … messages"]].concat());
}
