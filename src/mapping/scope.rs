//! The names an expression sees: one person's attributes, looked up when they are asked for.

use std::cell::OnceCell;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use minijinja::value::{Object, Value};

use super::mishap::Mishap;
use super::several::Several;
use super::standing::{self, Account, Garbled};
use super::{key::KeyRule, measure, value};
use crate::directory::{Attributes, Entry, Kind, Slot};
use crate::roster::{Key, Timestamp};

/// Names that are no attributes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Reserved {
    Dn,
    Key,
    AccountDisabled,
    AccountExpired,
}

impl Reserved {
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "dn" => Some(Self::Dn),
            "key" => Some(Self::Key),
            "account_disabled" => Some(Self::AccountDisabled),
            "account_expired" => Some(Self::AccountExpired),
            _ => None,
        }
    }
}

/// How `attr('…')` asks for an attribute: no local variable and no reserved name can come in between.
pub(super) fn attribute_name(name: &str) -> String {
    format!("@{name}")
}

/// The attribute meant, when [`attribute_name`] made the name.
pub(super) fn asked_attribute(name: &str) -> Option<&str> {
    name.strip_prefix('@')
}

/// How `in_group('…')` asks; no variable has a space in its name.
pub(super) fn membership(group: &str) -> String {
    format!("{IN_GROUP}{group}")
}

/// The group meant, when [`membership`] made the name.
pub(super) fn asked_group(name: &str) -> Option<&str> {
    name.strip_prefix(IN_GROUP)
}

const IN_GROUP: &str = "in group ";

/// One person, as rules see them. The scope of expressions is made when the first one asks for it: most people are
/// judged without.
pub(super) struct View<'a> {
    pub entry: &'a Entry,
    pub attributes: &'a Arc<Attributes>,
    pub key: &'a KeyRule,
    pub kind: Kind,
    pub account: Account,
    pub now: Timestamp,
    pub scope: OnceCell<Value>,
}

impl View<'_> {
    pub(super) fn scope(&self) -> &Value {
        self.scope.get_or_init(|| {
            Value::from_object(Person {
                entry: self.entry.clone(),
                attributes: Arc::clone(self.attributes),
                key: self.key.of(self.entry, self.attributes, self.kind).ok(),
                account: self.account,
                now: self.now,
                looked_at: Mutex::default(),
            })
        })
    }
}

/// MiniJinja wants objects that own what they show.
#[derive(Debug)]
struct Person {
    entry: Entry,
    attributes: Arc<Attributes>,
    key: Option<Key>,
    account: Account,
    now: Timestamp,
    /// Attributes that were asked for before: a rule that names one a hundred times does not hold its values as often.
    looked_at: Mutex<BTreeMap<Slot, Value>>,
}

impl Person {
    fn attribute(&self, name: &str) -> Option<Value> {
        let slot = self.attributes.slot(name)?;
        let mut looked_at = self.looked_at.lock().unwrap_or_else(PoisonError::into_inner);
        Some(looked_at.entry(slot).or_insert_with(|| self.values(name, slot)).clone())
    }

    fn values(&self, name: &str, slot: Slot) -> Value {
        let mut values = Vec::new();
        for value in self.entry.values(slot) {
            match value::present(name, value) {
                Ok(Some(text)) if text.len() > measure::TEXT => {
                    let most = measure::TEXT >> 10;
                    return Mishap::data(format!("`{name}` is longer than {most} KiB")).into();
                }
                Ok(Some(text)) => values.push(Value::from(text.as_ref())),
                Ok(None) => {}
                Err(why) => return Mishap::data(value::not_text(name, why)).into(),
            }
        }
        Several::of(values)
    }

    fn in_group(&self, group: &str) -> Value {
        if !self.attributes.groups().iter().any(|asked| asked == group) {
            return Mishap::data("not asked for").into();
        }
        self.entry.values(Slot::IN_GROUP).any(|known| known == group.as_bytes()).into()
    }

    fn reserved(&self, name: Reserved) -> Value {
        let garbled = |name: &str| Value::from(Mishap::data(format!("`{name}` can't be read")));
        match name {
            Reserved::Dn => Value::from(self.entry.dn()),
            Reserved::Key => self.key.as_ref().map_or(Value::UNDEFINED, |key| Value::from(key.as_str())),
            Reserved::AccountDisabled => match self.account.disabled {
                None => Value::UNDEFINED,
                Some(Ok(disabled)) => Value::from(disabled),
                Some(Err(Garbled)) => garbled(standing::CONTROL),
            },
            Reserved::AccountExpired => match self.account.expires {
                Ok(_) => Value::from(self.account.expired(self.now)),
                Err(Garbled) => garbled(standing::EXPIRES),
            },
        }
    }
}

impl Object for Person {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        self.get_value_by_str(key.as_str()?)
    }

    fn get_value_by_str(self: &Arc<Self>, name: &str) -> Option<Value> {
        if let Some(group) = asked_group(name) {
            return Some(self.in_group(group));
        }
        match (asked_attribute(name), Reserved::named(name)) {
            (Some(attribute), _) => self.attribute(attribute),
            (None, Some(reserved)) => Some(self.reserved(reserved)),
            (None, None) => self.attribute(name),
        }
    }
}
