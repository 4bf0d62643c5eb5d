//! Source → compiled rules: every fault, and every attribute needed.

use std::collections::BTreeSet;

use minijinja::Error;

use super::check::{self, Problem};
use super::expression::{Expressions, Program};
use super::filters::Tables;
use super::key::KeyRule;
use super::rehearsal::{Rehearsal, rehearse};
use super::rule::Compiled;
use super::scope::Reserved;
use super::{Fault, Rule, growth, scan, standing};
use crate::directory::{Attributes, Kind};

/// Collects what compiling finds.
pub(super) struct Compiler<'s> {
    tables: &'s Tables,
    kind: Option<Kind>,
    at: Vec<String>,
    pub expressions: Expressions,
    pub attributes: Attributes,
    pub faults: Vec<Fault>,
    /// Whether some expression changes its mind when an account expires.
    pub names_expiry: bool,
}

impl<'s> Compiler<'s> {
    pub(super) fn new(tables: &'s Tables, kind: Option<Kind>) -> Self {
        Self {
            tables,
            kind,
            at: Vec::new(),
            expressions: Expressions::new(tables),
            attributes: Attributes::default(),
            faults: Vec::new(),
            names_expiry: false,
        }
    }

    /// Something under a name of the source.
    pub(super) fn within<T>(&mut self, step: &str, compile: impl FnOnce(&mut Self) -> T) -> T {
        self.at.push(step.to_owned());
        let compiled = compile(self);
        self.at.pop();
        compiled
    }

    /// Fields, by name: the order they are written in changes nothing, not even the slots of attributes.
    pub(super) fn fields(&mut self, fields: &[(String, Rule)]) -> Vec<(String, Compiled)> {
        let mut sorted: Vec<_> = fields.iter().collect();
        sorted.sort_by_key(|(name, _)| name);
        let mut compiled: Vec<(String, Compiled)> = Vec::with_capacity(sorted.len());
        for (name, rule) in sorted {
            if compiled.last().is_some_and(|(last, _)| last == name) {
                self.within(name, |this| this.fault(("the field is there twice".to_owned(), None)));
            } else if let Some(rule) = self.within(name, |this| this.rule(rule)) {
                compiled.push((name.clone(), rule));
            }
        }
        compiled
    }

    fn rule(&mut self, rule: &Rule) -> Option<Compiled> {
        match rule {
            Rule::Const(value) => Some(Compiled::Const(value.clone())),
            Rule::Nested(fields) => Some(Compiled::Nested(self.fields(fields))),
            Rule::Text(text) => self.text(text),
            Rule::First(rules) => Some(Compiled::First(self.rules(rules))),
            Rule::Each(rules) => Some(Compiled::Each(self.rules(rules))),
        }
    }

    fn rules(&mut self, rules: &[Rule]) -> Vec<Compiled> {
        if rules.is_empty() {
            self.fault(("the list is empty".to_owned(), Some("leave the field out".to_owned())));
        }
        let numbered = rules.iter().enumerate();
        numbered.filter_map(|(n, rule)| self.within(&n.to_string(), |this| this.rule(rule))).collect()
    }

    fn text(&mut self, text: &str) -> Option<Compiled> {
        if is_template(text) {
            return self.program(text, Expressions::template).map(|(program, _)| Compiled::Program(program));
        }
        if Reserved::named(text).is_some() {
            return self.program(text, Expressions::expression).map(|(program, _)| Compiled::Program(program));
        }
        let name = self.attribute_name(text, "write {{ … }} for a template or { const: … } for a fixed text")?;
        let slot = self.attributes.add(&name);
        Some(Compiled::Attribute { name, slot })
    }

    /// A condition: an expression that says yes or no.
    pub(super) fn condition(&mut self, source: Option<&String>) -> Option<Program> {
        let source = source?;
        if is_template(source) {
            let help = "write it without {{ and }}, like employeeType != 'left'";
            self.fault(("it is an expression, not a template".to_owned(), Some(help.to_owned())));
            return None;
        }
        let (program, rehearsal) = self.program(source, Expressions::expression)?;
        let mut outcomes = rehearsal.outcomes.iter().flatten();
        if let Some(problem) = outcomes.find_map(|outcome| check::not_a_condition(outcome.kind())) {
            self.fault(problem);
        }
        Some(program)
    }

    /// The attributes of the key and of the directory's own rule.
    pub(super) fn key(&mut self, configured: Option<&String>) -> KeyRule {
        let help = "the key is one attribute, like objectGUID";
        let rule = match configured {
            Some(name) => self.attribute_name(name, help).map_or(KeyRule::Default, KeyRule::Attribute),
            None => KeyRule::Default,
        };
        for name in rule.attributes(self.kind) {
            self.attributes.add(name);
        }
        rule
    }

    /// The attributes that may hold the directory's own identifiers.
    pub(super) fn handles(&mut self) {
        for name in KeyRule::Default.attributes(self.kind) {
            self.attributes.add(name);
        }
    }

    /// The attributes of the directory's own rule, where there may be one.
    pub(super) fn directory_rule(&mut self) {
        for name in [standing::CONTROL, standing::EXPIRES] {
            self.account_attribute(name);
        }
    }

    fn account_attribute(&mut self, name: &str) {
        if self.kind.is_none_or(|kind| kind == Kind::ActiveDirectory) {
            self.attributes.add(name);
        }
    }

    /// Compiles a program, checks its names, rehearses it, and takes down which attributes it needs.
    fn program(
        &mut self,
        source: &str,
        compile: impl FnOnce(&mut Expressions, &str) -> Result<Program, Error>,
    ) -> Option<(Program, Rehearsal)> {
        if let Some(problem) = growth::problem(source) {
            self.fault(problem);
            return None;
        }
        let program =
            compile(&mut self.expressions, source).map_err(|error| self.fault(check::problem(&error))).ok()?;
        let names = scan::names(source);
        let tables: Vec<&str> = self.tables.keys().map(String::as_str).collect();
        let mut problems = check::unknown_names(&names, self.expressions.known());
        problems.extend(check::unknown_tables(&names.tables, &tables));

        let rehearsal = rehearse(&self.expressions, &program);
        // A name that is not there explains what follows from it, and says it better.
        if problems.is_empty() {
            problems = check::rehearsed(&rehearsal.outcomes);
        }
        for problem in problems {
            self.fault(problem);
        }
        for name in names.attributes.iter().filter(|name| !is_attribute(name)) {
            self.fault((format!("`{name}` is no attribute"), None));
        }
        self.need(self.expressions.variables(&program));
        for name in names.attributes.iter().chain(&rehearsal.attributes) {
            self.attributes.add(name);
        }
        for group in &names.groups {
            self.attributes.add_group(group);
        }
        Some((program, rehearsal))
    }

    fn need(&mut self, variables: BTreeSet<String>) {
        for name in variables {
            match Reserved::named(&name) {
                None => drop(self.attributes.add(&name)),
                Some(Reserved::AccountDisabled) => self.account_attribute(standing::CONTROL),
                Some(Reserved::AccountExpired) => {
                    self.names_expiry = true;
                    self.account_attribute(standing::EXPIRES);
                }
                Some(Reserved::Dn | Reserved::Key) => {}
            }
        }
    }

    fn attribute_name(&mut self, text: &str, help: &str) -> Option<String> {
        let name = text.trim();
        if is_attribute(name) {
            return Some(name.to_owned());
        }
        let what =
            if name.is_empty() { "there is no attribute".to_owned() } else { format!("`{name}` is no attribute") };
        self.fault((what, Some(help.to_owned())));
        None
    }

    fn fault(&mut self, (message, help): Problem) {
        self.faults.push(Fault { at: self.at.clone(), message, help });
    }
}

/// Whether a text is an attribute's name, perhaps with options.
fn is_attribute(name: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | ';');
    name.starts_with(|c: char| c.is_ascii_alphabetic()) && name.chars().all(plain)
}

fn is_template(text: &str) -> bool {
    text.contains("{{") || text.contains("{%")
}
