//! What ought to be, told from the company itself: short enough to be believed, and no line of it is rosterd's.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::company::{Citizen, Company, Kind, Rules, msisdn};
use super::target;
use crate::roster::Timestamp;

/// What somebody is to the target.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Standing {
    /// A member: identity and payload.
    Active(String, Value),
    /// Active, but the target can't take them.
    Invalid,
    /// Two entries say different things, or what says it may not be read.
    Unclear,
    /// Not active, or not this sync's business.
    Out,
}

impl Standing {
    /// The identity of a member.
    pub fn identity(&self) -> Option<&str> {
        match self {
            Self::Active(identity, _) => Some(identity),
            _ => None,
        }
    }
}

/// A directory as one sync sees it, by key.
pub type Snapshot = BTreeMap<String, Standing>;

/// What a citizen is.
pub fn standing(citizen: &Citizen, rules: &Rules, target: target::Kind, now: Timestamp) -> Standing {
    let expired = citizen.expires.is_some_and(|at| at <= now);
    match () {
        () if citizen.title.as_deref() == Some("Intern") => return Standing::Out,
        () if citizen.unreadable => return Standing::Unclear,
        () if citizen.disabled || expired || citizen.kind == Kind::Left => return Standing::Out,
        () => {}
    }
    if target == target::Kind::Clients {
        return client(citizen, rules);
    }
    let mut payload = json!({
        "unique_id": citizen.identity,
        "first_name": citizen.key,
        "last_name": "Berg",
        "email": citizen.identity,
        "country": rules.country,
        "status": "active",
    });
    // To some a title matters, to others a number.
    match (target, &citizen.title, citizen.phone) {
        (target::Kind::Imports, _, Some(0)) => return Standing::Invalid,
        (target::Kind::Imports, title, phone) => {
            let title = title.iter().map(|title| ("designation", json!(title)));
            let phone = phone.iter().map(|phone| ("msisdn", json!(msisdn(*phone))));
            title.chain(phone).for_each(|(name, value)| payload[name] = value);
        }
        (_, None, _) => return Standing::Invalid,
        (_, Some(title), _) => payload["designation"] = json!(title),
    }
    Standing::Active(citizen.identity.clone(), payload)
}

/// Whoever has a key is a client; a number matters to what it may do.
fn client(citizen: &Citizen, rules: &Rules) -> Standing {
    let (Some(title), None | Some(1..)) = (&citizen.title, citizen.phone) else { return Standing::Invalid };
    let payload = json!({
        "unique_id": citizen.key,
        "first_name": citizen.key,
        "name": citizen.identity,
        "description": title,
        "expirationTokenTime": 600,
        "defaultTillId": till(rules.country),
        "scopes": [["TargetGroups", if citizen.phone.is_some() { "READWRITE" } else { "READ" }]],
        "status": "active",
    });
    Standing::Active(citizen.key.clone(), payload)
}

/// Of a country's clients.
pub fn till(country: &str) -> usize {
    country.len()
}

/// Everybody a sync's search finds.
pub fn snapshot(company: &Company, sync: usize, now: Timestamp) -> Snapshot {
    let rules = &company.rules[sync];
    let found = company.people.values().filter(|citizen| citizen.found(sync, rules));
    found.map(|citizen| (citizen.key.clone(), standing(citizen, rules, company.target, now))).collect()
}

/// Who is to be active in the end, by identity; `None` where several want to be.
pub fn members(snapshots: &[Snapshot]) -> BTreeMap<String, Option<Value>> {
    let mut members = BTreeMap::<String, Option<Value>>::new();
    for standing in snapshots.iter().flat_map(BTreeMap::values) {
        if let Standing::Active(identity, payload) = standing {
            let disputed = members.contains_key(identity);
            members.insert(identity.clone(), (!disputed).then(|| payload.clone()));
        }
    }
    members
}
