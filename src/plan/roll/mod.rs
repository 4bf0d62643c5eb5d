//! Everybody a sync knows, while the directory is read.
//!
//! A company may have a million people, of whom a reading finds nearly all as they were. So a person takes 31 bytes, without
//! any text or allocation, in the order of the hashes of their keys: one look at where hashes like it begin, and at the few
//! rows there, finds them. Rare things are kept aside.

mod compact;
mod row;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::ops::Range;

use compact::{Compact, Texts};
use row::{Flag, Print, Row, Rows};

use super::{Awaited, Known};
use crate::roster::{Fingerprint, Key, Timestamp};

/// About so many rows begin at the same place.
const TOGETHER: u32 = 8;

/// The people of a sync as they are gathered.
#[derive(Debug, Default)]
pub struct Gathering {
    rows: Rows,
    texts: Texts,
    awaited: Vec<(Key, Awaited)>,
}

/// The people of a sync, and whose entry was read.
#[derive(Debug)]
pub struct Roll {
    rows: Rows,
    /// Where rows begin whose hashes have these first bits; and where they end.
    begins: Vec<u32>,
    texts: Texts,
    awaited: BTreeMap<u32, Awaited>,
    active: u64,
    read: u32,
}

/// What an entry is to the person whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Met {
    /// It is as it was when they were judged, and nothing else is due.
    AsItWas,
    /// They are to be judged.
    Changed(Known),
    /// It was read already, by another search.
    Again,
    /// Another entry with the same key was read before.
    Another {
        /// Whose key it is.
        known: Known,
        /// That one was as it was; told once.
        was: bool,
    },
}

impl Gathering {
    /// Adds somebody who is not among them yet, and the fingerprint of their entry at the last settled judgement.
    pub fn push(&mut self, known: &Known, seen: Option<Fingerprint>) {
        let Known { id, key, claims, active, protected, awaited } = known;
        let compact = Compact::whole(key.as_str()).unwrap_or_else(|| self.texts.keep(key.as_str()));
        let mut row = Row::new(*id, compact, seen.map_or(Print::NONE, Print::of));
        row.set(Flag::Claims, *claims);
        row.set(Flag::Active, *active);
        row.set(Flag::Protected, *protected);
        self.rows.push(row);
        self.awaited.extend(awaited.as_ref().map(|awaited| (key.clone(), awaited.clone())));
    }

    /// All of them.
    pub fn roll(self) -> Roll {
        let Self { mut rows, texts, awaited } = self;
        let places = (rows.len() / TOGETHER).next_power_of_two();
        let mut begins = vec![0; places as usize + 1];
        let mut active = 0;
        for (_, row) in rows.all() {
            begins[place(row.key().hash(), places) + 1] += 1;
            active += u64::from(row.is(Flag::Active));
        }
        for at in 1..begins.len() {
            begins[at] += begins[at - 1];
        }
        rows.sort(&begins, |row| place(row.key().hash(), places));
        let mut roll = Roll { rows, begins, texts, awaited: BTreeMap::new(), active, read: 0 };
        for (key, awaited) in awaited {
            roll.wait(&key, awaited);
        }
        roll
    }
}

/// Which of so many places a hash has.
#[expect(clippy::cast_possible_truncation, reason = "it is less than their number")]
fn place(hash: u64, places: u32) -> usize {
    ((u128::from(hash) * u128::from(places)) >> u64::BITS) as usize
}

impl Roll {
    /// Those that somebody may have in the store.
    pub const IDS: Range<i64> = row::IDS;

    fn at(&self, key: &Key) -> Option<u32> {
        let (text, whole) = (key.as_str(), Compact::whole(key.as_str()));
        let hash = whole.map_or_else(|| Compact::hash_of_long(text), |compact| compact.hash());
        let place = place(hash, u32::try_from(self.begins.len() - 1).ok()?);
        (self.begins[place]..self.begins[place + 1]).find(|&at| {
            let compact = self.rows.get(at).key();
            match whole {
                Some(whole) => compact == whole,
                None => compact.is_elsewhere() && self.texts.long(&compact) == text,
            }
        })
    }

    fn known(&self, at: u32) -> Known {
        let row = self.rows.get(at);
        Known {
            id: row.id(),
            key: self.texts.key(&row.key()),
            claims: row.is(Flag::Claims),
            active: row.is(Flag::Active),
            protected: row.is(Flag::Protected),
            awaited: self.awaited.get(&at).cloned(),
        }
    }

    /// Somebody by their key.
    pub fn find(&self, key: &Key) -> Option<Known> {
        self.at(key).map(|at| self.known(at))
    }

    /// Whether somebody is judged again whatever their entry says; `None` when nobody has this key.
    pub fn is_doubted(&self, key: &Key) -> Option<bool> {
        self.at(key).map(|at| self.rows.get(at).print == Print::NONE)
    }

    /// Something is awaited of one of them.
    pub fn wait(&mut self, key: &Key, awaited: Awaited) {
        if let Some(at) = self.at(key) {
            self.rows.get_mut(at).set(Flag::Awaited, true);
            self.awaited.insert(at, awaited);
        }
    }

    /// One of them is to be judged again, whatever their entry says.
    pub fn doubt(&mut self, key: &Key) {
        if let Some(at) = self.at(key) {
            self.rows.get_mut(at).print = Print::NONE;
        }
    }

    /// An entry with this key was read; `None` when nobody here has it.
    pub fn meet(&mut self, key: &Key, entry: Fingerprint, now: Timestamp) -> Option<Met> {
        let at = self.at(key)?;
        let (row, print) = (self.rows.get(at), Print::of(entry));
        let same = row.print == print;
        if row.is(Flag::Read) {
            return Some(if same { Met::Again } else { self.another(at, print) });
        }
        let as_it_was = same && print != Print::NONE && !self.is_due(at, now);
        let met = if as_it_was { Met::AsItWas } else { Met::Changed(self.known(at)) };
        let row = self.rows.get_mut(at);
        row.print = print;
        row.set(Flag::Read, true);
        row.set(Flag::AsItWas, as_it_was);
        self.read += 1;
        Some(met)
    }

    fn another(&mut self, at: u32, print: Print) -> Met {
        let known = self.known(at);
        let row = self.rows.get_mut(at);
        let was = row.is(Flag::AsItWas);
        row.set(Flag::AsItWas, false);
        row.print = print;
        Met::Another { known, was }
    }

    /// Whether they are judged again although their entry may be as it was.
    fn is_due(&self, at: u32, now: Timestamp) -> bool {
        self.rows.get(at).is(Flag::Awaited)
            && self.awaited.get(&at).is_some_and(|awaited| {
                awaited.absent_since.is_some() || awaited.recheck_at.is_some_and(|recheck| recheck <= now)
            })
    }

    /// Everybody of whom no entry was read, in no order that means anything.
    pub fn unread(&self) -> impl Iterator<Item = Known> {
        let any = self.read < self.rows.len();
        self.rows.all().take_while(move |_| any).filter(|(_, row)| !row.is(Flag::Read)).map(|(at, _)| self.known(at))
    }

    /// How many of them are active.
    pub fn active(&self) -> u64 {
        self.active
    }

    /// How many they are.
    pub fn len(&self) -> usize {
        self.rows.len() as usize
    }

    /// Whether it is nobody.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
