//! What is wrong with an expression, in words that help.

use std::collections::BTreeSet;

use minijinja::value::{Value, ValueKind};
use minijinja::{Error, ErrorKind};

use super::expression::Known;
use super::mishap::{Mishap, fits_nobody};
use super::scan::Names;
use crate::directory::dn;

/// What is wrong, and what to do.
pub(super) type Problem = (String, Option<String>);

/// Names that nothing answers to.
pub(super) fn unknown_names(names: &Names, known: &Known) -> Vec<Problem> {
    let mut problems = Vec::new();
    for name in &names.filters {
        let function = known.functions.contains(&name.as_str()).then(|| format!("it is a function: write `{name}(…)`"));
        problems.extend(unknown("filter", name, &known.filters, function));
    }
    for name in &names.tests {
        problems.extend(unknown("test", name, &known.tests, None));
    }
    for name in names.functions.iter().filter(|&name| name != "loop") {
        let filter = known.filters.contains(&name.as_str()).then(|| format!("it is a filter: write `… | {name}`"));
        problems.extend(unknown("function", name, known.functions, filter));
    }
    for name in &names.hyphenated {
        let help = format!("write attr('{name}'); or spaces around `-` where a subtraction is meant");
        problems.push((format!("`{name}` reads as a subtraction"), Some(help)));
    }
    if names.computed_attribute {
        let help = "write the name itself, like attr('msDS-x'): what to ask the directory for must be known before";
        problems.push(("`attr` takes a fixed name".to_owned(), Some(help.to_owned())));
    }
    if names.computed_group {
        let help = "write the DN itself, like in_group('CN=Board,OU=Groups,DC=x'): who is in it must be asked before";
        problems.push(("`in_group` takes a fixed DN".to_owned(), Some(help.to_owned())));
    }
    if names.groups.iter().any(|group| !dn::is_dn(group)) {
        let help = "write it whole, like 'CN=Board,OU=Groups,DC=x'";
        problems.push(("`in_group` takes a group's DN".to_owned(), Some(help.to_owned())));
    }
    if names.computed_table {
        let help = "write one of the sync's `tables`, like map('countries')";
        problems.push(("`map` takes the name of a table".to_owned(), Some(help.to_owned())));
    }
    problems
}

/// Tables that are not there.
pub(super) fn unknown_tables(names: &BTreeSet<String>, known: &[&str]) -> Vec<Problem> {
    let none = || known.is_empty().then(|| "the sync has no `tables`".to_owned());
    names.iter().filter_map(|name| unknown("table", name, known, none())).collect()
}

fn unknown(what: &str, name: &str, known: &[&str], instead: Option<String>) -> Option<Problem> {
    if known.contains(&name) {
        return None;
    }
    let help = instead.unwrap_or_else(|| {
        let mut names: Vec<&str> = known.iter().copied().filter(|name| name.starts_with(char::is_alphabetic)).collect();
        names.sort_unstable();
        let all = format!("there are {}", names.join(", "));
        nearest(name, &names).map_or_else(|| all.clone(), |near| format!("did you mean `{near}`? {all}"))
    });
    Some((format!("there is no {what} `{name}`"), Some(help)))
}

/// Nobody means a known name by one that is longer; comparing takes memory by the product of both lengths.
const LONGEST: usize = 100;

/// The name that was probably meant.
fn nearest<'n>(name: &str, known: &[&'n str]) -> Option<&'n str> {
    let distance = |known: &str| strsim::damerau_levenshtein(&name.to_lowercase(), &known.to_lowercase());
    let near = known.iter().copied().filter(|_| name.len() <= LONGEST).min_by_key(|known| distance(known))?;
    (distance(near) <= 1 + name.chars().count() / 3).then_some(near)
}

/// What a syntax error, or an error of a rehearsal, says about the expression. Nobody's values are in it yet.
pub(super) fn problem(error: &Error) -> Problem {
    if let Some(mishap) = Mishap::behind(error) {
        return (mishap.message.clone(), mishap.help.clone());
    }
    let detail = error.detail().unwrap_or_default();
    match error.kind() {
        ErrorKind::OutOfFuel => ("it takes too long: a loop that is too large?".to_owned(), None),
        ErrorKind::UnknownMethod => {
            let method = detail.rsplit(' ').next().unwrap_or_default();
            (format!("there is no method `{method}`"), Some("write a filter, like `title | upper`".to_owned()))
        }
        kind if detail.is_empty() => (kind.to_string(), None),
        kind => (format!("{kind}: {detail}"), None),
    }
}

/// What the errors of a rehearsal say about the expression, leaving out those that come of made-up values.
pub(super) fn rehearsed(outcomes: &[Result<Value, Error>]) -> Vec<Problem> {
    // The first one rehearsed has no values at all, with which most filters do nothing.
    let hopeless = outcomes.iter().skip(1).all(Result::is_err);
    let mut problems: Vec<Problem> = Vec::new();
    for error in outcomes.iter().filter_map(|outcome| outcome.as_ref().err()) {
        // An argument that fits nobody may come of a made-up value too, unless nothing fitted.
        let told = fits_nobody(error) && (hopeless || Mishap::behind(error).is_none());
        let problem = problem(error);
        if told && !problems.contains(&problem) {
            problems.push(problem);
        }
    }
    problems
}

/// What is wrong with a condition that gives this.
pub(super) fn not_a_condition(outcome: ValueKind) -> Option<Problem> {
    match outcome {
        ValueKind::Bool | ValueKind::Undefined | ValueKind::None => None,
        _ => Some((
            "it gives a value, where yes or no is wanted".to_owned(),
            Some("compare it, like `employeeType == 'left'`, or ask `employeeType is defined`".to_owned()),
        )),
    }
}
