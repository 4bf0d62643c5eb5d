//! Groups by the members each lists: everywhere but in Active Directory.

use std::collections::{HashMap, HashSet};

use super::super::Error;
use super::{Walk, node};
use crate::directory::group::Node;
use crate::directory::{Attributes, Kind};

/// What is a group where no one class is: RFC 4519 section 3.5 and 3.6, and what RFC 2307bis and dynlist bring.
const ANY_GROUP: &str = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=groupOfMembers)\
                         (objectClass=groupOfEntries)(objectClass=groupOfURLs)(objectClass=group))";

/// What has members by RFC 4519, so that none means that they may not be seen. Other servers than OpenLDAP are laxer.
const NEVER_EMPTY: [&str; 2] = ["groupOfNames", "groupOfUniqueNames"];

impl Walk<'_> {
    /// Down from group to group, by the members each lists.
    pub(super) async fn by_members(&mut self, named: &[String]) -> Result<(), Error> {
        let mut attributes = Attributes::default();
        let slots = [attributes.add("member"), attributes.add("uniqueMember")];
        let class = attributes.add("objectClass");
        let groups = self.everywhere(ANY_GROUP, &Attributes::default()).await?;
        let groups: HashMap<Node, String> = groups.iter().map(|group| (node(group), group.dn().to_owned())).collect();
        let mut open = Vec::new();
        for name in named {
            let group = Node::of(name.as_bytes());
            self.tree.named(name, group);
            open.push((group, name));
        }
        let mut seen = HashSet::new();
        while let Some((group, dn)) = open.pop() {
            if !seen.insert(group) {
                continue;
            }
            let entry = self.named(dn, ANY_GROUP, &attributes).await?;
            let must = |class: &[u8]| NEVER_EMPTY.iter().any(|known| class.eq_ignore_ascii_case(known.as_bytes()));
            let shown = slots.iter().any(|slot| entry.first(*slot).is_some());
            if self.kind == Kind::OpenLdap && !shown && entry.values(class).any(must) {
                return Err(Error::NoMembers { group: dn.clone() });
            }
            for member in slots.into_iter().flat_map(|slot| entry.values(slot)) {
                let member = Node::of(member);
                self.tree.member(group, member);
                open.extend(groups.get(&member).map(|dn| (member, dn)));
            }
        }
        Ok(())
    }
}
