//! What a rule must not have, because a few words of it could make a text that no memory holds: MiniJinja bounds the
//! steps a rule takes, not what a step makes, and what its operators make can't be looked at in between.

use std::collections::BTreeMap;

use super::check::Problem;
use super::token::{Placed, Token, tokens};

/// How many words and signs a rule may have. MiniJinja reads chains (`a.b.c…`, `not not …`) by recursion without a limit
/// of its own; twice as many still fit a thread's stack in a debug build. A name that the rule itself gives counts as all
/// that it stands for, so that `~` can put together as many values as are written down, and not twice as many each time.
const LONGEST: usize = 500;

/// Bytes of a rule, most of which may be text: a loop writes that again and again.
const WRITTEN: usize = 64 << 10;

/// Why a rule can't be taken, for what it could make.
pub(super) fn problem(source: &str) -> Option<Problem> {
    if source.len() > WRITTEN {
        return Some(told(format!("it is too long: {} KiB at most", WRITTEN >> 10), TABLE));
    }
    let tokens = tokens(source);
    if written_out(&tokens) > LONGEST {
        let told_of = "words and signs at most, where what `set`, `with` and `for` name counts wherever it is used";
        return Some(told(format!("it is too long: {LONGEST} {told_of}"), TABLE));
    }
    if tokens.iter().any(|placed| placed.token == Token::Sign('*')) {
        return Some(told("`*` is not used in rules".to_owned(), "it would repeat a text; send a number as it is"));
    }
    tags(&tokens).find_map(refused)
}

const TABLE: &str = "for many cases use a table, with map('…')";

fn told(message: String, help: &str) -> Problem {
    (message, Some(help.to_owned()))
}

/// Tags that gather what is written between them, without an end to it.
fn refused(tag: &[Placed<'_>]) -> Option<Problem> {
    match &tag.first()?.token {
        Token::Name("filter") => Some(told(
            "there is no `filter` block".to_owned(),
            "write the filter where the value is: `{{ title | upper }}`",
        )),
        Token::Name("set") if given(tag).is_empty() => {
            Some(told("there is no `set` block".to_owned(), "write `{% set name = … %}`"))
        }
        Token::Name("for") if tag.last().is_some_and(|last| last.token == Token::Name("recursive")) => {
            Some(told("a loop can't be recursive".to_owned(), "write one loop within the other"))
        }
        _ => None,
    }
}

/// The length of a rule in which every name that it gives is replaced by all that it stands for.
fn written_out(tokens: &[Placed<'_>]) -> usize {
    let (mut whole, mut names) = (0_usize, BTreeMap::new());
    for tag in tags(tokens) {
        let long = |placed: &Placed<'_>| match placed.token {
            Token::Name(name) => names.get(name).copied().unwrap_or(1),
            _ => 1,
        };
        let length = tag.iter().map(long).fold(0_usize, usize::saturating_add);
        whole = whole.saturating_add(length);
        names.extend(given(tag).into_iter().map(|name| (name, length)));
    }
    whole
}

/// The tags of a template; an expression is as one.
fn tags<'t, 's>(tokens: &'t [Placed<'s>]) -> impl Iterator<Item = &'t [Placed<'s>]> {
    tokens.split(|placed| placed.token == Token::Tag)
}

/// The names that a tag gives to values.
fn given<'s>(tag: &[Placed<'s>]) -> Vec<&'s str> {
    let ends = match tag.first().map(|first| &first.token) {
        Some(Token::Name("for")) => tag.iter().position(|placed| placed.token == Token::Name("in")),
        Some(Token::Name("set" | "with")) => tag.iter().rposition(|placed| placed.token == Token::Sign('=')),
        _ => None,
    };
    let names = tag.iter().take(ends.unwrap_or_default()).skip(1);
    names.filter_map(|placed| if let Token::Name(name) = placed.token { Some(name) } else { None }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(source: &str) -> Option<String> {
        problem(source).map(|problem| problem.0)
    }

    #[test]
    fn what_people_write_is_fine() {
        for source in [
            "{% set parts = displayName | split(',') %}{{ parts | last | trim }} {{ parts | first | trim }}",
            "{% set a = title if title else department %}{% set a = a if a else 'none' %}{{ a }}, {{ a }}, {{ a }}",
            "{% for group in memberOf | cn if group is startingwith('R-') and group != 'R-X' %}{{ group }} {% endfor %}",
            "{% with a = sn, b = givenName %}{{ a }}{{ b }}{% endwith %}",
            "{{ '*' }} * {# * #} {{ title | default('2 * 2') }}",
        ] {
            assert_eq!(says(source), None, "{source}");
        }
    }

    #[test]
    fn what_doubles_is_too_long() {
        for (head, again) in [
            ("{% set a = sn %}", "{% set a = a ~ a %}"),
            ("{% set a = sn %}", "{% set a = [a, a] %}"),
            ("", "{% with a = sn ~ sn %}{% with sn = a ~ a %}"),
            ("", "{% for a, b in [[sn, sn]] %}{% for sn in [a ~ b] %}"),
            ("{% set a = sn %}", "{% set a, b = [a ~ a, a] %}"),
        ] {
            assert!(says(&format!("{head}{}", again.repeat(8))).unwrap().starts_with("it is too long"), "{again}");
            assert_eq!(says(&format!("{head}{}", again.repeat(2))), None, "{again}");
        }
    }

    #[test]
    fn what_gathers_without_an_end_is_refused() {
        for (source, expected) in [
            ("{% set a %}x{% endset %}", "there is no `set` block"),
            ("{%- filter upper %}x{% endfilter %}", "there is no `filter` block"),
            ("{% for a in b recursive %}{{ loop([a, a]) }}{% endfor %}", "a loop can't be recursive"),
            ("{{ sn * 99999999 }}", "`*` is not used in rules"),
            (&"x".repeat(WRITTEN + 1), "it is too long: 64 KiB at most"),
        ] {
            assert_eq!(says(source).as_deref(), Some(expected), "{source}");
        }
    }
}
