//! What a sync must know of the members of its target.

use super::flat::{self, Flat};
use super::{boostcom, capillary};
use crate::config::setting::Setting;
use crate::destination::boostcom::Identifier;
use crate::destination::capillary::member;

/// What a protocol's members look like.
#[derive(Clone, Copy, Debug)]
pub(super) enum Members {
    /// Fields of their own, each a single value.
    Flat(Flat),
    /// Boostcom's, known by one of their identifiers.
    Boostcom(Identifier),
    /// Capillary's clients.
    Capillary,
}

impl Members {
    /// The field by which the target knows a member.
    pub fn identity(self) -> &'static str {
        match self {
            Self::Flat(flat) => flat.identity,
            Self::Boostcom(identifier) => identifier.field(),
            Self::Capillary => member::IDENTITY,
        }
    }

    /// Whether the target knows the fields of a mapping, and gets those it needs.
    pub fn check_fields(self, fields: &Setting<'_>) {
        match self {
            Self::Flat(flat) => flat::known_fields(fields, flat),
            Self::Boostcom(identifier) => boostcom::fields::check(fields, identifier),
            Self::Capillary => capillary::fields::check(fields),
        }
    }

    /// The fields that are lists of things.
    pub fn lists(self) -> &'static [&'static str] {
        match self {
            Self::Flat(_) | Self::Boostcom(_) => &[],
            Self::Capillary => &[member::SCOPES],
        }
    }

    /// Whether the target can be told so of those who leave or return.
    pub fn check_overlay(self, said: &Setting<'_>) {
        match self {
            Self::Flat(flat) => flat::no_overlay(said, flat),
            Self::Boostcom(identifier) => boostcom::overlay::check(said, identifier),
            Self::Capillary => capillary::no_overlay(said),
        }
    }

    /// Whether what syncs say of those who leave and return counts at all.
    pub fn has_overlays(self) -> bool {
        matches!(self, Self::Boostcom(_))
    }
}
