//! Search results out of BER (RFC 4511 section 4.5.2), without panics and without copies but the one into the entry.

use ldap3::asn1::{PL, StructureTag};

use crate::directory::{Attributes, Entry, EntryBuilder, Slot};

/// More than this is no person.
pub(super) const LARGEST_ENTRY: usize = 8 << 20;

/// What a value counts at least, and an entry: also of those with nothing in them there may be too many.
const LEAST: usize = 16;
const LEAST_ENTRY: usize = 256;

/// `SearchResultEntry` and `SearchResultReference`.
pub(super) const ENTRY: u64 = 4;
pub(super) const REFERENCE: u64 = 19;

/// Why an entry can't be taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Not the structure RFC 4511 gives it.
    Structure,
    /// Larger than [`LARGEST_ENTRY`].
    TooLarge,
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
    pub(super) fn parse(tag: StructureTag, attributes: &Attributes) -> Result<Self, Fault> {
        let (dn, list) = parts(tag)?;
        let dn = String::from_utf8(dn).unwrap_or_else(|bytes| String::from_utf8_lossy(bytes.as_bytes()).into_owned());
        let size = dn.len() + LEAST_ENTRY;
        if size > LARGEST_ENTRY {
            return Err(Fault::TooLarge);
        }
        let mut row = Self { builder: EntryBuilder::new(dn), tagged: Vec::new(), ranges: Vec::new(), size };
        row.add(list, attributes)?;
        Ok(row)
    }

    /// Adds the values of another answer about the same entry.
    pub(super) fn extend(&mut self, tag: StructureTag, attributes: &Attributes) -> Result<(), Fault> {
        let (_, list) = parts(tag)?;
        self.add(list, attributes)
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

    fn add(&mut self, list: Vec<StructureTag>, attributes: &Attributes) -> Result<(), Fault> {
        for attribute in list {
            let mut parts = constructed(attribute)?.into_iter();
            let description = primitive(parts.next().ok_or(Fault::Structure)?)?;
            let values = constructed(parts.next().ok_or(Fault::Structure)?)?;
            let Ok(description) = str::from_utf8(&description) else { continue };
            let Some((slot, kind)) = described(description, attributes) else { continue };
            if let Described::Range(Some(range)) = &kind {
                self.ranges.push(range.clone());
            }
            for value in values {
                let value = primitive(value)?;
                self.size += value.len().max(LEAST);
                if self.size > LARGEST_ENTRY {
                    return Err(Fault::TooLarge);
                }
                match kind {
                    Described::Plain | Described::Range(_) => self.builder.push(slot, &value),
                    Described::Tagged => self.tagged.push((slot, value)),
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

fn parts(tag: StructureTag) -> Result<(Vec<u8>, Vec<StructureTag>), Fault> {
    let mut parts = constructed(tag)?.into_iter();
    let dn = primitive(parts.next().ok_or(Fault::Structure)?)?;
    Ok((dn, constructed(parts.next().ok_or(Fault::Structure)?)?))
}

/// The URIs of a `SearchResultReference`; what is not text is left out, for they are only shown.
pub(super) fn references(tag: StructureTag) -> Vec<String> {
    let uris = constructed(tag).unwrap_or_default();
    uris.into_iter().filter_map(|uri| String::from_utf8(primitive(uri).ok()?).ok()).collect()
}

pub(super) fn constructed(tag: StructureTag) -> Result<Vec<StructureTag>, Fault> {
    match tag.payload {
        PL::C(parts) => Ok(parts),
        PL::P(_) => Err(Fault::Structure),
    }
}

pub(super) fn primitive(tag: StructureTag) -> Result<Vec<u8>, Fault> {
    match tag.payload {
        PL::P(bytes) => Ok(bytes),
        PL::C(_) => Err(Fault::Structure),
    }
}

#[cfg(test)]
#[path = "parse_tests.rs"]
mod tests;
