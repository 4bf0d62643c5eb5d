//! Which names a template or an expression uses.
//!
//! MiniJinja reports an unknown filter only when it gets there, so that a typo behind an `if` would wait for the one
//! person it concerns. This reads the tokens instead: no grammar, only what comes before and after a name.

use std::collections::BTreeSet;

use super::token::{Token, tokens};

/// The names used.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Names {
    /// After `|`.
    pub filters: BTreeSet<String>,
    /// After `is`.
    pub tests: BTreeSet<String>,
    /// Before `(`.
    pub functions: BTreeSet<String>,
    /// The fixed arguments of `attr('…')`.
    pub attributes: BTreeSet<String>,
    /// The fixed arguments of `in_group('…')`.
    pub groups: BTreeSet<String>,
    /// The fixed arguments of `map('…')`.
    pub tables: BTreeSet<String>,
    /// `a-b` without spaces: an attribute meant, a subtraction written.
    pub hyphenated: BTreeSet<String>,
    /// `attr(…)` of something that isn't a fixed text.
    pub computed_attribute: bool,
    /// `in_group` in any other way than with a fixed text.
    pub computed_group: bool,
    /// `map` without the fixed name of a table.
    pub computed_table: bool,
}

/// Words that stand before a `(` without being a function.
const KEYWORDS: [&str; 14] =
    ["and", "or", "not", "in", "is", "if", "else", "elif", "for", "set", "with", "true", "false", "none"];

/// The names in an expression, or within the tags of a template.
pub(super) fn names(source: &str) -> Names {
    let tokens = tokens(source);
    let mut names = Names::default();
    for at in 0..tokens.len() {
        let Token::Name(name) = tokens[at].token else { continue };
        let before = |back: usize| at.checked_sub(back).map(|at| &tokens[at].token);
        let after = |ahead: usize| tokens.get(at + ahead).map(|token| &token.token);
        let called = after(1) == Some(&Token::Sign('('));
        match before(1) {
            Some(Token::Sign('.')) => {}
            // Within a hyphenated word that was taken down as a whole.
            Some(Token::Sign('-')) if tokens[at].glued && matches!(before(2), Some(Token::Name(_))) => {}
            Some(Token::Sign('|')) => filter(&mut names, name, after(2).filter(|_| called)),
            Some(Token::Name("filter")) if before(2) == Some(&Token::Tag) => filter(&mut names, name, None),
            Some(Token::Name("is")) if name == "not" => {}
            Some(Token::Name("is")) => drop(names.tests.insert(name.to_owned())),
            Some(Token::Name("not")) if before(2) == Some(&Token::Name("is")) => {
                names.tests.insert(name.to_owned());
            }
            _ if called && !KEYWORDS.contains(&name) => function(&mut names, name, after(2), after(3)),
            // Under another name it would be called with who knows what.
            _ if name == "in_group" => names.computed_group = true,
            _ => {
                let end = hyphens(&tokens[at..]);
                if end > 1 {
                    names.hyphenated.insert(tokens[at..at + end].iter().map(|token| token.token.text()).collect());
                }
            }
        }
    }
    names
}

fn filter(names: &mut Names, name: &str, argument: Option<&Token<'_>>) {
    names.filters.insert(name.to_owned());
    match (name, argument) {
        ("map", Some(Token::Text(table))) => drop(names.tables.insert(table.clone())),
        ("map", _) => names.computed_table = true,
        ("select" | "reject", Some(Token::Text(test))) => drop(names.tests.insert(test.clone())),
        _ => {}
    }
}

fn function(names: &mut Names, name: &str, argument: Option<&Token<'_>>, next: Option<&Token<'_>>) {
    names.functions.insert(name.to_owned());
    let fixed = match (argument, next) {
        (Some(Token::Text(text)), Some(Token::Sign(')'))) => Some(text.clone()),
        _ => None,
    };
    match (name, fixed) {
        ("attr", Some(attribute)) => drop(names.attributes.insert(attribute)),
        ("attr", None) => names.computed_attribute = true,
        ("in_group", Some(group)) => drop(names.groups.insert(group)),
        ("in_group", None) => names.computed_group = true,
        _ => {}
    }
}

/// How many tokens from here on form one hyphenated word.
fn hyphens(tokens: &[super::token::Placed<'_>]) -> usize {
    let links = tokens[1..].chunks_exact(2).take_while(|pair| {
        pair[0].token == Token::Sign('-') && matches!(pair[1].token, Token::Name(_)) && pair[0].glued && pair[1].glued
    });
    1 + 2 * links.count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn filters_tests_and_functions() {
        let found = names(
            "{% if a is not defined %}{{ b | trim|lower | default('x | no') }}{% endif %} | text {{ f(a.g(1)) }}",
        );
        assert_eq!(found.filters, set(&["default", "lower", "trim"]));
        assert_eq!(found.tests, set(&["defined"]));
        assert_eq!(found.functions, set(&["f"]));
        let found = names("not (a is divisibleby(3)) and in_group('CN=x') and b in (c, d)");
        assert_eq!(found.tests, set(&["divisibleby"]));
        assert_eq!(found.functions, set(&["in_group"]));
        assert_eq!(names("{% filter upper %}x{% endfilter %}{# | gone #}").filters, set(&["upper"]));
    }

    #[test]
    fn fixed_arguments() {
        let found = names(r#"attr('msDS-x') ~ (l | map("cities")) ~ attr( "it\'s" )"#);
        assert_eq!(found.attributes, set(&["it's", "msDS-x"]));
        assert_eq!(found.tables, set(&["cities"]));
        assert!(!found.computed_attribute && !found.computed_table);
        assert!(names("l | map(table)").computed_table);
        assert!(names("l | map").computed_table);
        assert!(names("attr(title)").computed_attribute);
        assert!(names("attr('a' ~ b)").computed_attribute);
        let found = names(r"in_group('CN=A\\,B,DC=x') or not in_group('CN=C,DC=x')");
        assert_eq!(found.groups, set(&[r"CN=A\,B,DC=x", "CN=C,DC=x"]));
        assert!(!found.computed_group);
        for source in ["in_group(dn)", "in_group('CN=' ~ x)", "[in_group][0]('CN=x')", "in_group()"] {
            assert!(names(source).computed_group, "{source}");
        }
    }

    #[test]
    fn hyphenated_words() {
        assert_eq!(names("msDS-cloud-x == 'a'").hyphenated, set(&["msDS-cloud-x"]));
        assert_eq!(names("a - b").hyphenated, set(&[]));
        assert_eq!(names("{{- a -}}").hyphenated, set(&[]));
        assert_eq!(names("a|length-b|length").hyphenated, set(&[]));
        assert_eq!(names("a-1").hyphenated, set(&[]));
    }

    #[test]
    fn what_is_not_closed_is_read_to_its_end() {
        for source in ["{{ a | b", "{{ 'a", "{#", "{{", "'", "attr(", "attr('a'", "a |", "a is", "é|ü", "{% raw %}{{ x"]
        {
            names(source);
        }
    }
}
