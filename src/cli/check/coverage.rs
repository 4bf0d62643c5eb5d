//! What a sync's rules make of everybody: counted, by key, never by name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use jiff::Timestamp;

use crate::config::{Sync, Target};
use crate::destination::Member;
use crate::directory::{Entry, Kind, Slot};
use crate::mapping::{Judgement, Standing};
use crate::roster::{Fingerprint, Key};

/// Keys given as examples.
pub(super) const EXAMPLES: usize = 3;

/// People something is true of; only the first of them are remembered.
#[derive(Default)]
pub(super) struct People {
    pub count: u64,
    first: Vec<Key>,
}

/// What a reading of all the sync's directories shows.
pub(super) struct Coverage<'c> {
    pub sync: &'c Sync,
    target: &'c Target,
    pub people: u64,
    pub active: u64,
    pub skipped: u64,
    /// By the reason why they can't be judged.
    pub unreadable: BTreeMap<String, People>,
    pub keyless: u64,
    pub keyless_why: String,
    /// Searches may overlap: who was seen before counts once, unless it is somebody else with the same key (`None`).
    seen: BTreeMap<Key, Option<Fingerprint>>,
    pub shared: People,
    /// By field: active people without it, and those of them who are invalid for it.
    pub fields: BTreeMap<String, (u64, People)>,
    /// By any other reason.
    pub invalid: BTreeMap<String, People>,
    /// Of what the target keeps unique: who has a value first, and by field everybody where several have it.
    owners: BTreeMap<(String, Fingerprint), Key>,
    pub twins: BTreeMap<String, BTreeMap<Fingerprint, People>>,
    /// Beside the attributes asked for: how many entries have each.
    present: Vec<(Slot, u64)>,
    unknown: BTreeSet<String>,
    /// The `require` filters that found nobody in any directory asked so far; `None` before the first one.
    pub probes_missing: Option<Vec<String>>,
}

impl<'c> Coverage<'c> {
    pub(super) fn new(sync: &'c Sync, target: &'c Target) -> Self {
        let attributes = sync.mapping.attributes();
        Self {
            sync,
            target,
            people: 0,
            active: 0,
            skipped: 0,
            unreadable: BTreeMap::new(),
            keyless: 0,
            keyless_why: String::new(),
            seen: BTreeMap::new(),
            shared: People::default(),
            fields: BTreeMap::new(),
            invalid: BTreeMap::new(),
            owners: BTreeMap::new(),
            twins: BTreeMap::new(),
            present: attributes.names().iter().filter_map(|name| attributes.slot(name)).map(|slot| (slot, 0)).collect(),
            unknown: BTreeSet::new(),
            probes_missing: None,
        }
    }

    /// Attributes that a directory does not know: that nobody has them is no news.
    pub(super) fn unknown(&mut self, names: BTreeSet<String>) {
        self.unknown.extend(names);
    }

    /// Probes that found nobody in one directory: another one may have them.
    pub(super) fn probed(&mut self, missing: Vec<String>) {
        self.probes_missing = Some(match self.probes_missing.take() {
            None => missing,
            Some(before) => before.into_iter().filter(|probe| missing.contains(probe)).collect(),
        });
    }

    /// Attributes that nobody at all has, though the directory knows them.
    pub(super) fn absent(&self) -> Vec<&str> {
        let names = self.sync.mapping.attributes().names().iter().zip(&self.present);
        let absent = names.filter(|(name, (_, present))| *present == 0 && !self.unknown.contains(*name));
        absent.map(|(name, _)| name.as_str()).collect()
    }

    /// Takes an entry of a reading.
    pub(super) fn take(&mut self, entry: &Entry, kind: Kind, now: Timestamp) {
        for (slot, present) in &mut self.present {
            *present += u64::from(entry.first(*slot).is_some());
        }
        match self.sync.mapping.key(entry, kind) {
            Ok(key) => {
                let fingerprint = entry.fingerprint(Fingerprint::of(b""));
                match self.seen.get_mut(&key) {
                    None => {
                        self.judge(entry, &key, kind, now);
                        self.seen.insert(key, Some(fingerprint));
                    }
                    Some(before) if before.is_none_or(|before| before == fingerprint) => {}
                    Some(before) => {
                        *before = None;
                        self.shared.add(&key);
                    }
                }
            }
            Err(why) => {
                self.keyless += 1;
                self.keyless_why = why;
            }
        }
    }

    fn judge(&mut self, entry: &Entry, key: &Key, kind: Kind, now: Timestamp) {
        self.people += 1;
        let judgement = self.sync.mapping.judge(entry, kind, now);
        match &judgement.standing {
            Standing::Active => self.active += 1,
            Standing::Inactive(_) => return,
            Standing::Skipped => return self.skipped += 1,
            Standing::Unreadable(why) => return self.unreadable.entry(why.clone()).or_default().add(key),
        }
        self.fields(judgement, key);
    }

    /// Which of an active person's fields will do.
    fn fields(&mut self, judgement: Judgement, key: &Key) {
        let mapped = match judgement.fields {
            Ok(mapped) => mapped,
            Err(faults) => {
                for fault in faults {
                    self.fault(&fault.field, &fault.message, key);
                }
                return;
            }
        };
        for path in self.sync.mapping.field_paths().filter(|path| mapped.at(path).is_none()) {
            self.fields.entry(path).or_default().0 += 1;
        }
        match self.target.destination.member(key, &mapped) {
            Ok(Member { identity, unique, payload: _, once: _ }) => {
                self.owns(self.sync.identity, identity.as_str(), key);
                for value in unique {
                    self.owns(value.field(), value.as_str(), key);
                }
            }
            Err(faults) => {
                for fault in faults {
                    if mapped.at(&fault.field).is_some() {
                        self.fault(&fault.field, &fault.message, key);
                    } else {
                        self.fields.entry(fault.field).or_default().1.add(key);
                    }
                }
            }
        }
    }

    fn owns(&mut self, field: &str, value: &str, key: &Key) {
        let value = Fingerprint::of(value.as_bytes());
        let Some(first) = self.owners.get(&(field.to_owned(), value)) else {
            self.owners.insert((field.to_owned(), value), key.clone());
            return;
        };
        let twins = self.twins.entry(field.to_owned()).or_default().entry(value).or_default();
        if twins.count == 0 {
            twins.add(first);
        }
        twins.add(key);
    }

    fn fault(&mut self, field: &str, message: &str, key: &Key) {
        self.invalid.entry(format!("{field}: {message}")).or_default().add(key);
    }
}

impl People {
    fn add(&mut self, key: &Key) {
        self.count += 1;
        if self.first.len() < EXAMPLES {
            self.first.push(key.clone());
        }
    }
}

/// The first of them, by their keys.
impl fmt::Display for People {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let keys: Vec<_> = self.first.iter().map(Key::as_str).collect();
        let more = if self.count > self.first.len() as u64 { ", …" } else { "" };
        write!(f, "{}{more}", keys.join(", "))
    }
}
