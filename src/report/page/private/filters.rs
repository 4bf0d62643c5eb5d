//! How values are put into a page.

use minijinja::value::ValueKind;
use minijinja::{Environment, Error, Output, State, Value, escape_formatter};

use crate::report::page::view::grouped;
use crate::report::text::{argument, meaning, printable};

/// What our templates use.
pub(super) fn add(environment: &mut Environment<'_>) {
    environment.set_formatter(format);
    environment.add_filter("moment", moment);
    environment.add_filter("argument", |text: &str| argument(text));
    environment.add_filter("part", part);
    environment.add_filter("grouped", grouped);
    environment.add_filter("meaning", |verdict: &str| meaning(verdict).to_owned());
}

/// What people read obeys nothing that a directory says; neither does a browser.
fn format(out: &mut Output, state: &mut State, value: &Value) -> Result<(), Error> {
    match value.as_str().filter(|_| value.kind() == ValueKind::String && !value.is_safe()) {
        Some(text) => escape_formatter(out, state, &Value::from(printable(text))),
        None => escape_formatter(out, state, value),
    }
}

/// `2026-11-22T10:52:07Z` as it is read.
fn moment(at: &str) -> String {
    at.replace('T', " ").replace('Z', " UTC")
}

/// As a part of an address.
fn part(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let one = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    text.bytes().map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_copied_into_a_shell_is_one_word() {
        let words = ["5f0c-ab", "ada@example.com", "", "a b", "$(id)", "it's; id"].map(argument);
        assert_eq!(words, ["5f0c-ab", "ada@example.com", "''", "'a b'", "'$(id)'", r"'it'\''s; id'"]);
    }

    #[test]
    fn a_key_leads_to_itself() {
        assert_eq!(part("a&b=c d/\"<Å-1"), "a%26b%3Dc%20d%2F%22%3C%C3%85-1");
    }

    #[test]
    fn large_numbers_can_be_read() {
        let told = [0, 999, 1_000, 1_234_567].map(grouped);
        assert_eq!(told, ["0", "999", "1,000", "1,234,567"]);
    }
}
