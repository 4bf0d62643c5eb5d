//! The requests of this stand-in, and what can go wrong with each.

use serde::{Deserialize, Serialize};

use super::Effect;
use crate::sandbox::fault;

/// The requests a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// `GET /access-token`
    Token,
    /// `POST /members`
    Members,
    /// Either.
    Both,
}

impl fault::Target for Target {
    const EACH: &'static [Self] = &[Self::Members, Self::Token];

    fn covers(self, request: Self) -> bool {
        self == request || self == Self::Both
    }

    fn knows(self, effect: &Effect) -> bool {
        match effect {
            Effect::ValidTill(_) => self == Self::Token,
            Effect::Late(_)
            | Effect::Refuse(_)
            | Effect::RefuseAll
            | Effect::NameRefused
            | Effect::BatchLimit(_)
            | Effect::Require(_) => self == Self::Members,
            Effect::ShortList(_) => false,
            _ => true,
        }
    }
}
