//! A person in a row of a roll, and all rows.

use std::ops::Range;

use super::compact::Compact;
use crate::roster::Fingerprint;

/// Yes or no of a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum Flag {
    /// Has an account, active or not.
    Claims = 1,
    /// Claims it actively.
    Active = 1 << 1,
    /// Leaving needs approval.
    Protected = 1 << 2,
    /// Something is awaited.
    Awaited = 1 << 3,
    /// An entry of theirs was read.
    Read = 1 << 4,
    /// It was as before, and the only one.
    AsItWas = 1 << 5,
    /// The key is a GUID.
    Guid = 1 << 6,
}

/// Bits for all of them; the rest of five bytes is the id.
const FLAGS: u32 = 7;

/// Ids for which there is room.
pub const IDS: Range<i64> = 0..1 << (40 - FLAGS);

/// What is kept of a fingerprint: 80 bits. That a changed entry has the same ones as before is as good as impossible.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Print([u8; 10]);

impl Print {
    /// No fingerprint. Whoever has this one by chance is judged each time.
    pub const NONE: Self = Self([0; 10]);

    /// Of a fingerprint.
    pub fn of(fingerprint: Fingerprint) -> Self {
        Self(*fingerprint.as_bytes().first_chunk().expect("ten of sixteen"))
    }
}

/// Nothing but bytes, so that none are left out between two rows.
#[derive(Clone, Copy, Debug)]
pub struct Row {
    key: [u8; 16],
    /// Of the entry at the last settled judgement; once it was read, of the one that was.
    pub print: Print,
    state: [u8; 5],
}

impl Row {
    /// Of somebody with this id and key.
    pub fn new(id: i64, key: Compact, print: Print) -> Self {
        assert!(IDS.contains(&id), "ids are given one after the other");
        let mut row = Self { key: key.bytes, print, state: [0; 5] };
        row.put(id.unsigned_abs() << FLAGS);
        row.set(Flag::Guid, key.guid);
        row
    }

    fn state(&self) -> u64 {
        let mut bytes = [0; 8];
        bytes[..5].copy_from_slice(&self.state);
        u64::from_le_bytes(bytes)
    }

    fn put(&mut self, state: u64) {
        self.state.copy_from_slice(&state.to_le_bytes()[..5]);
    }

    /// In the store.
    pub fn id(&self) -> i64 {
        (self.state() >> FLAGS).cast_signed()
    }

    /// Whose it is.
    pub fn key(&self) -> Compact {
        Compact { guid: self.is(Flag::Guid), bytes: self.key }
    }

    /// Whether that is so.
    pub fn is(&self, flag: Flag) -> bool {
        self.state() & flag as u64 != 0
    }

    /// Whether it is from now on.
    pub fn set(&mut self, flag: Flag, yes: bool) {
        let others = self.state() & !(flag as u64);
        self.put(others | if yes { flag as u64 } else { 0 });
    }
}

/// So many are kept together: what grows as a whole is there twice when it does.
pub const PORTION: usize = (1 << 17) / size_of::<Row>();

/// Rows, each by its number.
#[derive(Debug, Default)]
pub struct Rows(Vec<Vec<Row>>);

impl Rows {
    /// Adds one.
    pub fn push(&mut self, row: Row) {
        match self.0.last_mut() {
            Some(portion) if portion.len() < PORTION => portion.push(row),
            Some(_) => {
                self.0.push(Vec::with_capacity(PORTION));
                self.push(row);
            }
            None => self.0.push(vec![row]),
        }
    }

    /// How many there are.
    pub fn len(&self) -> u32 {
        let all = self.0.last().map_or(0, |last| (self.0.len() - 1) * PORTION + last.len());
        u32::try_from(all).expect("fewer people than there are")
    }

    /// One of them.
    pub fn get(&self, at: u32) -> &Row {
        &self.0[at as usize / PORTION][at as usize % PORTION]
    }

    /// One of them, to be changed.
    pub fn get_mut(&mut self, at: u32) -> &mut Row {
        &mut self.0[at as usize / PORTION][at as usize % PORTION]
    }

    /// Each with its number.
    pub fn all(&self) -> impl Iterator<Item = (u32, &Row)> {
        (0..).zip(self.0.iter().flatten())
    }

    fn swap(&mut self, one: u32, other: u32) {
        let row = *self.get(one);
        let before = std::mem::replace(self.get_mut(other), row);
        *self.get_mut(one) = before;
    }

    /// Brings them into the order of their places, in place: each is moved to where its place has room. `begins` says where
    /// places begin, and at last that nothing comes after.
    pub fn sort(&mut self, begins: &[u32], place: impl Fn(&Row) -> usize) {
        let mut rooms = begins.to_vec();
        for here in 0..begins.len() - 1 {
            while rooms[here] < begins[here + 1] {
                let there = place(self.get(rooms[here]));
                if there != here {
                    self.swap(rooms[here], rooms[there]);
                }
                rooms[there] += 1;
            }
        }
    }
}
