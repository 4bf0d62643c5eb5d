//! Groups by what each says it is a member of: Active Directory.

use std::collections::HashSet;

use super::super::Error;
use super::{Walk, node};
use crate::directory::group::Node;
use crate::directory::{Attributes, Entry, Scope, attribute};

const GROUP: &str = "(objectClass=group)";

/// Groups in one filter.
const BATCH: usize = 100;

/// Members of a group that are looked at for a person.
const SAMPLE: usize = 10;

impl Walk<'_> {
    /// Down from level to level, by what each group says it is a member of; gives all groups.
    pub(super) async fn by_links(&mut self, named: &[String]) -> Result<Vec<String>, Error> {
        let mut attributes = Attributes::default();
        let (member_of, sid) = (attributes.add("memberOf"), attributes.add("objectSid"));
        // A new member changes the group alone, and its `uSNChanged` on this domain controller (MS-ADTS 3.1.1.1.9).
        let stamps = [attributes.add("uSNChanged"), attributes.add("whenChanged")];
        let mut level = Vec::new();
        for name in named {
            let group = self.named(name, GROUP, &attributes).await?;
            self.tree.named(name, node(&group));
            level.push(group);
        }
        let (mut seen, mut groups) = (HashSet::new(), Vec::new());
        while !level.is_empty() {
            level.retain(|group| seen.insert(node(group)));
            for group in &level {
                groups.push(group.dn().to_owned());
                self.tree.stamp(node(group), stamps.iter().find_map(|slot| group.first(*slot)));
                for above in group.values(member_of) {
                    self.tree.member(Node::of(above), node(group));
                }
                if let Some(sid) = group.first(sid) {
                    self.tree.sid(node(group), sid);
                }
            }
            level = self.groups_in(&level, &attributes).await?;
        }
        Ok(groups)
    }

    /// The groups that are direct members of these.
    async fn groups_in(&mut self, level: &[Entry], attributes: &Attributes) -> Result<Vec<Entry>, Error> {
        let mut found = Vec::new();
        for batch in level.chunks(BATCH) {
            let any: String =
                batch.iter().map(|group| format!("(memberOf={})", attribute::escape(group.dn()))).collect();
            found.extend(self.everywhere(&format!("(&(objectCategory=group)(|{any}))"), attributes).await?);
        }
        Ok(found)
    }

    /// Looks for a person in these groups, and whether they show it.
    pub(super) async fn sample(&mut self, groups: &[String]) -> Result<(), Error> {
        let mut attributes = Attributes::default();
        let (member, member_of) = (attributes.add("member"), attributes.add("memberOf"));
        for group in groups {
            let entry = match self.named(group, GROUP, &attributes).await {
                // Too many members to be asked for at once.
                Err(Error::TooLarge { .. }) => continue,
                entry => entry?,
            };
            for person in entry.values(member).take(SAMPLE) {
                let person = String::from_utf8_lossy(person);
                let found = match self.search(&person, Scope::Base, "(objectCategory=person)", &attributes).await {
                    Err(Error::NoSuchBase { .. } | Error::Referred { .. }) => continue,
                    found => found?,
                };
                if let Some(person) = found.first() {
                    let seen = person.first(member_of).is_some();
                    return if seen { Ok(()) } else { Err(Error::NoLinks { group: group.clone() }) };
                }
            }
        }
        Ok(())
    }
}
