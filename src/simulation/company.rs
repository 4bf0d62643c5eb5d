//! A small company: who is in it, and what the config asks of it.

use std::collections::BTreeMap;

use super::directory::{Directory, Person};
use super::random::Random;
use super::target;
use crate::directory::Sighting;
use crate::roster::Timestamp;

/// What somebody is, apart from their account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Found, whatever the filter.
    Staff,
    /// Found by the wider filter only.
    Contractor,
    /// Found by no filter.
    Hidden,
    /// Found; the sync's `active` says no.
    Left,
}

/// Somebody in the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Citizen {
    pub key: String,
    pub identity: String,
    /// What targets that want a telephone number keep unique; 0 is no number.
    pub phone: Option<usize>,
    /// Without one they are invalid.
    pub title: Option<String>,
    pub disabled: bool,
    pub expires: Option<Timestamp>,
    pub kind: Kind,
    /// The sync whose base they are in.
    pub home: usize,
    /// Whether rosterd may not read what says that they are active.
    pub unreadable: bool,
}

impl Citizen {
    pub fn new(number: usize, home: usize) -> Self {
        let title = Some("Clerk".to_owned());
        let (key, identity) = (format!("k{number}"), identity(number));
        let phone = (!number.is_multiple_of(3)).then_some(number);
        let (disabled, expires, unreadable) = (false, None, false);
        Self { key, identity, phone, title, disabled, expires, kind: Kind::Staff, home, unreadable }
    }

    /// By what a target knows them.
    pub fn known_as(&self, target: target::Kind) -> &str {
        if target == target::Kind::Clients { &self.key } else { &self.identity }
    }

    /// Whether a sync's search finds them.
    pub fn found(&self, sync: usize, rules: &Rules) -> bool {
        let filter = match self.kind {
            Kind::Staff | Kind::Left => true,
            Kind::Contractor => rules.contractors,
            Kind::Hidden => false,
        };
        self.home == sync && filter
    }

    fn person(&self) -> Person {
        let mut person = Person::new(&self.key);
        person.set("employeeID", &self.identity);
        person.without("title");
        person.without("mobile");
        if let Some(phone) = self.phone {
            person.set("mobile", &msisdn(phone));
        }
        if let Some(title) = &self.title {
            person.set("title", title);
        }
        person.set("employeeType", if self.kind == Kind::Left { "left" } else { "staff" });
        if self.disabled {
            person.disable();
        }
        if self.unreadable {
            person.without("userAccountControl");
        }
        if let Some(at) = self.expires {
            person.set("accountExpires", &((at.as_second() + 11_644_473_600) * 10_000_000).to_string());
        }
        person
    }
}

/// By which targets know somebody: a mail address for those that want one.
pub fn identity(number: impl std::fmt::Display) -> String {
    format!("e{number}@example.com")
}

/// A telephone number, or something else in its place.
pub fn msisdn(phone: usize) -> String {
    if phone == 0 { "none".to_owned() } else { (4_790_000_000 + phone).to_string() }
}

/// What a sync's config says.
#[derive(Clone, Debug)]
pub struct Rules {
    /// A constant field of everybody.
    pub country: &'static str,
    /// Whether the filter finds contractors.
    pub contractors: bool,
}

/// The company.
#[derive(Clone, Debug)]
pub struct Company {
    /// By key.
    pub people: BTreeMap<String, Citizen>,
    pub rules: Vec<Rules>,
    /// The next newcomer.
    pub next: usize,
    /// What they are to become members of.
    pub target: target::Kind,
}

impl Company {
    /// Some people and a search that always finds somebody.
    pub fn new(target: target::Kind, syncs: usize, people: usize, random: &mut Random) -> Self {
        let rules = vec![Rules { country: "Norway", contractors: true }; syncs];
        let mut company = Self { people: BTreeMap::new(), rules, next: 0, target };
        for number in 0..syncs + people {
            let home = if number < syncs { number } else { random.below(syncs) };
            company.join(home);
        }
        company
    }

    /// A newcomer's key.
    pub fn join(&mut self, home: usize) -> String {
        let citizen = Citizen::new(self.next, home);
        self.next += 1;
        let key = citizen.key.clone();
        self.people.insert(key.clone(), citizen);
        key
    }

    /// Anybody but those who keep the searches from finding nobody.
    pub fn anybody(&mut self, random: &mut Random) -> Option<&mut Citizen> {
        let anchors = self.rules.len();
        let mut people: Vec<&mut Citizen> = self.people.values_mut().collect();
        people.retain(|citizen| citizen.key[1..].parse::<usize>().unwrap() >= anchors);
        if people.is_empty() {
            return None;
        }
        let at = random.below(people.len());
        Some(people.swap_remove(at))
    }

    /// As a sync finds it.
    pub fn directory(&self, sync: usize) -> Directory {
        let mut directory = Directory::of(&[]);
        for (key, citizen) in &self.people {
            if citizen.found(sync, &self.rules[sync]) {
                directory.people.insert(key.clone(), citizen.person());
            } else {
                let sighting = if citizen.home == sync { Sighting::Filtered } else { Sighting::Moved };
                directory.sightings.insert(key.clone(), sighting);
            }
        }
        directory
    }
}
