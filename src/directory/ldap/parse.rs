//! Search results out of BER (RFC 4511 section 4.5.2), without copies but the one into the entry.

use super::ber::{Elements, Malformed, OCTETS, SEQUENCE, SET, text};
use crate::directory::{Attributes, Entry, EntryBuilder, Slot};

/// More than this is no person.
pub(super) const LARGEST_ENTRY: usize = 8 << 20;

/// What a value counts at least, and an entry: also of those with nothing in them there may be too many.
const LEAST: usize = 16;
const LEAST_ENTRY: usize = 256;

/// Bytes that the values of most entries fit in. No more is set aside beforehand, for not all that is sent need be kept.
const USUAL_VALUES: usize = 512;

/// Why an entry can't be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not the structure RFC 4511 gives it.
    Structure,
    /// Larger than [`LARGEST_ENTRY`].
    TooLarge,
}

impl From<Malformed> for Fault {
    fn from(_: Malformed) -> Self {
        Self::Structure
    }
}

/// An entry while its values come together.
pub(super) struct Row {
    builder: EntryBuilder,
    /// Values under an option such as `;lang-en`, which count where there are none without.
    tagged: Vec<(Slot, Vec<u8>)>,
    /// What is still to be asked for.
    pub(super) ranges: Vec<Range>,
    pub(super) size: usize,
}

/// An attribute of which the server gave only some values (MS-ADTS 3.1.1.3.1.3.3).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Range {
    pub(super) attribute: String,
    /// The first value not yet read.
    pub(super) next: u32,
}

impl Row {
    /// The content of a `SearchResultEntry`.
    pub(super) fn parse(content: &[u8], attributes: &Attributes) -> Result<Self, Fault> {
        let mut parts = Elements::of(content);
        let dn = text(parts.take(OCTETS)?);
        let size = dn.len() + LEAST_ENTRY;
        if size > LARGEST_ENTRY {
            return Err(Fault::TooLarge);
        }
        let builder = EntryBuilder::with_capacity(dn, content.len().min(USUAL_VALUES), attributes.names().len());
        let mut row = Self { builder, tagged: Vec::new(), ranges: Vec::new(), size };
        row.add(parts.enter(SEQUENCE)?, attributes)?;
        Ok(row)
    }

    /// Adds the values of another answer about the same entry.
    pub(super) fn extend(&mut self, content: &[u8], attributes: &Attributes) -> Result<(), Fault> {
        let mut parts = Elements::of(content);
        parts.take(OCTETS)?;
        self.add(parts.enter(SEQUENCE)?, attributes)
    }

    pub(super) fn dn(&self) -> &str {
        self.builder.dn()
    }

    pub(super) fn build(mut self) -> Entry {
        let plain: Vec<Slot> =
            self.tagged.iter().map(|tagged| tagged.0).filter(|slot| self.builder.has(*slot)).collect();
        for (slot, value) in self.tagged {
            if !plain.contains(&slot) {
                self.builder.push(slot, &value);
            }
        }
        self.builder.build()
    }

    fn add(&mut self, mut list: Elements<'_>, attributes: &Attributes) -> Result<(), Fault> {
        while let Some((tag, attribute)) = list.next()? {
            let mut parts = Elements::of(attribute);
            let (SEQUENCE, description, mut values) = (tag, parts.take(OCTETS)?, parts.enter(SET)?) else {
                return Err(Fault::Structure);
            };
            let Ok(description) = str::from_utf8(description) else { continue };
            let Some((slot, kind)) = described(description, attributes) else { continue };
            if let Described::Range(Some(range)) = &kind {
                self.ranges.push(range.clone());
            }
            while let Some((tag, value)) = values.next()? {
                if tag != OCTETS {
                    return Err(Fault::Structure);
                }
                self.size += value.len().max(LEAST);
                if self.size > LARGEST_ENTRY {
                    return Err(Fault::TooLarge);
                }
                match kind {
                    Described::Plain | Described::Range(_) => self.builder.push(slot, value),
                    Described::Tagged => self.tagged.push((slot, value.to_vec())),
                }
            }
        }
        Ok(())
    }
}

enum Described {
    Plain,
    Tagged,
    /// With what is still to be asked for, unless this was the last part.
    Range(Option<Range>),
}

/// What an attribute description (RFC 4512 section 2.5) means among the attributes asked for.
fn described(description: &str, attributes: &Attributes) -> Option<(Slot, Described)> {
    if let Some(slot) = attributes.slot(description) {
        return Some((slot, Described::Plain));
    }
    let (name, options) = description.split_once(';')?;
    let slot = attributes.slot(name)?;
    let range = options.split(';').find_map(|option| option.to_ascii_lowercase().strip_prefix("range=").map(last));
    let kind = match range {
        Some(Some(last)) => Described::Range(Some(Range { attribute: name.to_owned(), next: last.saturating_add(1) })),
        Some(None) => Described::Range(None),
        // The transfer encoding (RFC 4522), not another value.
        None if options.eq_ignore_ascii_case("binary") => Described::Plain,
        None => Described::Tagged,
    };
    Some((slot, kind))
}

/// The last place of `0-1499`; `None` for `0-*`, after which nothing follows.
fn last(range: &str) -> Option<u32> {
    range.split_once('-').and_then(|(_, last)| last.parse().ok())
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
