//! Search filters, read from BER once per search so that a value is compared a hundred thousand times without parsing.
//!
//! They are read here rather than by `ldap3_proto`, which takes assertion values for text: objectGUID is looked up by
//! bytes that are none.

use ldap3_lber::structure::{PL, StructureTag};

use super::entry::Entry;
use super::needle::Needle;

/// A filter.
#[derive(Clone, Debug)]
pub(super) enum Filter {
    And(Vec<Self>),
    Or(Vec<Self>),
    Not(Box<Self>),
    Present(String),
    Equal(String, Needle),
    AtLeast(String, Needle),
    AtMost(String, Needle),
    Substring(String, Pieces),
    AllBits(String, i64),
    AnyBits(String, i64),
    /// What this server does not understand matches nothing, and neither does its opposite.
    Undefined,
}

/// The pieces of a substring filter, folded.
#[derive(Clone, Debug, Default)]
pub(super) struct Pieces {
    first: String,
    middle: Vec<String>,
    last: String,
}

const ALL_BITS: &[u8] = b"1.2.840.113556.1.4.803";
const ANY_BITS: &[u8] = b"1.2.840.113556.1.4.804";

impl Filter {
    /// From BER; `None`: this is no filter.
    pub(super) fn read(tag: &StructureTag) -> Option<Self> {
        Some(match (tag.id, &tag.payload) {
            (0, PL::C(parts)) => Self::And(parts.iter().map(Self::read).collect::<Option<_>>()?),
            (1, PL::C(parts)) => Self::Or(parts.iter().map(Self::read).collect::<Option<_>>()?),
            (2, PL::C(parts)) => Self::Not(Box::new(Self::read(parts.first()?)?)),
            // Approximately equal is equal to both servers that are played here.
            (3 | 8, PL::C(parts)) => compare(parts, Self::Equal)?,
            (4, PL::C(parts)) => substring(parts)?,
            (5, PL::C(parts)) => compare(parts, Self::AtLeast)?,
            (6, PL::C(parts)) => compare(parts, Self::AtMost)?,
            (7, PL::P(name)) => Self::Present(text(name)?),
            (9, PL::C(parts)) => rule(parts),
            _ => return None,
        })
    }

    /// Whether an entry matches, as far as the searcher may read it; `None`: that cannot be told.
    pub(super) fn matches(&self, entry: &Entry, readable: &impl Fn(&str) -> bool) -> Option<bool> {
        let any = |name: &String, found: &dyn Fn(&[u8]) -> bool| {
            readable(name).then(|| entry.values(name).iter().any(|value| found(value)))
        };
        match self {
            Self::And(parts) => all(parts.iter().map(|part| part.matches(entry, readable))),
            Self::Or(parts) => {
                let opposites = parts.iter().map(|part| part.matches(entry, readable).map(|found| !found));
                all(opposites).map(|none| !none)
            }
            Self::Not(part) => part.matches(entry, readable).map(|found| !found),
            Self::Present(name) => readable(name).then(|| !entry.values(name).is_empty()),
            Self::Equal(name, needle) => any(name, &|value| needle.equals(value)),
            Self::AtLeast(name, needle) => any(name, &|value| needle.order(value).is_ge()),
            Self::AtMost(name, needle) => any(name, &|value| needle.order(value).is_le()),
            Self::Substring(name, pieces) => any(name, &|value| pieces.within(value)),
            Self::AllBits(name, bits) => any(name, &|value| number(value).is_some_and(|value| value & bits == *bits)),
            Self::AnyBits(name, bits) => any(name, &|value| number(value).is_some_and(|value| value & bits != 0)),
            Self::Undefined => None,
        }
    }

    /// The values of one of these attributes outside of which nothing can match; `None`: anything can.
    pub(super) fn only(&self, names: &[&str]) -> Option<Vec<&[u8]>> {
        match self {
            Self::Equal(name, needle) if names.contains(&name.as_str()) => Some(vec![needle.bytes()]),
            Self::And(parts) => parts.iter().find_map(|part| part.only(names)),
            Self::Or(parts) => {
                let parts: Option<Vec<_>> = parts.iter().map(|part| part.only(names)).collect();
                parts.map(|parts| parts.into_iter().flatten().collect())
            }
            _ => None,
        }
    }
}

/// False wins over what cannot be told, which wins over true.
fn all(parts: impl Iterator<Item = Option<bool>>) -> Option<bool> {
    let mut result = Some(true);
    for part in parts {
        match part {
            Some(false) => return part,
            Some(true) => {}
            None => result = None,
        }
    }
    result
}

fn compare(parts: &[StructureTag], make: fn(String, Needle) -> Filter) -> Option<Filter> {
    let [name, value] = parts else { return None };
    let name = text(primitive(name)?)?;
    let needle = Needle::new(&name, primitive(value)?);
    Some(make(name, needle))
}

fn substring(parts: &[StructureTag]) -> Option<Filter> {
    let [name, StructureTag { payload: PL::C(given), .. }] = parts else { return None };
    let mut pieces = Pieces::default();
    for piece in given {
        let folded = String::from_utf8(primitive(piece)?.to_vec()).ok()?.to_lowercase();
        match piece.id {
            0 => pieces.first = folded,
            1 => pieces.middle.push(folded),
            2 => pieces.last = folded,
            _ => return None,
        }
    }
    Some(Filter::Substring(text(primitive(name)?)?, pieces))
}

fn rule(parts: &[StructureTag]) -> Filter {
    let part = |id| parts.iter().find(|part| part.id == id).and_then(primitive);
    let bits = part(3).and_then(number);
    match (part(1), part(2).and_then(text), bits) {
        (Some(ALL_BITS), Some(name), Some(bits)) => Filter::AllBits(name, bits),
        (Some(ANY_BITS), Some(name), Some(bits)) => Filter::AnyBits(name, bits),
        _ => Filter::Undefined,
    }
}

impl Pieces {
    fn within(&self, value: &[u8]) -> bool {
        let Ok(value) = std::str::from_utf8(value) else { return false };
        let folded = value.to_lowercase();
        let Some(mut rest) = folded.strip_prefix(self.first.as_str()) else { return false };
        for piece in &self.middle {
            match rest.find(piece.as_str()) {
                Some(at) => rest = &rest[at + piece.len()..],
                None => return false,
            }
        }
        rest.ends_with(self.last.as_str())
    }
}

fn primitive(tag: &StructureTag) -> Option<&[u8]> {
    match &tag.payload {
        PL::P(bytes) => Some(bytes),
        PL::C(_) => None,
    }
}

/// Attribute names are folded once, here.
fn text(bytes: &[u8]) -> Option<String> {
    std::str::from_utf8(bytes).ok().map(str::to_ascii_lowercase)
}

fn number(bytes: &[u8]) -> Option<i64> {
    std::str::from_utf8(bytes).ok()?.trim().parse().ok()
}
