//! What a sync must know of the members of its target.

use super::boostcom;
use super::flat::{self, Flat};
use crate::config::setting::Setting;
use crate::destination::boostcom::Identifier;

/// What a protocol's members look like.
#[derive(Clone, Copy, Debug)]
pub(super) enum Members {
    /// Fields of their own, each a single value.
    Flat(Flat),
    /// Boostcom's, known by one of their identifiers.
    Boostcom(Identifier),
}

impl Members {
    /// The field by which the target knows a member.
    pub fn identity(self) -> &'static str {
        match self {
            Self::Flat(flat) => flat.identity,
            Self::Boostcom(identifier) => identifier.field(),
        }
    }

    /// Whether the target knows the fields of a mapping, and gets those it needs.
    pub fn check_fields(self, fields: &Setting<'_>) {
        match self {
            Self::Flat(flat) => flat::known_fields(fields, flat),
            Self::Boostcom(identifier) => boostcom::fields::check(fields, identifier),
        }
    }

    /// Whether the target can be told so of those who leave or return.
    pub fn check_overlay(self, said: &Setting<'_>) {
        match self {
            Self::Flat(flat) => flat::no_overlay(said, flat),
            Self::Boostcom(identifier) => boostcom::overlay::check(said, identifier),
        }
    }

    /// Whether what syncs say of those who leave and return counts at all.
    pub fn has_overlays(self) -> bool {
        matches!(self, Self::Boostcom(_))
    }
}
