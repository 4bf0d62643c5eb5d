//! Running an expression before anybody is judged: with made-up people, to see which attributes it asks for and
//! whether it can work for anybody.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::Error;
use minijinja::value::{Object, Value};

use super::expression::{Expressions, Program};
use super::scope::{Reserved, asked_attribute, asked_group};
use super::several::Several;

/// What a rehearsal found.
#[derive(Debug, Default)]
pub(super) struct Rehearsal {
    /// The attributes looked up.
    pub attributes: BTreeSet<String>,
    /// What came out, for each made-up person.
    pub outcomes: Vec<Result<Value, Error>>,
}

/// Runs a program with made-up people.
pub(super) fn rehearse(expressions: &Expressions, program: &Program) -> Rehearsal {
    let mut found = Rehearsal::default();
    for values in [&[][..], &["Sample"], &["1"], &["1", "Sample"]] {
        let functions = expressions.known().functions;
        let sample = Arc::new(Sample { values, functions, asked: Mutex::default() });
        found.outcomes.push(expressions.evaluate(program, &Value::from_dyn_object(Arc::clone(&sample))));
        found.attributes.append(&mut sample.asked.lock().unwrap_or_else(PoisonError::into_inner));
    }
    found
}

/// Somebody whose attributes all have the same values.
#[derive(Debug)]
struct Sample {
    values: &'static [&'static str],
    functions: &'static [&'static str],
    asked: Mutex<BTreeSet<String>>,
}

impl Sample {
    fn attribute(&self, name: &str) -> Value {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned());
        Several::of(self.values.iter().copied().map(Value::from).collect())
    }
}

impl Object for Sample {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, name: &str) -> Option<Value> {
        if let Some(name) = asked_attribute(name) {
            return Some(self.attribute(name));
        }
        if asked_group(name).is_some() {
            return Some(Value::from(false));
        }
        match Reserved::named(name) {
            Some(Reserved::Dn) => Some(Value::from("CN=Sample,DC=example,DC=com")),
            Some(Reserved::Key) => Some(Value::from("sample")),
            Some(Reserved::AccountDisabled | Reserved::AccountExpired) => Some(Value::from(false)),
            None if self.functions.contains(&name) => None,
            None => Some(self.attribute(name)),
        }
    }
}
