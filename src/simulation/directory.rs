//! A directory as values: people, searches, pages, and what can be wrong with them.

use std::collections::BTreeMap;

use crate::directory::changes::{Changed, Handle, Marks, Whom};
use crate::directory::{End, Entry, EntryBuilder, Kind, Page, Server, Sighting};
use crate::engine::Event;
use crate::mapping::Mapping;
use crate::roster::{Fingerprint, Key, Timestamp};

/// The server every directory starts with.
pub fn server() -> Server {
    Server {
        name: "dc1".to_owned(),
        kind: Kind::ActiveDirectory,
        clock: None,
        sees_deleted: true,
        rights: Fingerprint::of(b"reader"),
    }
}

/// Values by attribute.
pub type Attributes = BTreeMap<&'static str, String>;

/// An entry; `uid` is the key.
#[derive(Clone)]
pub struct Person {
    pub attributes: Attributes,
    /// The searches that find it.
    pub found_by: Vec<usize>,
}

impl Person {
    /// `anna` is employee `E-anna`, a clerk.
    pub fn new(key: &str) -> Self {
        let attributes = [
            ("objectGUID", guid(key)),
            ("uid", key.to_owned()),
            ("employeeID", format!("E-{key}")),
            ("givenName", key.to_owned()),
            ("sn", "Berg".to_owned()),
            ("title", "Clerk".to_owned()),
            ("userAccountControl", "512".to_owned()),
        ];
        Self { attributes: attributes.into(), found_by: vec![0] }
    }

    pub fn set(&mut self, name: &'static str, value: &str) -> &mut Self {
        self.attributes.insert(name, value.to_owned());
        self
    }

    pub fn without(&mut self, name: &'static str) {
        self.attributes.remove(name);
    }

    pub fn disable(&mut self) {
        self.set("userAccountControl", "514");
    }

    pub fn enable(&mut self) {
        self.set("userAccountControl", "512");
    }

    fn entry(&self, dn: &str, mapping: &Mapping) -> Entry {
        let mut entry = EntryBuilder::new(dn);
        for (name, value) in &self.attributes {
            if let Some(slot) = mapping.attributes().slot(name) {
                entry.push(slot, value.as_bytes());
            }
        }
        entry.build()
    }
}

/// The identifier that the directory gave an entry: for a test it tells who that is.
fn guid(key: &str) -> String {
    format!("{key:_>16}")[..16].to_owned()
}

/// The same, as changes are told by it.
pub fn handle(key: &str) -> Handle {
    Handle::new(guid(key).into_bytes().try_into().expect("16 bytes"))
}

/// What a directory answers to whoever asks what changed.
pub type Answer = Box<dyn Fn(&Marks) -> Changed + Send>;

/// A directory and its moods.
pub struct Directory {
    /// By DN.
    pub people: BTreeMap<String, Person>,
    pub searches: usize,
    pub page_size: usize,
    pub server: Server,
    /// Opening fails; or the page of this number.
    pub unreachable: bool,
    pub fails_at_page: Option<usize>,
    /// Looking up fails.
    pub look_up_fails: bool,
    pub probes_missing: Vec<String>,
    /// What a look-up says; `Deleted` of everybody else.
    pub sightings: BTreeMap<String, Sighting>,
    /// Where it stands, when everybody is read.
    pub marks: Option<Marks>,
}

impl Directory {
    pub fn of(people: &[&str]) -> Self {
        Self {
            people: people.iter().map(|key| ((*key).to_owned(), Person::new(key))).collect(),
            searches: 1,
            page_size: 3,
            server: server(),
            unreachable: false,
            fails_at_page: None,
            look_up_fails: false,
            probes_missing: Vec::new(),
            sightings: BTreeMap::new(),
            marks: None,
        }
    }

    pub fn person(&mut self, key: &str) -> &mut Person {
        self.people.entry(key.to_owned()).or_insert_with(|| Person::new(key))
    }

    pub fn remove(&mut self, key: &str) -> Person {
        self.people.remove(key).unwrap()
    }

    /// A reading of the directory as it is now.
    pub fn read(&self, mapping: &Mapping, now: Timestamp) -> Reading {
        let entries = |search: usize| {
            let found = self.people.iter().filter(move |(_, person)| person.found_by.contains(&search));
            found.map(|(dn, person)| person.entry(dn, mapping)).collect::<Vec<_>>()
        };
        let found: Vec<_> = (0..self.searches).map(entries).collect();
        let end = End {
            found: found.iter().map(|entries| entries.len() as u64).collect(),
            probes_missing: self.probes_missing.clone(),
            referrals: Vec::new(),
            marks: self.marks.clone(),
        };
        let mut pages: Vec<Page> = found
            .iter()
            .flat_map(|entries| entries.chunks(self.page_size))
            .map(|entries| Page { entries: entries.to_vec(), end: None })
            .collect();
        pages.push(Page { entries: Vec::new(), end: Some(end) });
        let clock = self.server.clock.or(Some(now));
        Reading {
            pages,
            at: 0,
            server: (!self.unreachable).then(|| Server { clock, ..self.server.clone() }),
            fails_at: self.fails_at_page,
            look_up_fails: self.look_up_fails,
            sightings: self.sightings.clone(),
            entries: self.entries(mapping),
            answer: Box::new(|_| Changed::Unknown("nobody asked for it to be told".to_owned())),
        }
    }

    /// Whom the searches find, by handle and key.
    fn entries(&self, mapping: &Mapping) -> Vec<(Handle, Option<Key>, Entry)> {
        let found = self.people.iter().filter(|(_, person)| !person.found_by.is_empty());
        let entry = |(dn, person): (&String, &Person)| {
            let handle = person.attributes["objectGUID"].clone().into_bytes();
            let key = person.attributes.get("uid").map(|uid| Key::new(uid.as_str()));
            (Handle::new(handle.try_into().expect("16 bytes")), key, person.entry(dn, mapping))
        };
        found.map(entry).collect()
    }
}

/// A reading in progress.
pub struct Reading {
    pages: Vec<Page>,
    at: usize,
    server: Option<Server>,
    fails_at: Option<usize>,
    look_up_fails: bool,
    sightings: BTreeMap<String, Sighting>,
    entries: Vec<(Handle, Option<Key>, Entry)>,
    /// What it says changed.
    pub answer: Answer,
}

impl Reading {
    pub fn open(&self) -> Event {
        let refused = || Event::ReadFailed("the directory can't be reached".to_owned());
        self.server.clone().map_or_else(refused, Event::Opened)
    }

    pub fn page(&mut self) -> Event {
        self.at += 1;
        if self.fails_at == Some(self.at) {
            return Event::ReadFailed(format!("page {} never came", self.at));
        }
        Event::Page(self.pages[self.at - 1].clone())
    }

    pub fn changed(&self, marks: &Marks) -> Event {
        Event::Changed((self.answer)(marks))
    }

    pub fn fetch(&self, whom: &Whom) -> Event {
        if self.fails_at == Some(1) {
            return Event::ReadFailed("those who may have changed were never told".to_owned());
        }
        let wanted = |(handle, key, _): &&(Handle, Option<Key>, Entry)| {
            whom.handles.contains(handle) || key.as_ref().is_some_and(|key| whom.keys.contains(key))
        };
        Event::Fetched(self.entries.iter().filter(wanted).map(|(_, _, entry)| entry.clone()).collect())
    }

    /// Whether a look-up finds somebody who was not read.
    pub fn finds(&self, key: &str) -> bool {
        self.sightings.get(key) == Some(&Sighting::Matches)
    }

    pub fn look_up(&self, keys: &[Key]) -> Event {
        if self.look_up_fails {
            return Event::ReadFailed("the look-up was not answered".to_owned());
        }
        let sighted = |key: &Key| self.sightings.get(key.as_str()).copied().unwrap_or(Sighting::Deleted);
        Event::Sighted(keys.iter().map(|key| (key.clone(), sighted(key))).collect())
    }
}
