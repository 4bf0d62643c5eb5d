//! What the program said in all other tests gives no secret and nobody away. They note it (`fixtures/overheard.rs`), so this one
//! comes after them: `tests/run` does that, from an empty folder on.

use std::collections::BTreeSet;
use std::fs;
use std::ops::Range;
use std::path::PathBuf;

use aho_corasick::AhoCorasick;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use serde_json::Value;

/// In everybody's name, address or title, wherever tests make people up.
const TELLTALES: [&str; 4] = ["Żoë", "Ørsted", "@corp.example.com", "Engineer"];

/// Attributes whose values are about a person, and found nowhere else. Other titles than the telltale are plain words.
const PERSONAL: [&str; 6] = ["givenName", "sn", "displayName", "mail", "mobile", "telephoneNumber"];

/// How the sandbox's tokens begin, and the passwords that no config has in it.
const SECRETS: [&str; 4] = ["sandbox-1", "Person-Passw0rd", "Service-Passw0rd", "Passw0rd!"];

/// Commands that show values to whoever has a right to them; what they say of what went wrong is for logs all the same.
const SHOWING: [&str; 5] = ["check", "clients", "demo", "explain", "plan"];

/// Anything shorter is found where nobody planted it.
const SHORT: usize = 5;

#[test]
#[ignore = "comes after all others: tests/run"]
fn nothing_that_was_said_gives_a_secret_or_anybody_away() {
    let notes = notes();
    let strings = |name: &'static str| notes.iter().filter_map(move |note| note[name].as_str());
    let secrets = strings("secret").map(str::to_owned).chain(SECRETS.map(str::to_owned));
    let people = strings("people")
        .flat_map(str::lines)
        .filter_map(personal)
        .flat_map(as_sent)
        .chain(TELLTALES.map(str::to_owned));
    let (secrets, people) = (Planted::new(secrets), Planted::new(people));
    let said: Vec<_> = notes.iter().filter(|note| note.get("arguments").is_some()).collect();
    assert!(said.len() > 300 && secrets.values.len() > 10 && people.values.len() > 100, "most tests have not run");
    let leaks: Vec<_> = said.iter().filter_map(|note| leak(note, &secrets, &people)).collect();
    let (outputs, secrets, people) = (said.len(), secrets.values.len(), people.values.len());
    println!("{outputs} outputs, {secrets} secrets and {people} values of people looked for");
    assert!(leaks.is_empty(), "{} leaks, the first of them:\n{}", leaks.len(), leaks[..leaks.len().min(30)].join("\n"));
}

/// What a process gave away, and where.
fn leak(note: &Value, secrets: &Planted, people: &Planted) -> Option<String> {
    let text = |name: &str| note[name].as_str().unwrap_or_default();
    let (out, err) = (text("out"), text("err"));
    let words: Vec<_> = note["arguments"].as_array()?.iter().filter_map(Value::as_str).collect();
    let command = command(&words);
    // The stand-in says what is accepted there.
    if command == "sandbox" {
        return None;
    }
    let secret = [out, err, &words.join(" ")].into_iter().find_map(|text| secrets.found(text));
    // Whom somebody asked about is no news to them.
    let asked: Vec<_> = words.iter().filter(|word| word.len() >= SHORT).collect();
    let [out, err] = [out, err].map(|text| asked.iter().fold(text.to_owned(), |text, word| text.replace(**word, "")));
    let leak = secret
        .or_else(|| people.found(&err))
        .or_else(|| people.found(&out).filter(|_| !SHOWING.contains(&command)))
        .or_else(|| err.contains("panicked").then_some("a panic"))?;
    Some(format!("{leak:?} of {words:?}: {out}{err}"))
}

/// What is looked for.
struct Planted {
    values: Vec<String>,
    finder: AhoCorasick,
}

impl Planted {
    fn new(values: impl Iterator<Item = String>) -> Self {
        let values: BTreeSet<_> = values.filter(|value| value.len() >= SHORT).collect();
        let values = Vec::from_iter(values);
        Self { finder: AhoCorasick::new(&values).unwrap(), values }
    }

    fn found(&self, text: &str) -> Option<&str> {
        let mut found = self.finder.find_overlapping_iter(text);
        found.find(|found| stands_alone(text, found.range())).map(|found| self.values[found.pattern()].as_str())
    }
}

/// Whether a number is one, rather than digits of a longer one such as a journal's moments and cursors are full of; whatever
/// is no number always counts.
fn stands_alone(text: &str, place: Range<usize>) -> bool {
    let (before, found, after) = (&text.as_bytes()[..place.start], &text[place.clone()], &text.as_bytes()[place.end..]);
    let longer = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    !found.bytes().all(|byte| byte.is_ascii_digit()) || !longer(before.last()) && !longer(after.first())
}

/// A value, and what a mobile number is as a target has it.
fn as_sent(value: String) -> Vec<String> {
    let mobile = value.len() == 8 && value.bytes().all(|byte| byte.is_ascii_digit());
    let sent = mobile.then(|| format!("47{value}"));
    [Some(value), sent].into_iter().flatten().collect()
}

fn notes() -> Vec<Value> {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("outputs");
    let files = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}: run tests/run", folder.display()));
    let texts = files.map(|file| fs::read_to_string(file.unwrap().path()).unwrap());
    texts.flat_map(|text| text.lines().map(|line| serde_json::from_str(line).unwrap()).collect::<Vec<_>>()).collect()
}

/// The command among its arguments.
fn command<'a>(words: &[&'a str]) -> &'a str {
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match *word {
            "--config" => drop(words.next()),
            option if option.starts_with('-') => {}
            command => return command,
        }
    }
    ""
}

/// The value of an attribute that is about a person, in a line of LDIF (RFC 2849).
fn personal(line: &str) -> Option<String> {
    let (name, value) = line.split_once(':')?;
    PERSONAL.contains(&name).then_some(())?;
    let value = match value.strip_prefix(':') {
        Some(encoded) => String::from_utf8(BASE64_STANDARD.decode(encoded.trim()).ok()?).ok()?,
        None => value.trim().to_owned(),
    };
    // A service has a plain word for a name.
    Some(value).filter(|value| !value.bytes().all(|byte| byte.is_ascii_lowercase()))
}
