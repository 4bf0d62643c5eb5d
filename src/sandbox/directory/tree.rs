//! The entries. Each keeps its number for life, over renames and beyond deletion, so that a paged search has a stable
//! order and a cookie is a position.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::Timestamp;

use super::dn;
use super::entry::Entry;
use super::filter::Filter;
use super::generated::{self, Stamp};
use super::options::{Flavour, Options};

/// Why a change was not made.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing has this name.
    #[error("there is no {0}")]
    Absent(String),
    /// Something has this name.
    #[error("there is a {0} already")]
    Exists(String),
    /// The name lies outside of the naming context.
    #[error("{0} is not below the naming context")]
    Elsewhere(String),
    /// The text is not LDIF.
    #[error(transparent)]
    Ldif(#[from] crate::sandbox::ldif::Fault),
}

#[derive(Debug)]
pub(super) struct Tree {
    flavour: Flavour,
    root: String,
    nodes: BTreeMap<u64, Node>,
    by_name: HashMap<String, u64>,
    /// Only narrows searches down: what it says is checked again, so that it may hold what is over.
    by_key: HashMap<Vec<u8>, BTreeSet<u64>>,
    changes: u64,
}

#[derive(Debug)]
pub(super) struct Node {
    pub(super) entry: Entry,
    /// The entry's name in its one spelling.
    pub(super) name: String,
    pub(super) deleted: bool,
}

impl Tree {
    pub(super) fn new(options: &Options) -> Self {
        Self {
            flavour: options.flavour,
            root: options.root.clone(),
            nodes: BTreeMap::new(),
            by_name: HashMap::new(),
            by_key: HashMap::new(),
            changes: 0,
        }
    }

    /// The number of the newest change, as `highestCommittedUSN` tells it.
    pub(super) fn changes(&self) -> u64 {
        self.changes
    }

    /// How many entries there are, the deleted ones not counted.
    pub(super) fn count(&self) -> usize {
        self.nodes.values().filter(|node| !node.deleted).count()
    }

    pub(super) fn number(&self, dn: &str) -> Option<u64> {
        self.by_name.get(&dn::normal(dn)).copied()
    }

    pub(super) fn node(&self, number: u64) -> Option<&Node> {
        self.nodes.get(&number)
    }

    pub(super) fn get(&self, dn: &str) -> Option<&Entry> {
        self.number(dn).and_then(|number| self.node(number)).map(|node| &node.entry)
    }

    /// The node of this name, from a position on.
    pub(super) fn named(&self, normal: &str, from: u64) -> Box<dyn Iterator<Item = (u64, &Node)> + '_> {
        let number = self.by_name.get(normal).copied().filter(|number| *number >= from);
        Box::new(number.into_iter().filter_map(|number| self.nodes.get(&number).map(|node| (number, node))))
    }

    /// The nodes that can match a filter, from a position on, in the one order.
    pub(super) fn candidates(&self, filter: &Filter, from: u64) -> Box<dyn Iterator<Item = (u64, &Node)> + '_> {
        let Some(keys) = filter.only(&[self.key_attribute()]) else {
            return Box::new(self.nodes.range(from..).map(|(number, node)| (*number, node)));
        };
        let numbers = keys.into_iter().filter_map(|key| self.by_key.get(&self.index_key(key)));
        let numbers: BTreeSet<_> = numbers.flatten().copied().filter(|number| *number >= from).collect();
        Box::new(numbers.into_iter().filter_map(|number| self.nodes.get(&number).map(|node| (number, node))))
    }

    /// Adds an entry, and those above it that are missing.
    pub(super) fn add(&mut self, mut entry: Entry) -> Result<(), Refusal> {
        let name = dn::normal(entry.dn());
        let root = dn::normal(&self.root);
        if self.by_name.contains_key(&name) {
            return Err(Refusal::Exists(entry.dn().to_owned()));
        }
        if !dn::within(&name, &root) {
            return Err(Refusal::Elsewhere(entry.dn().to_owned()));
        }
        if name != root && !self.by_name.contains_key(dn::parent(&name)) {
            self.add(generated::container(dn::split(entry.dn()).1))?;
        }
        let stamp = self.stamp();
        generated::complete(&mut entry, &stamp, &self.root);
        let number = stamp.change;
        self.index(&entry, number);
        self.by_name.insert(name.clone(), number);
        self.nodes.insert(number, Node { entry, name, deleted: false });
        Ok(())
    }

    /// Replaces an attribute's values; none of them removes it.
    pub(super) fn modify(&mut self, dn: &str, attribute: &str, values: Vec<Vec<u8>>) -> Result<(), Refusal> {
        let number = self.number(dn).ok_or_else(|| Refusal::Absent(dn.to_owned()))?;
        self.change(number, |entry| entry.set(attribute, values));
        Ok(())
    }

    /// Gives an entry and all below it another name.
    pub(super) fn rename(&mut self, dn: &str, new_dn: &str) -> Result<(), Refusal> {
        let (old, new) = (dn::normal(dn), dn::normal(new_dn));
        if !self.by_name.contains_key(&old) {
            return Err(Refusal::Absent(dn.to_owned()));
        }
        if old != new && self.by_name.contains_key(&new) {
            return Err(Refusal::Exists(new_dn.to_owned()));
        }
        if !self.by_name.contains_key(dn::parent(&new)) {
            self.add(generated::container(dn::split(new_dn).1))?;
        }
        for number in self.below(&old) {
            let Some(node) = self.nodes.get(&number) else { continue };
            let shown = generated::moved(node.entry.dn(), dn, new_dn);
            self.place(number, shown);
        }
        Ok(())
    }

    /// Deletes an entry and all below it. Active Directory keeps tombstones.
    pub(super) fn delete(&mut self, dn: &str) -> Result<(), Refusal> {
        let name = dn::normal(dn);
        if !self.by_name.contains_key(&name) {
            return Err(Refusal::Absent(dn.to_owned()));
        }
        for number in self.below(&name) {
            if self.flavour == Flavour::ActiveDirectory {
                self.bury(number);
            } else if let Some(node) = self.nodes.remove(&number) {
                self.by_name.remove(&node.name);
            }
        }
        Ok(())
    }

    fn bury(&mut self, number: u64) {
        let graveyard = format!("CN=Deleted Objects,{}", self.root);
        if self.number(&graveyard).is_none() && self.add(generated::container(&graveyard)).is_ok() {
            // Only those who ask for the deleted see where they lie.
            let number = self.changes;
            self.nodes.entry(number).and_modify(|node| node.deleted = true);
        }
        let Some(node) = self.nodes.get_mut(&number) else { return };
        node.deleted = true;
        let grave = generated::bury(&mut node.entry, &graveyard);
        self.place(number, grave);
    }

    fn place(&mut self, number: u64, dn: String) {
        let name = dn::normal(&dn);
        if let Some(node) = self.nodes.get_mut(&number) {
            self.by_name.remove(&node.name);
            node.name.clone_from(&name);
        }
        self.by_name.insert(name, number);
        self.change(number, |entry| entry.name(dn));
    }

    fn change(&mut self, number: u64, how: impl FnOnce(&mut Entry)) {
        let stamp = self.stamp();
        let Some(mut node) = self.nodes.remove(&number) else { return };
        how(&mut node.entry);
        generated::stamp(&mut node.entry, &stamp);
        self.index(&node.entry, number);
        self.nodes.insert(number, node);
    }

    fn below(&self, name: &str) -> Vec<u64> {
        let found = self.nodes.iter().filter(|(_, node)| dn::within(&node.name, name));
        found.map(|(number, _)| *number).collect()
    }

    fn stamp(&mut self) -> Stamp {
        self.changes += 1;
        Stamp { flavour: self.flavour, change: self.changes, at: Timestamp::now() }
    }

    fn key_attribute(&self) -> &'static str {
        generated::key_attribute(self.flavour)
    }

    fn index(&mut self, entry: &Entry, number: u64) {
        for key in entry.values(self.key_attribute()) {
            self.by_key.entry(self.index_key(key)).or_default().insert(number);
        }
    }

    /// entryUUID is text and compared without case; objectGUID is bytes.
    fn index_key(&self, key: &[u8]) -> Vec<u8> {
        match self.flavour {
            Flavour::ActiveDirectory => key.to_vec(),
            Flavour::OpenLdap => key.to_ascii_lowercase(),
        }
    }
}
