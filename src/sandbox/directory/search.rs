//! One page of a search: what is asked, and what is answered.

use std::hash::{DefaultHasher, Hash, Hasher};

use ldap3_proto::{LdapResultCode, LdapSearchScope};

use super::dn;
use super::entry::Attribute;
use super::faults::{Faults, identifying};
use super::filter::Filter;
use super::options::{Flavour, Options};
use super::tree::{Node, Tree};
use super::wanted::Wanted;

/// What is asked.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) base: String,
    pub(super) scope: LdapSearchScope,
    pub(super) filter: Filter,
    pub(super) wanted: Wanted,
    /// The searcher's own limit; 0: none.
    pub(super) size_limit: usize,
    /// Size and cookie.
    pub(super) page: Option<(usize, Vec<u8>)>,
    pub(super) deleted: Shown,
    pub(super) referrals: Shown,
}

/// Whether something is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    Yes,
    No,
}

/// What is answered.
#[derive(Debug)]
pub(super) struct Answer {
    pub(super) entries: Vec<(String, Vec<Attribute>)>,
    pub(super) referrals: Vec<String>,
    pub(super) code: LdapResultCode,
    pub(super) matched: String,
    pub(super) message: String,
    /// Where the next page begins; empty: this was the last. `None`: no paging.
    pub(super) cookie: Option<Vec<u8>>,
}

impl Answer {
    pub(super) fn result(code: LdapResultCode, message: impl Into<String>) -> Self {
        let (matched, message) = (String::new(), message.into());
        Self { entries: Vec::new(), referrals: Vec::new(), code, matched, message, cookie: None }
    }
}

/// Where a paged search stands.
#[derive(Clone, Copy)]
struct Position {
    next: u64,
    page: u32,
}

impl Ask {
    /// Which page of the search this is, counted from 1; `None`: the cookie is not one of ours.
    pub(super) fn page(&self) -> Option<u32> {
        self.position().map(|position| position.page)
    }

    /// Whether this looks for somebody rather than for everybody.
    pub(super) fn is_look_up(&self) -> bool {
        self.scope == LdapSearchScope::Base || self.filter.only(identifying()).is_some()
    }

    /// Answers from the entries, as far as the searcher may see them.
    pub(super) fn answer(&self, tree: &Tree, faults: &Faults, options: &Options) -> Answer {
        let Some(position) = self.position() else { return bad_cookie(options.flavour) };
        let base = dn::normal(&self.base);
        let limit = match &self.page {
            Some((0, _)) => return Answer { cookie: Some(Vec::new()), ..success() },
            Some((size, _)) => (*size).min(options.page_limit),
            None if self.size_limit > 0 => self.size_limit.min(options.size_limit),
            None => options.size_limit,
        };
        if self.visible(tree, &base, options).is_none() {
            return self.no_such_object(tree, options);
        }
        let candidates = match self.scope {
            LdapSearchScope::Base => tree.named(&base, position.next),
            _ => tree.candidates(&self.filter, position.next),
        };
        let mut found = candidates.filter(|(_, node)| self.finds(node, &base, faults, options));
        let mut answer = success();
        for (_, node) in found.by_ref().take(limit) {
            let readable = |attribute: &str| faults.readable(&node.name, attribute);
            answer.entries.push((node.entry.dn().to_owned(), self.wanted.of(&node.entry, options, &readable)));
        }
        let next = found.next().map(|(number, _)| number);
        match (&self.page, next) {
            (Some(_), Some(next)) => {
                answer.cookie = Some(self.cookie(Position { next, page: position.page + 1 }));
                return answer;
            }
            (Some(_), None) => answer.cookie = Some(Vec::new()),
            (None, Some(_)) => answer.code = LdapResultCode::SizeLimitExceeded,
            (None, None) => {}
        }
        if self.scope == LdapSearchScope::Subtree && self.referrals == Shown::Yes && base == dn::normal(&options.root) {
            answer.referrals.clone_from(&options.referrals);
        }
        answer
    }

    fn finds(&self, node: &Node, base: &str, faults: &Faults, options: &Options) -> bool {
        let in_scope = match self.scope {
            LdapSearchScope::Base => node.name == base,
            LdapSearchScope::OneLevel => dn::parent(&node.name) == base,
            LdapSearchScope::Subtree => dn::within(&node.name, base),
            LdapSearchScope::Children => node.name != base && dn::within(&node.name, base),
        };
        in_scope
            && (!node.deleted || self.shows_deleted(options))
            && (!faults.lags(&node.name) || self.is_look_up())
            && self.filter.matches(&node.entry, &|attribute| faults.readable(&node.name, attribute)) == Some(true)
    }

    fn shows_deleted(&self, options: &Options) -> bool {
        self.deleted == Shown::Yes && options.sees_deleted
    }

    fn visible<'a>(&self, tree: &'a Tree, name: &str, options: &Options) -> Option<&'a Node> {
        let node = tree.number(name).and_then(|number| tree.node(number))?;
        (!node.deleted || self.shows_deleted(options)).then_some(node)
    }

    fn no_such_object(&self, tree: &Tree, options: &Options) -> Answer {
        let mut above = dn::split(&self.base).1;
        let mut matched = "";
        while !above.is_empty() {
            if let Some(node) = self.visible(tree, above, options) {
                matched = node.entry.dn();
                break;
            }
            above = dn::split(above).1;
        }
        let message = match options.flavour {
            Flavour::ActiveDirectory => format!(
                "0000208D: NameErr: DSID-0310028D, problem 2001 (NO_OBJECT), data 0, best match of:\n\t'{matched}'\n"
            ),
            Flavour::OpenLdap => String::new(),
        };
        Answer { matched: matched.to_owned(), ..Answer::result(LdapResultCode::NoSuchObject, message) }
    }

    fn position(&self) -> Option<Position> {
        let cookie = match &self.page {
            Some((_, cookie)) if !cookie.is_empty() => cookie,
            _ => return Some(Position { next: 0, page: 1 }),
        };
        let (next, rest) = cookie.split_first_chunk()?;
        let (page, search) = rest.split_first_chunk()?;
        let position = Position { next: u64::from_be_bytes(*next), page: u32::from_be_bytes(*page) };
        (search == self.hash().to_be_bytes()).then_some(position)
    }

    fn cookie(&self, position: Position) -> Vec<u8> {
        let mut cookie = position.next.to_be_bytes().to_vec();
        cookie.extend(position.page.to_be_bytes());
        cookie.extend(self.hash().to_be_bytes());
        cookie
    }

    /// A cookie serves for its own search only.
    fn hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (dn::normal(&self.base), &self.scope, format!("{:?}", self.filter)).hash(&mut hasher);
        hasher.finish()
    }
}

fn success() -> Answer {
    Answer::result(LdapResultCode::Success, "")
}

fn bad_cookie(flavour: Flavour) -> Answer {
    match flavour {
        Flavour::ActiveDirectory => Answer::result(
            LdapResultCode::UnavailableCriticalExtension,
            "00000057: LdapErr: DSID-0C0907B8, comment: Error processing control, data 0, v4563",
        ),
        Flavour::OpenLdap => Answer::result(LdapResultCode::ProtocolError, "paged results cookie is invalid"),
    }
}
