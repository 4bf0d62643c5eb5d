//! The requests of this stand-in, and what can go wrong with each.

use serde::{Deserialize, Serialize};

use crate::sandbox::fault::{self, Effect};

/// The requests a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// `POST …/imports`
    Send,
    /// `GET …/imports/:import_id`
    ImportStatus,
    /// `GET …/imports/:import_id/bulks/:bulk_id`
    BulkStatus,
    /// Any of them.
    All,
}

impl fault::Target for Target {
    const EACH: &'static [Self] = &[Self::Send, Self::ImportStatus, Self::BulkStatus];

    fn covers(self, request: Self) -> bool {
        self == request || self == Self::All
    }

    fn knows(self, effect: &Effect) -> bool {
        match effect {
            Effect::Late(_) | Effect::Refuse(_) | Effect::RefuseAll | Effect::BatchLimit(_) => self == Self::Send,
            Effect::ValidTill(_) | Effect::NameRefused | Effect::Require(_) | Effect::ShortList(_) => false,
            _ => true,
        }
    }
}
