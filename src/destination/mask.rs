//! What must not be quoted: a target's own words help to find a fault, but they often repeat what was sent.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;

use super::Item;

/// Characters of a target's words that are quoted.
const QUOTED: usize = 200;
/// Characters of a target's words that are looked at; masking is not meant to read megabytes.
const READ: usize = 2000;
/// Stands for what was left out.
const HIDDEN: char = '…';

/// Hides secrets and members' values in a target's words.
#[derive(Default)]
pub struct Mask {
    /// Hidden wherever they occur.
    secrets: Vec<Vec<char>>,
    /// Hidden where they stand as words: a short value would otherwise riddle every sentence.
    values: Vec<Vec<char>>,
}

impl std::fmt::Debug for Mask {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Mask({} secrets, {} values)", self.secrets.len(), self.values.len())
    }
}

impl Mask {
    /// Hides a secret.
    #[must_use]
    pub fn secret(mut self, secret: &SecretString) -> Self {
        self.secrets.extend(needle(secret.expose_secret()));
        self.secrets.sort_unstable();
        self
    }

    /// Hides the identities of a batch and every value in its payloads; of the fields `names` every single word. The
    /// fields `open` hold words of the target's own, which may be shown.
    #[must_use]
    pub fn members(mut self, items: &[Item], names: &[&str], open: &[&str]) -> Self {
        for item in items {
            self.values.extend(needle(item.identity.as_str()));
            for (field, value) in item.payload.fields().iter().filter(|(field, _)| !open.contains(&field.as_str())) {
                self.hide(value);
                if let Some(text) = value.as_str().filter(|_| names.contains(&field.as_str())) {
                    self.values.extend(text.split(|c: char| !c.is_alphanumeric()).filter_map(needle));
                }
            }
        }
        self.values.sort_unstable();
        self.values.dedup();
        self
    }

    fn hide(&mut self, value: &Value) {
        match value {
            Value::String(text) => {
                self.values.extend(needle(text));
                // As it stands in quoted JSON, should that differ.
                let quoted = value.to_string();
                self.values.extend(needle(&quoted[1..quoted.len() - 1]));
            }
            Value::Number(number) => self.values.extend(needle(&number.to_string())),
            Value::Array(list) => list.iter().for_each(|value| self.hide(value)),
            Value::Object(fields) => fields.values().for_each(|value| self.hide(value)),
            Value::Null | Value::Bool(_) => {}
        }
    }

    /// A target's words, fit for a log: one line of at most 200 characters, masked. `None` where nothing is left that
    /// says anything.
    pub fn quote(&self, words: &str) -> Option<String> {
        let words: Vec<char> = one_line(&readable(words)?);
        let folded: Vec<char> = words.iter().copied().map(fold).collect();
        let mut hidden = addresses(&words);
        for at in 0..folded.len() {
            let rest = &folded[at..];
            let secret = starting_with(&self.secrets, rest).map(Vec::len).max();
            let value = starting_with(&self.values, rest).map(Vec::len).filter(|&n| is_word(&folded, at, at + n)).max();
            let length = secret.max(value).unwrap_or(0);
            hidden[at..at + length].fill(true);
        }
        let mut shown: Vec<char> = Vec::with_capacity(QUOTED + 1);
        for (&letter, &hidden) in words.iter().zip(&hidden) {
            let letter = if hidden { HIDDEN } else { letter };
            if letter != HIDDEN || shown.last() != Some(&HIDDEN) {
                shown.push(letter);
            }
        }
        if shown.len() > QUOTED {
            shown.truncate(QUOTED - 1);
            shown.push(HIDDEN);
        }
        shown.iter().any(|letter| letter.is_alphanumeric()).then(|| shown.into_iter().collect())
    }
}

/// The part of a reply worth quoting: JSON with its escapes undone (an escaped name would slip through), a page's title.
fn readable(words: &str) -> Option<String> {
    if let Ok(json) = serde_json::from_str::<Value>(words) {
        return Some(json.to_string());
    }
    let words = words.trim();
    if words.starts_with('<') {
        let (_, rest) = words.split_once("<title>").or_else(|| words.split_once("<TITLE>"))?;
        return rest.split_once("</").map(|(title, _)| title.to_owned());
    }
    // Broken JSON whose escapes nobody undoes.
    (!words.contains("\\u")).then(|| words.to_owned())
}

/// Control characters and runs of white space become one space. A word that is cut off could no longer be recognised:
/// it goes.
fn one_line(text: &str) -> Vec<char> {
    let mut line: Vec<char> = Vec::new();
    for letter in text.chars().map(|c| if c.is_control() || c.is_whitespace() { ' ' } else { c }) {
        if letter != ' ' || line.last().is_some_and(|&last| last != ' ') {
            line.push(letter);
        }
        if line.len() > READ {
            let end = line.iter().rposition(|&c| c == ' ').unwrap_or(0);
            line.truncate(end);
            break;
        }
    }
    line
}

/// Whatever looks like a mail address: a target may name people who are not in the batch.
fn addresses(words: &[char]) -> Vec<bool> {
    let delimits = |c: &char| c.is_whitespace() || "\"'<>()[]{},;:=".contains(*c);
    let mut hidden = vec![false; words.len()];
    let mut start = 0;
    for word in words.split(delimits) {
        let end = start + word.len();
        if word.len() > 2 && word[1..word.len() - 1].contains(&'@') {
            hidden[start..end].fill(true);
        }
        start = end + 1;
    }
    hidden
}

/// The needles with which a text starts. They are sorted, so only those with its first character are looked at: a
/// batch has thousands.
fn starting_with<'a>(needles: &'a [Vec<char>], text: &'a [char]) -> impl Iterator<Item = &'a Vec<char>> {
    let first = text.first();
    let start = needles.partition_point(|needle| needle.first() < first);
    needles[start..]
        .iter()
        .take_while(move |needle| needle.first() == first)
        .filter(move |needle| text.starts_with(needle))
}

fn is_word(text: &[char], start: usize, end: usize) -> bool {
    let joined = |index: Option<usize>| index.and_then(|i| text.get(i)).is_some_and(|letter| letter.is_alphanumeric());
    !joined(start.checked_sub(1)) && !joined(Some(end))
}

/// What is searched for, prepared as the searched text is.
fn needle(text: &str) -> Option<Vec<char>> {
    let needle: Vec<char> = one_line(text.trim()).into_iter().map(fold).collect();
    (!needle.is_empty()).then_some(needle)
}

/// Lower case that keeps the number of characters, so that places in the folded text are places in the text.
fn fold(letter: char) -> char {
    letter.to_lowercase().next().unwrap_or(letter)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::destination::Op;
    use crate::roster::{Identity, Payload};

    fn mask() -> Mask {
        let payload = Payload::default()
            .with("first_name", "Björn Åke")
            .with("last_name", "O'Brien")
            .with("designation", "Head of Sales")
            .with("badge", 4711)
            .with("status", "active")
            .with("nick", r#"the "boss""#)
            .with("more", json!({"town": ["Bergen"]}));
        let item = Item {
            account: 1,
            identity: Identity::new("E 17"),
            remote: None,
            op: Op::Change,
            payload,
            before: None,
            certain: true,
        };
        Mask::default().secret(&SecretString::from("s3cret")).members(
            &[item],
            &["first_name", "last_name"],
            &["status"],
        )
    }

    fn quoted(words: &str) -> String {
        mask().quote(words).unwrap_or_default()
    }

    #[test]
    fn members_values_and_secrets_are_hidden() {
        for (words, shown) in [
            ("member e 17 is unknown", "member … is unknown"),
            ("BJÖRN is no name, nor is Brien", "… is no name, nor is …"),
            (r#"{"error":"Bj\u00f6rn: bad"}"#, r#"{"error":"…: bad"}"#),
            ("badge 4711 of Bergen, not 47110 or Bergenhus", "badge … of …, not 47110 or Bergenhus"),
            ("head of sales? never heard of", "…? never heard of"),
            ("keys3cretkey", "key…key"),
            ("status active?", "status active?"),
            (r#"{"nick":"the \"boss\" himself"}"#, r#"{"nick":"… himself"}"#),
            ("already used by <anna.b@example.com>, sorry", "already used by <…>, sorry"),
            ("meet @ noon", "meet @ noon"),
        ] {
            assert_eq!(quoted(words), shown, "{words}");
        }
    }

    #[test]
    fn what_cannot_be_read_safely_is_not_quoted() {
        for words in ["", "  \n ", r#"{"error":"Bj\u00f6rn"#, "<html>Björn</html>", "E 17", "{}", "\u{1b}"] {
            assert_eq!(mask().quote(words), None, "{words}");
        }
    }

    #[test]
    fn it_is_one_short_line() {
        assert_eq!(quoted("one\r\n\ttwo\u{1b}[0m"), "one two [0m");
        assert_eq!(quoted("<html><title>502 Bad Gateway</title><p>E 17"), "502 Bad Gateway");
        for words in ["x".repeat(1_000_000), "é ".repeat(1_000_000), format!("{}s3cret", "y ".repeat(997))] {
            let shown = quoted(&words);
            assert!(shown.chars().count() <= QUOTED && !shown.contains("s3c"), "{shown}");
        }
    }

    #[test]
    fn a_value_cut_off_by_the_bound_is_not_shown() {
        // Everything before is masked to one sign, so that the place where reading stops is within what is shown.
        let words = format!("{} s3cretly", "E 17 ".repeat(399));
        assert!(!quoted(&words).contains("s3c"));
    }
}
