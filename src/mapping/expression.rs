//! The MiniJinja environment of a mapping: its templates, functions, limits.

use std::collections::BTreeSet;

use minijinja::value::{Value, ValueKind};
use minijinja::{Environment, Error, ErrorKind, State, Template, functions};

use super::filters::{self, Tables};
use super::mishap::Mishap;
use super::{measure, scope};

/// Instructions an expression may take: thousands of group memberships, but no loop that keeps a run waiting.
const FUEL: u64 = 100_000;
/// Bytes of a text that needs no room of its own.
const SHORT: usize = 1024;
/// Nothing in a mapping recurses far.
const RECURSION: usize = 50;
/// What the value of an expression is kept under while it is evaluated.
const RESULT: &str = "rosterd_result";
/// There is no `namespace`: with what outlives a turn of a loop, values can grow without end.
const FUNCTIONS: [&str; 3] = ["attr", "in_group", "range"];

/// All expressions of a mapping, compiled.
#[derive(Debug)]
pub(super) struct Expressions {
    environment: Environment<'static>,
    known: Known,
    count: usize,
}

/// The names an expression may use.
#[derive(Debug)]
pub(super) struct Known {
    pub filters: Vec<&'static str>,
    pub tests: Vec<&'static str>,
    pub functions: &'static [&'static str],
}

/// A compiled template or expression.
#[derive(Debug)]
pub(super) struct Program {
    name: String,
    form: Form,
}

#[derive(Clone, Copy, Debug)]
enum Form {
    /// Gives a value of any type.
    Value,
    /// Gives a text.
    Text,
}

impl Expressions {
    pub(super) fn new(tables: &Tables) -> Self {
        let mut environment = Environment::empty();
        // Debug information would carry people's values in errors.
        environment.set_debug(false);
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(RECURSION);
        environment.set_formatter(|out, _, value| match value.kind() {
            ValueKind::Undefined | ValueKind::None => Ok(()),
            ValueKind::Bool => Ok(out.write_str(if value.is_true() { "true" } else { "false" })?),
            ValueKind::Invalid => Err(Mishap::data("a value can't be read")),
            _ => Ok(write!(out, "{value}")?),
        });
        let filters = filters::add(&mut environment, tables);
        let tests = filters::add_tests(&mut environment);
        environment.add_function("attr", |state: &State, name: &str| attribute(state, name));
        environment.add_function("in_group", in_group);
        environment.add_function("range", functions::range);
        Self { environment, known: Known { filters, tests, functions: &FUNCTIONS }, count: 0 }
    }

    /// Compiles an expression, or a template that is one expression: its value keeps its type.
    pub(super) fn expression(&mut self, source: &str) -> Result<Program, Error> {
        // On its own first: wrapped up, a stray bracket could change what is meant.
        self.environment.compile_expression_owned(source.to_owned())?;
        self.add(format!("{{% set {RESULT} = (\n{source}\n) %}}"), Form::Value)
    }

    /// Compiles a template.
    pub(super) fn template(&mut self, source: &str) -> Result<Program, Error> {
        match whole_expression(source) {
            Some(expression) if self.environment.compile_expression_owned(expression.to_owned()).is_ok() => {
                self.expression(expression)
            }
            _ => self.add(source.to_owned(), Form::Text),
        }
    }

    fn add(&mut self, source: String, form: Form) -> Result<Program, Error> {
        let name = self.count.to_string();
        self.count += 1;
        self.environment.add_template_owned(name.clone(), source)?;
        Ok(Program { name, form })
    }

    /// The names a program may use.
    pub(super) fn known(&self) -> &Known {
        &self.known
    }

    /// The names a program looks up, as far as they can be told without running it.
    pub(super) fn variables(&self, program: &Program) -> BTreeSet<String> {
        let Ok(template) = self.environment.get_template(&program.name) else { return BTreeSet::new() };
        let names = template.undeclared_variables(false);
        names.into_iter().filter(|name| !self.known.functions.contains(&name.as_str())).collect()
    }

    /// Runs a program with the names of a scope.
    pub(super) fn evaluate(&self, program: &Program, scope: &Value) -> Result<Value, Error> {
        let template = self.environment.get_template(&program.name)?;
        match program.form {
            Form::Value => {
                measure::fitting(template.render_captured(scope.clone())?.state().lookup(RESULT).unwrap_or_default())
            }
            // Most texts are short. Rendering one twice changes nothing.
            Form::Text => match written(&template, scope, &mut [0; SHORT]) {
                Err(error) if error.kind() == ErrorKind::WriteFailure => {
                    written(&template, scope, &mut vec![0; measure::TEXT]).map_err(|error| match error.kind() {
                        ErrorKind::WriteFailure => measure::too_much(),
                        _ => error,
                    })
                }
                text => text,
            },
        }
    }
}

/// What a template writes into a place, which does not grow.
fn written(template: &Template<'_, '_>, scope: &Value, place: &mut [u8]) -> Result<Value, Error> {
    let mut rest = &mut *place;
    template.render_captured_to(scope.clone(), &mut rest)?;
    let (free, all) = (rest.len(), place.len());
    Ok(Value::from(String::from_utf8_lossy(&place[..all - free])))
}

/// What is between the braces of a template that is nothing but one `{{ … }}`, should it be one expression.
fn whole_expression(source: &str) -> Option<&str> {
    let inner = source.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let inner = inner.strip_prefix(['-', '+']).unwrap_or(inner);
    Some(inner.strip_suffix(['-', '+']).unwrap_or(inner))
}

fn attribute(state: &State, name: &str) -> Result<Value, Error> {
    let value = state.lookup(&scope::attribute_name(name)).unwrap_or_default();
    match value.kind() {
        // Its own words can't be had from here: a value keeps them until MiniJinja meets it.
        ValueKind::Invalid => Err(Mishap::data(format!("`{name}` is not text"))),
        _ => Ok(value),
    }
}

fn in_group(state: &State, group: &str) -> Result<bool, Error> {
    let value = state.lookup(&scope::membership(group)).unwrap_or_default();
    match value.kind() {
        ValueKind::Invalid => Err(Mishap::data("who is in that group was not asked for")),
        _ => Ok(value.is_true()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_named_as_they_are_known() {
        let expressions = Expressions::new(&Tables::new());
        let names: Vec<&str> = expressions.environment.globals().map(|(name, _)| name).collect();
        assert_eq!(names, FUNCTIONS);
    }

    #[test]
    fn one_expression_or_a_text() {
        let value = |source: &str| {
            let mut expressions = Expressions::new(&Tables::new());
            let program = expressions.template(source).unwrap();
            expressions.evaluate(&program, &Value::UNDEFINED).unwrap()
        };
        for (source, expected) in [
            ("{{ 1 + 1 }}", Value::from(2)),
            (" {{- 1 -}}\n", Value::from(1)),
            ("{{ {'a': {'b': 1}}['a']['b'] }}", Value::from(1)),
            ("{{ true }}", Value::from(true)),
            ("{{ true }}!", Value::from("true!")),
            ("{{ 1 }}{{ 2 }}", Value::from("12")),
            ("{{ '}}' }} {{ '{{' }}", Value::from("}} {{")),
            ("{% if true %}1{% endif %}", Value::from("1")),
            ("a{{ none }}b{{ nothing }}", Value::from("ab")),
        ] {
            assert_eq!(value(source), expected, "{source}");
        }
        let two = value("{{ 1 }}{{ 2 }}");
        assert_eq!(two.kind(), ValueKind::String);
    }
}
