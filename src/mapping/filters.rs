//! The filters and tests of expressions: those for what directories hold, and those of MiniJinja that help here.
//!
//! Filters differ from MiniJinja's in three ways: a filter on a missing value gives a missing value; a blank result is
//! missing; and an attribute with one value and one with several are treated alike.

use std::borrow::Cow;
use std::collections::BTreeMap;

use minijinja::filters as builtin;
use minijinja::tests as builtin_test;
use minijinja::value::{Rest, Value, ValueKind, ValueOrKwargs};
use minijinja::{Environment, Error, State};

use super::measure;
use super::mishap::Mishap;
use super::phone;
use super::several::Several;
use crate::directory::dn;

/// The tables of `map('name')`.
pub(super) type Tables = BTreeMap<String, BTreeMap<String, String>>;

/// How a filter takes values.
#[derive(Clone, Copy, Debug)]
enum Takes {
    /// One text: applied to each of several values.
    Each,
    /// A list: one value is a list of one.
    All,
    /// One text: the first of several values.
    First,
    /// Whatever there is.
    Any,
}

/// Adds the filters, and gives their names.
pub(super) fn add(environment: &mut Environment<'static>, tables: &Tables) -> Vec<&'static str> {
    let mut names = vec!["default"];
    environment.add_filter("default", builtin::default);
    for (name, takes, filter) in ours(tables.clone()).into_iter().chain(theirs()) {
        names.push(name);
        environment.add_filter(name, move |state: &mut State, value: &Value, rest: Rest<ValueOrKwargs>| {
            apply(takes, &filter, state, value, &rest.into_values())
        });
    }
    names
}

fn ours(tables: Tables) -> Vec<(&'static str, Takes, Value)> {
    vec![
        ("digits", Takes::Each, Value::from_function(|text: Cow<'_, str>| phone::digits(&text))),
        (
            "msisdn",
            Takes::Each,
            Value::from_function(|text: Cow<'_, str>, country: Option<Cow<'_, str>>| msisdn(&text, country.as_deref())),
        ),
        ("cn", Takes::Each, Value::from_function(|text: Cow<'_, str>| dn::first_value(&text))),
        ("bool", Takes::Each, Value::from_function(boolean)),
        (
            "map",
            Takes::Each,
            Value::from_function(move |key: Cow<'_, str>, table: Cow<'_, str>| match tables.get(&*table) {
                Some(table) => Ok(table.get(&*key).cloned()),
                None => Err(Mishap::misuse(format!("there is no table `{table}`"), "add it under `tables`")),
            }),
        ),
    ]
}

fn theirs() -> Vec<(&'static str, Takes, Value)> {
    vec![
        ("abs", Takes::Each, Value::from_function(builtin::abs)),
        ("capitalize", Takes::Each, Value::from_function(builtin::capitalize)),
        ("float", Takes::Each, Value::from_function(builtin::float)),
        ("int", Takes::Each, Value::from_function(builtin::int)),
        ("lower", Takes::Each, Value::from_function(builtin::lower)),
        (
            "replace",
            Takes::Each,
            Value::from_function(|text: Cow<'_, str>, from: Cow<'_, str>, to: Cow<'_, str>| replace(&text, &from, &to)),
        ),
        ("round", Takes::Each, Value::from_function(builtin::round)),
        ("string", Takes::Each, Value::from_function(string)),
        ("title", Takes::Each, Value::from_function(builtin::title)),
        ("trim", Takes::Each, Value::from_function(builtin::trim)),
        ("upper", Takes::Each, Value::from_function(builtin::upper)),
        ("first", Takes::All, Value::from_function(builtin::first)),
        (
            "join",
            Takes::All,
            Value::from_function(|list: &Value, between: Option<Cow<'_, str>>| join(list, between.as_deref())),
        ),
        ("last", Takes::All, Value::from_function(builtin::last)),
        ("list", Takes::All, Value::from_function(builtin::list)),
        ("max", Takes::All, Value::from_function(builtin::max)),
        ("min", Takes::All, Value::from_function(builtin::min)),
        ("reject", Takes::All, Value::from_function(builtin::reject)),
        ("reverse", Takes::All, Value::from_function(builtin::reverse)),
        ("select", Takes::All, Value::from_function(builtin::select)),
        ("sort", Takes::All, Value::from_function(builtin::sort)),
        ("unique", Takes::All, Value::from_function(builtin::unique)),
        ("lines", Takes::First, Value::from_function(builtin::lines)),
        ("split", Takes::First, Value::from_function(builtin::split)),
        ("length", Takes::Any, Value::from_function(builtin::length)),
    ]
}

/// Adds the tests, and gives their names.
pub(super) fn add_tests(environment: &mut Environment<'static>) -> Vec<&'static str> {
    let mut names = Vec::new();
    macro_rules! tests {
        ($($name:literal => $test:ident),* $(,)?) => {
            $(environment.add_test($name, builtin_test::$test); names.push($name);)*
        };
    }
    tests! {
        "boolean" => is_boolean, "defined" => is_defined, "divisibleby" => is_divisibleby, "endingwith" => is_endingwith,
        "eq" => is_eq, "equalto" => is_eq, "==" => is_eq, "even" => is_even, "false" => is_false, "float" => is_float,
        "ge" => is_ge, ">=" => is_ge, "greaterthan" => is_gt, "gt" => is_gt, ">" => is_gt, "in" => is_in,
        "integer" => is_integer, "iterable" => is_iterable, "le" => is_le, "<=" => is_le, "lessthan" => is_lt,
        "lower" => is_lower, "lt" => is_lt, "<" => is_lt, "mapping" => is_mapping, "ne" => is_ne, "!=" => is_ne,
        "none" => is_none, "number" => is_number, "odd" => is_odd, "sequence" => is_sequence,
        "startingwith" => is_startingwith, "string" => is_string, "true" => is_true, "undefined" => is_undefined,
        "upper" => is_upper,
    }
    names
}

fn msisdn(text: &str, country: Option<&str>) -> Result<Option<String>, Error> {
    let Some(country) = country.filter(|country| !country.is_empty()) else { return Ok(phone::msisdn(text, None)) };
    match phone::digits(country).as_deref().map(|digits| digits.trim_start_matches('0')) {
        Some(digits) if (1..=3).contains(&digits.len()) => Ok(phone::msisdn(text, Some(digits))),
        _ => Err(Mishap::misuse("`msisdn` takes a country code", "write its digits, like msisdn('47')")),
    }
}

/// MiniJinja's own, but for the end to it.
fn join(list: &Value, between: Option<&str>) -> Result<String, Error> {
    measure::joined(list, between.unwrap_or_default())
}

/// MiniJinja's own, but for the end to it.
fn replace(text: &str, from: &str, to: &str) -> Result<String, Error> {
    measure::text(text.len().saturating_add(text.matches(from).count().saturating_mul(to.len())))?;
    Ok(text.replace(from, to))
}

/// MiniJinja's own, but for the end to it.
fn string(value: &Value) -> Result<Value, Error> {
    if value.as_str().is_some() { Ok(value.clone()) } else { measure::shown(value).map(Value::from) }
}

/// LDAP's booleans are the texts TRUE and FALSE, and any text is true to MiniJinja.
fn boolean(value: &Value) -> Result<bool, Error> {
    if let Ok(value) = bool::try_from(value.clone()) {
        return Ok(value);
    }
    let text = value.to_string();
    match () {
        () if ["true", "yes", "1"].iter().any(|word| text.eq_ignore_ascii_case(word)) => Ok(true),
        () if ["false", "no", "0"].iter().any(|word| text.eq_ignore_ascii_case(word)) => Ok(false),
        () => Err(Mishap::data("a value is neither TRUE nor FALSE")),
    }
}

fn apply(takes: Takes, filter: &Value, state: &mut State, value: &Value, rest: &[Value]) -> Result<Value, Error> {
    if missing(value) {
        return Ok(Value::UNDEFINED);
    }
    let mut call = |value: Value| {
        let arguments: Vec<Value> = std::iter::once(value).chain(rest.iter().cloned()).collect();
        let result = measure::fitting(filter.call(state, &arguments)?)?;
        Ok(if missing(&result) { Value::UNDEFINED } else { result })
    };
    if is_list(value) {
        measure::list(value)?;
    }
    match takes {
        Takes::Each if is_list(value) => {
            let results = value.try_iter()?.map(call).filter(|result| !matches!(result, Ok(value) if missing(value)));
            let results = measure::all(results)?;
            Ok(if value.downcast_object_ref::<Several>().is_some() { Several::of(results) } else { results.into() })
        }
        Takes::All if !is_list(value) => call(Value::from(vec![value.clone()])),
        Takes::First => call(Several::first(value.clone())),
        Takes::Each | Takes::All | Takes::Any => call(value.clone()),
    }
}

fn is_list(value: &Value) -> bool {
    matches!(value.kind(), ValueKind::Seq | ValueKind::Iterable)
}

/// Whether there is nothing to send in a value.
fn missing(value: &Value) -> bool {
    value.is_undefined() || value.is_none() || value.as_str().is_some_and(|text| text.trim().is_empty())
}
