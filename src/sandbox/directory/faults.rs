//! Misbehaviour on demand.

use std::collections::{BTreeMap, BTreeSet};

use ldap3_proto::LdapResultCode;

use super::dn;

/// Where something goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// When a connection is made.
    Connect,
    /// At a bind.
    Bind,
    /// When the rootDSE is read.
    RootDse,
    /// At this page, counted from 1, of a search that reads many; an unpaged search is page 1.
    Page(u32),
    /// At a search for entries whose names or identifying values are given.
    LookUp,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Act {
    /// The connection ends: when made, with a reset; at a search, with half of the entries out.
    Cut,
    /// No answer comes, ever.
    Hang,
    /// The answer is this result. Limits that were exceeded come after entries, all others without any.
    Answer(LdapResultCode),
    /// Success, and nobody found.
    Empty,
    /// Bytes that are BER but not LDAP.
    Malformed,
}

/// How often something goes wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Times {
    /// Until the faults are cleared.
    Always,
    /// So many times.
    Only(u32),
}

/// All that is wrong at the moment.
#[derive(Debug, Default)]
pub(super) struct Faults {
    planted: Vec<(At, Act, Times)>,
    lagging: BTreeSet<String>,
    hidden: BTreeMap<String, Vec<String>>,
}

/// Attributes whose values say who somebody is: a search for one of them is a look-up.
const IDENTIFYING: [&str; 9] = [
    "objectguid",
    "entryuuid",
    "objectsid",
    "employeeid",
    "employeenumber",
    "samaccountname",
    "userprincipalname",
    "uid",
    "mail",
];

/// What somebody who may read nothing about an entry still sees of it.
const ALWAYS_READABLE: [&str; 4] = ["objectguid", "entryuuid", "objectclass", "distinguishedname"];

/// Attributes that make a search a look-up.
pub(super) fn identifying() -> &'static [&'static str] {
    &IDENTIFYING
}

impl Faults {
    pub(super) fn plant(&mut self, at: At, act: Act, times: Times) {
        if times != Times::Only(0) {
            self.planted.push((at, act, times));
        }
    }

    /// What goes wrong here; the oldest fault first.
    pub(super) fn take(&mut self, here: At) -> Option<Act> {
        let position = self.planted.iter().position(|(at, _, _)| *at == here)?;
        let (_, act, times) = &mut self.planted[position];
        let act = act.clone();
        match times {
            Times::Always => {}
            Times::Only(1) => drop(self.planted.remove(position)),
            Times::Only(left) => *left -= 1,
        }
        Some(act)
    }

    pub(super) fn lag(&mut self, dn: &str) {
        self.lagging.insert(dn::normal(dn));
    }

    pub(super) fn hide(&mut self, dn: &str, attributes: &[&str]) {
        let hidden = self.hidden.entry(dn::normal(dn)).or_default();
        hidden.extend(attributes.iter().map(|attribute| attribute.to_ascii_lowercase()));
    }

    pub(super) fn lags(&self, name: &str) -> bool {
        self.lagging.contains(name)
    }

    /// Whether an attribute of an entry may be read; both are given in their one spelling.
    pub(super) fn readable(&self, name: &str, attribute: &str) -> bool {
        let Some(hidden) = self.hidden.get(name) else { return true };
        let attribute = attribute.to_ascii_lowercase();
        let everything = hidden.iter().any(|hidden| hidden == "*");
        !hidden.contains(&attribute) && (!everything || ALWAYS_READABLE.contains(&attribute.as_str()))
    }
}
