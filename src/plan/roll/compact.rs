//! Keys in sixteen bytes each.

use xxhash_rust::xxh3::xxh3_64;

use crate::directory::attribute::{guid_bytes, guid_text};
use crate::roster::Key;

/// The last byte of a key that is no GUID: how long it is, or that it is elsewhere.
const LAST: usize = 15;
const ELSEWHERE: u8 = 0xff;

/// Long texts are kept together in portions of this size: one that grows as a whole is there twice when it does.
const PAGE: usize = 1 << 16;

/// A key: the canonical text of a GUID as the GUID, any other text that fits with its length, or where the text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Compact {
    /// Whether it is a GUID.
    pub guid: bool,
    /// What it is.
    pub bytes: [u8; 16],
}

impl Compact {
    /// A key that fits as a whole.
    pub fn whole(text: &str) -> Option<Self> {
        let is_lower = || !text.bytes().any(|byte| byte.is_ascii_uppercase());
        if let Some(bytes) = guid_bytes(text).filter(|_| is_lower()) {
            return Some(Self { guid: true, bytes });
        }
        let mut bytes = [0; 16];
        bytes[..LAST].get_mut(..text.len())?.copy_from_slice(text.as_bytes());
        bytes[LAST] = u8::try_from(text.len()).ok()?;
        Some(Self { guid: false, bytes })
    }

    /// Whether the text is elsewhere.
    pub fn is_elsewhere(&self) -> bool {
        !self.guid && self.bytes[LAST] == ELSEWHERE
    }

    /// The same for the same key, and spread evenly.
    pub fn hash(&self) -> u64 {
        xxh3_64(if self.is_elsewhere() { &self.bytes[10..LAST] } else { &self.bytes })
    }

    /// What [`Compact::hash`] is of a text that does not fit.
    pub fn hash_of_long(text: &str) -> u64 {
        xxh3_64(&tag(text))
    }
}

fn tag(text: &str) -> [u8; 5] {
    let hash = xxh3_64(text.as_bytes()).to_le_bytes();
    *hash.first_chunk().expect("five of eight")
}

/// Texts that do not fit.
#[derive(Debug, Default)]
pub struct Texts(Vec<String>);

impl Texts {
    /// Keeps a text.
    pub fn keep(&mut self, text: &str) -> Compact {
        if self.0.last().is_none_or(|page| page.len() + text.len() > PAGE) {
            self.0.push(String::new());
        }
        let at = self.0.len() - 1;
        let start = self.0[at].len();
        self.0[at].push_str(text);
        let mut bytes = [ELSEWHERE; 16];
        bytes[..4].copy_from_slice(&u32::try_from(at).expect("as many as there is memory for").to_le_bytes());
        bytes[4..8].copy_from_slice(&u32::try_from(start).expect("within a page").to_le_bytes());
        bytes[8..10].copy_from_slice(&u16::try_from(text.len()).expect("no key is longer").to_le_bytes());
        bytes[10..LAST].copy_from_slice(&tag(text));
        Compact { guid: false, bytes }
    }

    /// A text that is kept here.
    pub fn long(&self, compact: &Compact) -> &str {
        let part = |from: usize, length: usize| {
            compact.bytes[from..from + length].iter().rev().fold(0, |all, byte| all << 8 | usize::from(*byte))
        };
        let (at, start, length) = (part(0, 4), part(4, 4), part(8, 2));
        &self.0[at][start..start + length]
    }

    /// A key as it was.
    pub fn key(&self, compact: &Compact) -> Key {
        if compact.guid {
            return Key::new(guid_text(&compact.bytes).expect("a GUID has sixteen bytes"));
        }
        if compact.is_elsewhere() {
            return Key::new(self.long(compact));
        }
        let text = str::from_utf8(&compact.bytes[..compact.bytes[LAST].into()]);
        Key::new(text.expect("it was a text"))
    }
}
