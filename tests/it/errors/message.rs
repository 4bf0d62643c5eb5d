//! A literal of the code as it is printed.

use regex_lite::{Captures, Regex};

use super::source::Literal;

/// So many letters besides values, and two words: less is no message, or nothing to search by. Backticks count: they are seen.
const LETTERS: usize = 7;

/// With `…` for a value. What stands for a constant is written out in the page: `{LONGEST}`.
pub struct Message {
    pub text: String,
    /// Where a constant is in it.
    written_out: Option<Regex>,
}

/// Stands for a constant.
const CONSTANT: &str = "\u{1}";

impl Message {
    pub fn of(literal: &Literal) -> Self {
        let joined: String = literal.written.split("\\\n").map(str::trim_start).collect();
        let plain = joined.replace("\\\"", "\"").replace("\\n", "\n").replace("\\\\", "\\");
        let plain = plain.split_whitespace().collect::<Vec<_>>().join(" ");
        let text = if literal.filled { filled(&plain) } else { plain };
        let parts: Vec<_> = text.split(CONSTANT).map(regex_lite::escape).collect();
        let written_out = (parts.len() > 1).then(|| Regex::new(&format!("^{}$", parts.join(".+"))).unwrap());
        Self { text, written_out }
    }

    /// Whether a line of the page is this message.
    pub fn is(&self, line: &str) -> bool {
        self.written_out.as_ref().map_or(self.text == line, |pattern| pattern.is_match(line))
    }

    pub fn can_be_searched_for(&self) -> bool {
        can_be_searched_for(&self.text)
    }
}

fn filled(text: &str) -> String {
    if !text.contains(['{', '}']) {
        return text.to_owned();
    }
    let braces = Regex::new(r"\{\{|\}\}|\{[^{}]*\}").unwrap();
    let text = braces.replace_all(text, |found: &Captures| match &found[0] {
        "{{" => "{",
        "}}" => "}",
        constant if constant[1..].starts_with(char::is_uppercase) => CONSTANT,
        _ => "…",
    });
    text.replace("……", "…").replace("……", "…")
}

pub fn can_be_searched_for(text: &str) -> bool {
    // A remark is the end of something else.
    text.contains(' ')
        && !text.starts_with(['(', ',', ';'])
        && text.chars().filter(|c| c.is_alphabetic() || *c == '`').count() >= LETTERS
}

#[test]
fn values_and_constants() {
    let message = |written: &str, filled| Message::of(&Literal { written: written.to_owned(), filled });
    let one = message("two {}{b}, \\\n     {{{LONGEST}}}", true);
    assert!(one.is("two …, {7}") && !one.is("two …, 7") && !one.is("two more, {7}"));
    assert!(message("write {{ mail }}", false).is("write {{ mail }}"));
    assert!(message("write {{ mail }}\\n   or {0}", true).is("write { mail } or …"));
}
