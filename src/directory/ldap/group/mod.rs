//! The group tree, read before people are: the groups asked for, and the groups that are in them.
//!
//! Active Directory links both ends of a membership, so its groups are found by `memberOf` level by level, and people
//! tell their own: a group may have a million members there. Elsewhere `memberOf` is an overlay's affair, often missing
//! or older than the memberships, so the members that groups list are believed. The matching rule for nested membership
//! (1.2.840.113556.1.4.1941) would walk the tree anew for each person.

use super::connection::{Connection, people_controls};
use super::page::{self, Paged};
use super::root_dse::RootDse;
use super::{Error, Operation};
use crate::directory::group::{Links, Membership, Node, Tree};
use crate::directory::{Attributes, Entry, Kind, Query, Scope, dn};

mod links;
mod members;

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
    /// What was asked for.
    query: Attributes,
}

impl Groups {
    /// Reads the tree below the groups of a query, where it names any.
    pub(super) async fn of(
        connection: &mut Connection,
        root: &RootDse,
        query: &Query,
        page_size: u32,
    ) -> Result<Option<Self>, Error> {
        if query.attributes.groups().is_empty() {
            return Ok(None);
        }
        let (kind, contexts) = (root.server.kind, &root.naming_contexts);
        Self::read(connection, kind, contexts, &query.attributes, page_size).await.map(Some)
    }

    async fn read(
        connection: &mut Connection,
        kind: Kind,
        contexts: &[String],
        attributes: &Attributes,
        page_size: u32,
    ) -> Result<Self, Error> {
        let named = attributes.groups();
        let holds = |context: &&String| named.iter().any(|group| dn::is_below(group, context));
        let contexts: Vec<_> = contexts.iter().filter(holds).collect();
        if let Some(group) = named.iter().find(|group| !contexts.iter().any(|context| dn::is_below(group, context))) {
            return Err(Error::NoSuchGroup { group: group.clone() });
        }
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
        let (membership, query) = (walk.tree.membership(), attributes.clone());
        Ok(Self { asked, links, membership, tree, linked: false, query })
    }

    /// Whether these are the groups of a query.
    pub(super) fn are_of(&self, query: &Query) -> bool {
        self.query == *query.attributes
    }

    /// Over the tree and who is in it; `None` where a change of that would not show.
    pub(super) fn told(&self) -> Option<String> {
        self.membership.told.map(|told| told.to_string())
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
        walk.sample(&self.tree).await
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
    /// A group that must be there: who is not in it because nobody can see it would be let in or locked out.
    async fn named(&mut self, name: &str, filter: &str, attributes: &Attributes) -> Result<Entry, Error> {
        match self.search(name, Scope::Base, filter, attributes).await {
            Ok(mut found) if !found.is_empty() => Ok(found.swap_remove(0)),
            Ok(_) | Err(Error::NoSuchBase { .. } | Error::Referred { .. }) => {
                Err(Error::NoSuchGroup { group: name.to_owned() })
            }
            Err(Error::TooLarge { limit, during, .. }) => {
                let advice = "name groups with fewer members in `in_group`";
                Err(Error::TooLarge { what: "a group", limit, during, advice })
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
        let controls = people_controls(self.kind);
        let paged = Paged { base, scope, filter, attributes, controls, page_size: self.page_size };
        page::all(self.connection, &paged, &Operation::Groups).await
    }
}

fn node(entry: &Entry) -> Node {
    Node::of(entry.dn().as_bytes())
}
