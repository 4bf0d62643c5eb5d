//! The requests of this stand-in, and what can go wrong with each.

use serde::{Deserialize, Serialize};

use crate::sandbox::fault::{self, Effect};

/// The requests a fault is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Target {
    /// `POST /v3/oauth/token/generate`
    Token,
    /// `GET /v3/integrations/scopes`
    Scopes,
    /// `POST /v3/integrations/clients`
    Create,
    /// `GET /v3/integrations/clients`
    List,
    /// `GET /v3/integrations/clients/{clientKey}`
    Details,
    /// `PUT /v3/integrations/clients/{clientKey}`
    Update,
    /// `DELETE /v3/integrations/clients/{clientKey}`
    Delete,
    /// Every other path: what scopes are about, or nothing.
    Resource,
    /// Any of them.
    All,
}

impl fault::Target for Target {
    const EACH: &'static [Self] = &[
        Self::Create,
        Self::Token,
        Self::Scopes,
        Self::List,
        Self::Details,
        Self::Update,
        Self::Delete,
        Self::Resource,
    ];

    fn covers(self, request: Self) -> bool {
        self == request || self == Self::All
    }

    fn knows(self, effect: &Effect) -> bool {
        match effect {
            Effect::Late(_) => matches!(self, Self::Create | Self::Update | Self::Delete),
            Effect::Refuse(_) | Effect::RefuseAll => matches!(self, Self::Create | Self::Update),
            Effect::ShortList(_) => self == Self::List,
            Effect::ValidTill(_) | Effect::NameRefused | Effect::BatchLimit(_) | Effect::Require(_) => false,
            _ => true,
        }
    }
}
