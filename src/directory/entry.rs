//! An entry: one buffer for all its values, found by the slot of a compiled attribute.

use std::fmt;

use crate::roster::Fingerprint;

/// The place of an attribute among those a query asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Slot(u16);

impl Slot {
    /// What no server fills: which of the groups asked for an entry is in ([`Attributes::groups`]), as named there.
    pub const IN_GROUP: Self = Self(u16::MAX);
}

/// The attributes a query asks for, in a fixed order; names are case-insensitive. And the groups of whose members it
/// is to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes {
    names: Vec<String>,
    groups: Vec<String>,
}

impl Attributes {
    /// Adds an attribute unless it is there, and tells its slot. The first spelling is the one asked for.
    pub fn add(&mut self, name: &str) -> Slot {
        self.slot(name).unwrap_or_else(|| {
            self.names.push(name.to_owned());
            Slot(u16::try_from(self.names.len() - 1).expect("a mapping names fewer than 65535 attributes"))
        })
    }

    /// The slot of an attribute.
    pub fn slot(&self, name: &str) -> Option<Slot> {
        let at = self.names.iter().position(|known| known.eq_ignore_ascii_case(name))?;
        u16::try_from(at).ok().map(Slot)
    }

    /// The names in slot order, as asked of the server.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Asks who is in a group, itself or any group below it, unless that is asked already.
    pub fn add_group(&mut self, dn: &str) {
        if !self.groups.iter().any(|known| known == dn) {
            self.groups.push(dn.to_owned());
        }
    }

    /// The groups asked for, by DN as written in the config.
    pub fn groups(&self) -> &[String] {
        &self.groups
    }

    /// The same, of fewer groups.
    #[must_use]
    pub fn of_groups(&self, keep: impl Fn(&str) -> bool) -> Self {
        let groups = self.groups.iter().filter(|group| keep(group)).cloned().collect();
        Self { names: self.names.clone(), groups }
    }

    /// An entry with these attributes only, and in these groups.
    pub(super) fn settle<'g>(&self, entry: &Entry, groups: impl Iterator<Item = &'g str>) -> Entry {
        let mut settled = EntryBuilder::new(entry.dn());
        for slot in (0..=u16::MAX).take(self.names.len()).map(Slot) {
            for value in entry.values(slot) {
                settled.push(slot, value);
            }
        }
        for group in groups {
            settled.push(Slot::IN_GROUP, group.as_bytes());
        }
        settled.build()
    }
}

/// An entry as read. Values of an attribute are in sorted order, whatever order the server sent them in.
#[derive(Clone, PartialEq, Eq)]
pub struct Entry {
    dn: Box<str>,
    bytes: Vec<u8>,
    values: Vec<(Slot, u32, u32)>,
}

impl Entry {
    /// The distinguished name.
    pub fn dn(&self) -> &str {
        &self.dn
    }

    /// The values in a slot, sorted.
    pub fn values(&self, slot: Slot) -> impl Iterator<Item = &[u8]> {
        let from = self.values.partition_point(|value| value.0 < slot);
        self.values[from..]
            .iter()
            .take_while(move |value| value.0 == slot)
            .map(|&(_, start, end)| &self.bytes[start as usize..end as usize])
    }

    /// The first value in a slot.
    pub fn first(&self, slot: Slot) -> Option<&[u8]> {
        self.values(slot).next()
    }

    /// The fingerprint of everything read, salted: another salt makes everybody differ.
    pub fn fingerprint(&self, salt: Fingerprint) -> Fingerprint {
        let mut hash = xxhash_rust::xxh3::Xxh3::new();
        hash.update(salt.as_bytes());
        hash.update(&(self.dn.len() as u64).to_le_bytes());
        hash.update(self.dn.as_bytes());
        for &(Slot(slot), start, end) in &self.values {
            hash.update(&slot.to_le_bytes());
            hash.update(&(end - start).to_le_bytes());
            hash.update(&self.bytes[start as usize..end as usize]);
        }
        Fingerprint::from_slice(&hash.digest128().to_be_bytes()).expect("128 bits are 16 bytes")
    }
}

impl fmt::Debug for Entry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Entry({} values)", self.values.len())
    }
}

/// Builds an entry value by value.
pub struct EntryBuilder(Entry);

impl EntryBuilder {
    /// An entry without values.
    pub fn new(dn: impl Into<Box<str>>) -> Self {
        Self::with_capacity(dn, 0, 0)
    }

    /// An entry without values, with place for so many bytes of them.
    pub fn with_capacity(dn: impl Into<Box<str>>, bytes: usize, values: usize) -> Self {
        Self(Entry { dn: dn.into(), bytes: Vec::with_capacity(bytes), values: Vec::with_capacity(values) })
    }

    /// The distinguished name.
    pub fn dn(&self) -> &str {
        &self.0.dn
    }

    /// Whether a slot has a value by now.
    pub fn has(&self, slot: Slot) -> bool {
        self.0.values.iter().any(|value| value.0 == slot)
    }

    /// Adds a value.
    #[must_use]
    pub fn value(mut self, slot: Slot, value: &[u8]) -> Self {
        self.push(slot, value);
        self
    }

    /// Adds a value in place.
    pub fn push(&mut self, slot: Slot, value: &[u8]) {
        let entry = &mut self.0;
        let start = u32::try_from(entry.bytes.len()).expect("an entry is smaller than 4 GiB");
        entry.bytes.extend_from_slice(value);
        let end = u32::try_from(entry.bytes.len()).expect("an entry is smaller than 4 GiB");
        entry.values.push((slot, start, end));
    }

    /// The entry, its values sorted.
    pub fn build(mut self) -> Entry {
        let bytes = &self.0.bytes;
        let text = |&(_, start, end): &(Slot, u32, u32)| &bytes[start as usize..end as usize];
        self.0.values.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| text(a).cmp(text(b))));
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_values_changes_nothing() {
        let mut attributes = Attributes::default();
        let (mail, cn) = (attributes.add("mail"), attributes.add("cn"));
        assert_eq!(attributes.add("MAIL"), mail);
        let one = EntryBuilder::new("cn=a").value(mail, b"b").value(cn, b"x").value(mail, b"a").build();
        let other = EntryBuilder::new("cn=a").value(cn, b"x").value(mail, b"a").value(mail, b"b").build();
        assert_eq!(one.values(mail).collect::<Vec<_>>(), [b"a", b"b"]);
        assert_eq!(one.first(cn), Some(&b"x"[..]));
        let salt = Fingerprint::of(b"salt");
        assert_eq!(one.fingerprint(salt), other.fingerprint(salt));
        assert_ne!(one.fingerprint(salt), one.fingerprint(Fingerprint::of(b"other")));
    }
}
