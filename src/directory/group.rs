//! Who is in which group, through any number of groups between. Pure.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::{Attributes, Entry, Slot, attribute, dn};
use crate::roster::Fingerprint;

/// A group or a person, by DN, however it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Node(Fingerprint);

impl Node {
    pub(super) fn of(dn: &[u8]) -> Self {
        Self(Fingerprint::of(dn::canonical(&String::from_utf8_lossy(dn)).as_bytes()))
    }
}

/// The groups asked for, and who is a member of whom, as read.
#[derive(Default)]
pub(super) struct Tree {
    named: Vec<(String, Node)>,
    members: HashMap<Node, Vec<Node>>,
    primary: HashMap<u32, Node>,
    /// What changes of each group when its members do; `None`: nothing that may be seen.
    stamps: BTreeMap<Node, Option<Vec<u8>>>,
}

impl Tree {
    /// A group asked for, by this name.
    pub(super) fn named(&mut self, name: &str, group: Node) {
        self.named.push((name.to_owned(), group));
    }

    /// A group's member, be it a person or a group.
    pub(super) fn member(&mut self, group: Node, member: Node) {
        self.members.entry(group).or_default().push(member);
    }

    /// The `objectSid` of a group, which people may have as their primary one.
    pub(super) fn sid(&mut self, group: Node, sid: &[u8]) {
        self.primary.extend(attribute::relative_id(sid).map(|id| (id, group)));
    }

    /// What changes of a group when its members do, where people and not groups are asked who is in them.
    pub(super) fn stamp(&mut self, group: Node, stamp: Option<&[u8]>) {
        self.stamps.insert(group, stamp.map(<[u8]>::to_vec));
    }

    /// Who is in what.
    pub(super) fn membership(self) -> Membership {
        let mut above = Vec::new();
        for ((_, group), at) in self.named.iter().zip(0..) {
            above.extend(self.reached(*group).into_iter().map(|node| (node, at)));
        }
        above.sort_unstable();
        let told = self.told(&above);
        let named = self.named.into_iter().map(|(name, _)| name).collect();
        Membership { named, above, primary: self.primary, known: HashMap::new(), told }
    }

    /// Over all that decides who is in what: as long as it is the same, so is that.
    fn told(&self, above: &[(Node, u16)]) -> Option<Fingerprint> {
        let mut bytes = Vec::new();
        for (name, _) in &self.named {
            bytes.extend(name.bytes().chain([0]));
        }
        for (node, at) in above {
            bytes.extend(node.0.as_bytes().iter().chain(&at.to_le_bytes()));
        }
        for (id, group) in self.primary.iter().collect::<BTreeMap<_, _>>() {
            bytes.extend(id.to_le_bytes().iter().chain(group.0.as_bytes()));
        }
        for (group, stamp) in &self.stamps {
            let stamp = stamp.as_deref()?;
            bytes.extend(group.0.as_bytes().iter().chain(stamp).chain(&[0]));
        }
        Some(Fingerprint::of(&bytes))
    }

    /// A group and all below it. Groups may be members of each other in a circle.
    fn reached(&self, from: Node) -> HashSet<Node> {
        let mut reached = HashSet::from([from]);
        let mut open = vec![from];
        while let Some(group) = open.pop() {
            let members = self.members.get(&group).into_iter().flatten();
            open.extend(members.filter(|member| reached.insert(**member)));
        }
        reached
    }
}

/// The places of groups asked for among their names.
type Places = Box<[u16]>;

/// Who is in which of the groups asked for.
pub(super) struct Membership {
    named: Vec<String>,
    /// Each node with the groups it is, or is below; sorted.
    above: Vec<(Node, u16)>,
    /// Groups by the number that `primaryGroupID` has for them.
    primary: HashMap<u32, Node>,
    /// What became of a value of `memberOf`: thousands of people have the same few.
    known: HashMap<Box<[u8]>, Places>,
    /// Over all of this, and over who else is in the groups; `None` where a change of that would not show.
    pub(super) told: Option<Fingerprint>,
}

/// Where entries tell themselves which groups they are in (Active Directory).
#[derive(Clone, Copy)]
pub(super) struct Links {
    pub(super) member_of: Slot,
    /// `primaryGroupID`: the one group that is not among them (MS-ADTS 3.1.1.3.4.2.1).
    pub(super) primary: Slot,
}

impl Membership {
    /// An entry with the attributes of a query only, and in the groups it is in: by its links, or by its DN.
    pub(super) fn settle(&mut self, entry: &Entry, links: Option<Links>, kept: &Attributes) -> Entry {
        let mut places = BTreeSet::new();
        match links {
            None => places.extend(self.above(Node::of(entry.dn().as_bytes()))),
            Some(Links { member_of, primary }) => {
                for group in entry.values(member_of) {
                    places.extend(self.above_value(group));
                }
                let primary = entry.first(primary).and_then(|id| str::from_utf8(id).ok()?.parse().ok());
                if let Some(group) = primary.and_then(|id: u32| self.primary.get(&id)) {
                    places.extend(self.above(*group));
                }
            }
        }
        kept.settle(entry, places.into_iter().map(|at| self.named[usize::from(at)].as_str()))
    }

    fn above(&self, node: Node) -> impl Iterator<Item = u16> {
        let from = self.above.partition_point(|known| known.0 < node);
        self.above[from..].iter().take_while(move |known| known.0 == node).map(|known| known.1)
    }

    fn above_value(&mut self, group: &[u8]) -> impl Iterator<Item = u16> {
        if !self.known.contains_key(group) {
            let places = self.above(Node::of(group)).collect();
            self.known.insert(group.into(), places);
        }
        self.known[group].iter().copied()
    }
}

#[cfg(test)]
#[path = "group_tests.rs"]
mod tests;
