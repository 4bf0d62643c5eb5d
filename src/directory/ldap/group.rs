//! The group tree, read before people are: the groups asked for, and the groups that are in them.
//!
//! Active Directory links both ends of a membership, so its groups are found by `memberOf` level by level, and people
//! tell their own: a group may have a million members there. Elsewhere `memberOf` is an overlay's affair, often missing
//! or older than the memberships, so the members that groups list are believed. The matching rule for nested membership
//! (1.2.840.113556.1.4.1941) would walk the tree anew for each person.

use std::collections::{HashMap, HashSet};

use super::connection::{Connection, domain_scope};
use super::page::{self, Paged};
use super::{Error, Operation};
use crate::directory::group::{Links, Membership, Node, Tree};
use crate::directory::{Attributes, Entry, Kind, Scope, attribute, dn};

/// Groups in one filter.
const BATCH: usize = 100;

/// Members of a group that are looked at for a person.
const SAMPLE: usize = 10;

/// What is a group where no one class is: RFC 4519 section 3.5 and 3.6, and what RFC 2307bis and dynlist bring.
const ANY_GROUP: &str = "(|(objectClass=groupOfNames)(objectClass=groupOfUniqueNames)(objectClass=groupOfMembers)\
                         (objectClass=groupOfEntries)(objectClass=groupOfURLs)(objectClass=group))";

/// What has members by RFC 4519, so that none means that they may not be seen. Other servers than OpenLDAP are laxer.
const NEVER_EMPTY: [&str; 2] = ["groupOfNames", "groupOfUniqueNames"];

/// The groups of a query, and how to tell who is in them.
pub(super) struct Groups {
    /// What is asked of each person; more than the query asks for.
    pub(super) asked: Attributes,
    links: Option<Links>,
    membership: Membership,
    /// The DNs of all groups of the tree.
    tree: Vec<String>,
    /// Whether anybody showed a link.
    linked: bool,
}

impl Groups {
    /// Reads the tree below the groups of a query.
    pub(super) async fn read(
        connection: &mut Connection,
        kind: Kind,
        contexts: &[String],
        attributes: &Attributes,
        page_size: u32,
    ) -> Result<Self, Error> {
        let named = attributes.groups();
        let holds = |context: &&String| named.iter().any(|group| dn::is_below(group, context));
        let contexts = contexts.iter().filter(holds).collect();
        let mut walk = Walk { connection, kind, contexts, page_size, tree: Tree::default() };
        let mut asked = attributes.clone();
        let (mut links, mut tree) = (None, Vec::new());
        if kind == Kind::ActiveDirectory {
            let (member_of, primary) = (asked.add("memberOf"), asked.add("primaryGroupID"));
            links = Some(Links { member_of, primary });
            tree = walk.by_links(named).await?;
        } else {
            walk.by_members(named).await?;
        }
        Ok(Self { asked, links, membership: walk.tree.membership(), tree, linked: false })
    }

    /// An entry as the query asked for it, with the groups it is in.
    pub(super) fn settle(&mut self, entry: &Entry, attributes: &Attributes) -> Entry {
        self.linked |= self.links.is_some_and(|links| entry.first(links.member_of).is_some());
        self.membership.settle(entry, self.links, attributes)
    }

    /// Fails when nobody showed a link because nobody's may be seen: groups may show theirs where people do not.
    pub(super) async fn confirm(&self, connection: &mut Connection, page_size: u32) -> Result<(), Error> {
        if self.links.is_none() || self.linked {
            return Ok(());
        }
        let kind = Kind::ActiveDirectory;
        let mut walk = Walk { connection, kind, contexts: Vec::new(), page_size, tree: Tree::default() };
        let mut attributes = Attributes::default();
        let (member, member_of) = (attributes.add("member"), attributes.add("memberOf"));
        for group in &self.tree {
            let entry = walk.named(group, "(objectClass=group)", &attributes).await?;
            for person in entry.values(member).take(SAMPLE) {
                let person = String::from_utf8_lossy(person);
                let found = match walk.search(&person, Scope::Base, "(objectCategory=person)", &attributes).await {
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

struct Walk<'a> {
    connection: &'a mut Connection,
    kind: Kind,
    /// Where groups are looked for: the naming contexts of those asked for.
    contexts: Vec<&'a String>,
    page_size: u32,
    tree: Tree,
}

impl Walk<'_> {
    /// Down from level to level, by what each group says it is a member of; gives all groups.
    async fn by_links(&mut self, named: &[String]) -> Result<Vec<String>, Error> {
        let mut attributes = Attributes::default();
        let (member_of, sid) = (attributes.add("memberOf"), attributes.add("objectSid"));
        let mut level = Vec::new();
        for name in named {
            let group = self.named(name, "(objectClass=group)", &attributes).await?;
            self.tree.named(name, node(&group));
            level.push(group);
        }
        let (mut seen, mut groups) = (HashSet::new(), Vec::new());
        while !level.is_empty() {
            level.retain(|group| seen.insert(node(group)));
            for group in &level {
                groups.push(group.dn().to_owned());
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

    /// Down from group to group, by the members each lists.
    async fn by_members(&mut self, named: &[String]) -> Result<(), Error> {
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

    /// A group that must be there: who is not in it because nobody can see it would be let in or locked out.
    async fn named(&mut self, name: &str, filter: &str, attributes: &Attributes) -> Result<Entry, Error> {
        match self.search(name, Scope::Base, filter, attributes).await {
            Ok(mut found) if !found.is_empty() => Ok(found.swap_remove(0)),
            Ok(_) | Err(Error::NoSuchBase { .. } | Error::Referred { .. }) => {
                Err(Error::NoSuchGroup { group: name.to_owned() })
            }
            Err(error) => Err(error),
        }
    }

    async fn everywhere(&mut self, filter: &str, attributes: &Attributes) -> Result<Vec<Entry>, Error> {
        let mut found = Vec::new();
        for context in self.contexts.clone() {
            found.extend(self.search(context, Scope::Subtree, filter, attributes).await?);
        }
        Ok(found)
    }

    async fn search(
        &mut self,
        base: &str,
        scope: Scope,
        filter: &str,
        attributes: &Attributes,
    ) -> Result<Vec<Entry>, Error> {
        let controls = if self.kind == Kind::ActiveDirectory { vec![domain_scope()] } else { Vec::new() };
        let paged = Paged { base, scope, filter, attributes, controls, page_size: self.page_size };
        page::all(self.connection, &paged, &Operation::Groups).await
    }
}

fn node(entry: &Entry) -> Node {
    Node::of(entry.dn().as_bytes())
}
