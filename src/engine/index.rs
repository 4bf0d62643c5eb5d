//! Who is known, found by key.

use crate::plan::Known;
use crate::roster::{Fingerprint, Key};

/// Finds people by key in one step each: a binary search in the people leaves the processor's cache at every turn, and
/// it would be done for every entry. The hashes are spread evenly, so their first bits say where to look.
#[derive(Debug)]
pub struct Index {
    sorted: Vec<(u64, u32)>,
    /// Where the hashes with these first bits begin.
    begins: Vec<u32>,
    shift: u32,
}

impl Index {
    /// Over these people, in their order.
    pub fn of(known: &[Known]) -> Self {
        let mut sorted: Vec<(u64, u32)> = (0..).zip(known).map(|(at, known)| (Self::hash(&known.key), at)).collect();
        sorted.sort_unstable();
        let bits = known.len().max(2).ilog2();
        let shift = u64::BITS - bits;
        let mut begins = Vec::with_capacity(1 << bits);
        for (at, (hash, _)) in (0..).zip(&sorted) {
            while begins.len() as u64 <= hash >> shift {
                begins.push(at);
            }
        }
        Self { sorted, begins, shift }
    }

    fn hash(key: &Key) -> u64 {
        Fingerprint::of(key.as_str().as_bytes()).as_bytes()[..8].iter().fold(0, |all, byte| all << 8 | u64::from(*byte))
    }

    /// Where somebody is among the people it was made of.
    pub fn find(&self, known: &[Known], key: &Key) -> Option<usize> {
        let hash = Self::hash(key);
        let begin = *self.begins.get(usize::try_from(hash >> self.shift).ok()?)?;
        let near = self.sorted[begin as usize..].iter().take_while(|(other, _)| *other <= hash);
        near.filter(|(other, _)| *other == hash).map(|&(_, at)| at as usize).find(|&at| known[at].key == *key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_is_found_where_they_are_and_nobody_else() {
        for count in [0, 1, 2, 3, 1_000] {
            let known: Vec<Known> = (0..count)
                .map(|id| Known {
                    id,
                    key: Key::new(format!("{id:05}")),
                    seen: None,
                    claims: false,
                    active: false,
                    protected: false,
                    awaited: None,
                })
                .collect();
            let index = Index::of(&known);
            for (at, person) in known.iter().enumerate() {
                assert_eq!(index.find(&known, &person.key), Some(at));
            }
            for stranger in 0..1_000 {
                assert_eq!(index.find(&known, &Key::new(format!("x{stranger}"))), None);
            }
        }
    }
}
