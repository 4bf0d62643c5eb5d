//! Who is known, found by key.

use crate::plan::Known;
use crate::roster::{Fingerprint, Key};

/// Finds people by key in a few bytes each: a search in these stays in the processor's cache, one in the people does
/// not, and it is done for every entry.
#[derive(Debug)]
pub struct Index(Vec<(u64, u32)>);

impl Index {
    /// Over these people, in their order.
    pub fn of(known: &[Known]) -> Self {
        let mut index: Vec<(u64, u32)> = (0..).zip(known).map(|(at, known)| (Self::hash(&known.key), at)).collect();
        index.sort_unstable();
        Self(index)
    }

    fn hash(key: &Key) -> u64 {
        Fingerprint::of(key.as_str().as_bytes()).as_bytes()[..8].iter().fold(0, |all, byte| all << 8 | u64::from(*byte))
    }

    /// Where somebody is among the people it was made of.
    pub fn find(&self, known: &[Known], key: &Key) -> Option<usize> {
        let hash = Self::hash(key);
        let from = self.0.partition_point(|(other, _)| *other < hash);
        let alike = self.0[from..].iter().take_while(|(other, _)| *other == hash);
        alike.map(|&(_, at)| at as usize).find(|&at| known[at].key == *key)
    }
}
