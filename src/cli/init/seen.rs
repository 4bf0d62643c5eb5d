//! What was seen of a directory: who is where, and which attributes they have. No value is kept.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::directory::{Kind, dn};

/// Whose attributes a proposal may be made of.
pub(super) const ATTRIBUTES: [&str; 18] = [
    "employeeID",
    "employeeNumber",
    "uid",
    "sAMAccountName",
    "givenName",
    "sn",
    "cn",
    "mail",
    "title",
    "department",
    "departmentNumber",
    "co",
    "c",
    "l",
    "physicalDeliveryOfficeName",
    "telephoneNumber",
    "mobile",
    "description",
];

/// Everybody who was looked at.
pub(super) struct Seen {
    pub kind: Kind,
    pub people: Vec<Person>,
    /// Whether that was everybody.
    pub whole: bool,
}

/// Somebody, without anything that tells who.
pub(super) struct Person {
    /// What was searched when they were found.
    pub context: String,
    /// The container they are in.
    pub place: String,
    /// The attributes that have a value.
    pub has: BTreeSet<String>,
}

impl Seen {
    /// How many have an attribute.
    pub(super) fn count(&self, name: &str) -> usize {
        self.people.iter().filter(|person| person.has.contains(name)).count()
    }

    /// How many are in each container, the fullest first.
    pub(super) fn places(&self) -> Vec<(&str, usize)> {
        let mut places = BTreeMap::new();
        for person in &self.people {
            *places.entry(person.place.as_str()).or_insert(0_usize) += 1;
        }
        let mut places: Vec<_> = places.into_iter().collect();
        places.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        places
    }
}

/// An attribute as it is spelled here, however somebody else does.
pub(super) fn spelled(name: &str) -> &str {
    ATTRIBUTES.into_iter().find(|known| known.eq_ignore_ascii_case(name)).unwrap_or(name)
}

/// Who is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    People,
    ServiceAccounts,
}

impl Whom {
    /// By what they are found, before it is known what else they have.
    pub(super) fn filter(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Self::People, Kind::ActiveDirectory) => "(&(objectCategory=person)(objectClass=user))",
            (Self::People, Kind::OpenLdap) => "(objectClass=inetOrgPerson)",
            (Self::People, Kind::Generic) => "(objectClass=person)",
            (Self::ServiceAccounts, Kind::ActiveDirectory) => SERVICES_OF_A_DOMAIN,
            (Self::ServiceAccounts, Kind::OpenLdap | Kind::Generic) => SERVICES_ELSEWHERE,
        }
    }
}

impl fmt::Display for Whom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::People => "people",
            Self::ServiceAccounts => "service accounts",
        })
    }
}

/// Those that the domain manages; and users with a service's name or, as is the custom, a prefix, but not `krbtgt`.
const SERVICES_OF_A_DOMAIN: &str = "(|(objectClass=msDS-GroupManagedServiceAccount)\
    (objectClass=msDS-ManagedServiceAccount)(&(objectCategory=person)(objectClass=user)\
    (|(servicePrincipalName=*)(sAMAccountName=svc*))(!(isCriticalSystemObject=TRUE))))";

/// Entries with a password, or of a program, that are no person's (RFC 4519, RFC 4524).
const SERVICES_ELSEWHERE: &str = "(&(|(objectClass=account)(objectClass=applicationProcess)\
    (objectClass=simpleSecurityObject))(!(objectClass=person)))";

/// Where each entry of a search is. The name of an entry is a person's, also where others are below it: then what is
/// above counts.
pub(super) fn places(entries: &[&str]) -> Vec<String> {
    let people: BTreeSet<_> = entries.iter().map(|entry| dn::canonical(entry)).collect();
    let place = |entry: &&str| {
        let mut place = dn::parent(entry).unwrap_or_default();
        while people.contains(&dn::canonical(place)) {
            place = dn::parent(place).unwrap_or_default();
        }
        place.to_owned()
    };
    entries.iter().map(place).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_is_named_as_the_place_of_others() {
        let entries = ["cn=Anna\\, A,ou=People,dc=a", "cn=phone,CN=Anna\\2C A,ou=people,dc=a", "cn=Bo,dc=a"];
        assert_eq!(places(&entries), ["ou=People,dc=a", "ou=people,dc=a", "dc=a"]);
    }
}
