//! An entry: a name and attributes whose values are bytes, so that it can hold what no honest directory would.

use super::dn;
use crate::sandbox::ldif::Record;

/// An entry.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    dn: String,
    attributes: Vec<Attribute>,
}

/// An attribute with its values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    /// As first written; compared without case.
    pub name: String,
    /// In order.
    pub values: Vec<Vec<u8>>,
}

impl Entry {
    /// An entry without attributes. The directory adds the naming attribute and what it generates.
    pub fn new(dn: impl Into<String>) -> Self {
        Self { dn: dn.into(), attributes: Vec::new() }
    }

    /// Somebody as Active Directory creates them: enabled, in the category of persons.
    pub fn person(dn: impl Into<String>) -> Self {
        ["top", "person", "organizationalPerson", "user"]
            .into_iter()
            .fold(Self::new(dn), |entry, class| entry.with("objectClass", class))
            .with("userAccountControl", "512")
            .with("accountExpires", "9223372036854775807")
    }

    /// The same with one more value.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Vec<u8>>) -> Self {
        self.push(name, value.into());
        self
    }

    /// The name.
    pub fn dn(&self) -> &str {
        &self.dn
    }

    /// An attribute's values; none: it is not there.
    pub fn values(&self, name: &str) -> &[Vec<u8>] {
        self.attributes
            .iter()
            .find(|attribute| attribute.name.eq_ignore_ascii_case(name))
            .map_or(&[], |attribute| &attribute.values)
    }

    /// An attribute's first value, where it is text.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.values(name).first().and_then(|value| std::str::from_utf8(value).ok())
    }

    /// All attributes.
    pub fn attributes(&self) -> &[Attribute] {
        &self.attributes
    }

    /// Replaces an attribute's values; none of them removes it.
    pub fn set(&mut self, name: &str, values: Vec<Vec<u8>>) {
        let known = self.attributes.iter().position(|attribute| attribute.name.eq_ignore_ascii_case(name));
        match known {
            Some(at) if values.is_empty() => drop(self.attributes.remove(at)),
            Some(at) => self.attributes[at].values = values,
            None if values.is_empty() => {}
            None => self.attributes.push(Attribute { name: name.to_owned(), values }),
        }
    }

    pub(super) fn set_text(&mut self, name: &str, value: impl Into<String>) {
        self.set(name, vec![value.into().into_bytes()]);
    }

    pub(super) fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.attributes.retain(|attribute| keep(&attribute.name));
    }

    /// Gives it another name; the naming attribute follows.
    pub(super) fn name(&mut self, name: String) {
        let (attribute, value) = dn::naming(dn::split(&name).0);
        if !attribute.is_empty() && !self.values(attribute).contains(&value.clone().into_bytes()) {
            self.set_text(&attribute.to_ascii_lowercase(), value);
        }
        self.dn = name;
    }

    fn push(&mut self, name: &str, value: Vec<u8>) {
        let known = self.attributes.iter_mut().find(|attribute| attribute.name.eq_ignore_ascii_case(name));
        match known {
            Some(attribute) => attribute.values.push(value),
            None => self.attributes.push(Attribute { name: name.to_owned(), values: vec![value] }),
        }
    }
}

impl From<Record> for Entry {
    fn from(record: Record) -> Self {
        let mut entry = Self::new(record.dn);
        for (name, value) in record.attributes {
            entry.push(&name, value);
        }
        entry
    }
}
