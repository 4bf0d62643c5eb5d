//! Everybody in the club, and how they are found: by msisdn and by mail, both of them unique.

use std::collections::BTreeMap;

use serde_json::Value;

use super::member::Record;

/// The members.
#[derive(Debug, Default, Clone)]
pub(super) struct People {
    records: BTreeMap<u64, Record>,
    by_email: BTreeMap<String, u64>,
    by_msisdn: BTreeMap<String, u64>,
}

/// Whom properties are about.
pub(super) enum Found {
    Nobody,
    One(Record),
    /// The msisdn is one's and the mail another's.
    Two,
}

/// An identifier in the one spelling by which it is compared; empty is as good as none.
pub(super) fn identifier(properties: &Value, name: &str) -> Option<String> {
    let text = properties.get(name)?.as_str().filter(|text| !text.trim().is_empty())?;
    Some(if name == "email" { text.to_lowercase() } else { text.to_owned() })
}

impl People {
    pub(super) fn find(&self, properties: &Value) -> Found {
        let id = |index: &BTreeMap<String, u64>, name| index.get(&identifier(properties, name)?).copied();
        match (id(&self.by_msisdn, "msisdn"), id(&self.by_email, "email")) {
            (Some(one), Some(other)) if one != other => Found::Two,
            (Some(id), _) | (None, Some(id)) => Found::One(self.records[&id].clone()),
            (None, None) => Found::Nobody,
        }
    }

    /// Somebody with either identifier.
    pub(super) fn get(&self, identifier: &str) -> Option<&Record> {
        let id = self.by_email.get(&identifier.to_lowercase()).or_else(|| self.by_msisdn.get(identifier))?;
        self.records.get(id)
    }

    /// The id of somebody new.
    pub(super) fn fresh(&self) -> u64 {
        self.records.last_key_value().map_or(1, |(id, _)| id + 1)
    }

    /// Puts a record in its place, under the identifiers it has now.
    pub(super) fn put(&mut self, record: Record) {
        let id = record.id;
        for (index, name) in [(&mut self.by_email, "email"), (&mut self.by_msisdn, "msisdn")] {
            let known = |record: &Record| identifier(&record.properties, name);
            if let Some(old) = self.records.get(&id).and_then(known) {
                index.remove(&old);
            }
            if let Some(new) = known(&record) {
                index.insert(new, id);
            }
        }
        self.records.insert(id, record);
    }

    pub(super) fn records(&self) -> impl ExactSizeIterator<Item = &Record> {
        self.records.values()
    }
}
