//! An API client of the organization, and who made it what it is.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::wanted::Wanted;
use super::{Scope, letters};
use crate::sandbox::instant;

/// An API client.
#[derive(Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Record {
    /// Counted from 1.
    pub id: u64,
    /// Need not be unique.
    pub name: String,
    /// What it is for.
    pub description: String,
    /// By which it is found and gets its tokens; 25 letters and digits.
    #[serde(rename = "clientKey")]
    pub key: String,
    /// With which it gets its tokens; 40 letters and digits.
    #[serde(skip)]
    pub secret: String,
    /// Seconds a token of it is good.
    pub expiration_token_time: i64,
    /// The till it acts as.
    pub default_till_id: i64,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// Whether it gets tokens.
    pub is_valid: bool,
    /// Whether it was deleted.
    pub deleted: bool,
    /// When it was created.
    #[serde(rename = "createdOn", with = "instant")]
    pub created: Timestamp,
    /// By whom.
    pub created_by: Actor,
    /// When it last changed.
    #[serde(rename = "lastUpdatedOn", with = "instant")]
    pub updated: Timestamp,
    /// By whom.
    #[serde(rename = "lastUpdatedBy")]
    pub updated_by: Actor,
}

/// Somebody who creates and changes clients.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Actor {
    /// Of the till or the user.
    pub id: i64,
    /// Of the till or the user.
    pub code: String,
    /// Empty.
    pub description: String,
    /// Of the till or the user.
    pub name: String,
    /// Which of both.
    #[serde(rename = "type")]
    pub kind: Kind,
}

/// What somebody is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum Kind {
    /// An API client acts as its till.
    Till,
    /// A person.
    AdminUser,
}

impl Actor {
    /// A client in the shape of its till, called as in the documentation.
    pub(super) fn till(id: i64) -> Self {
        Self::new(id, "mobilepush.1", Kind::Till)
    }

    /// Somebody with a password.
    pub(super) fn admin() -> Self {
        Self::new(15_000_001, "sandbox.admin", Kind::AdminUser)
    }

    fn new(id: i64, name: &str, kind: Kind) -> Self {
        Self { id, code: name.into(), description: String::new(), name: name.into(), kind }
    }
}

impl Record {
    /// One that has just been created.
    pub(super) fn new(id: u64, wanted: Wanted, by: Actor, at: Timestamp) -> Self {
        let Wanted { name, description, expiration_token_time, default_till_id, scopes } = wanted;
        Self {
            id,
            name,
            description,
            key: letters::drawn(25, &format!("key {id} {at}")),
            secret: letters::drawn(40, &format!("secret {id} {at}")),
            expiration_token_time,
            default_till_id,
            scopes,
            is_valid: true,
            deleted: false,
            created: at,
            created_by: by.clone(),
            updated: at,
            updated_by: by,
        }
    }

    /// The same as it is wanted from now on; key and secret stay.
    pub(super) fn updated(self, wanted: Wanted, by: Actor, at: Timestamp) -> Self {
        let Wanted { name, description, expiration_token_time, default_till_id, scopes } = wanted;
        let updated = Self { name, description, expiration_token_time, default_till_id, scopes, ..self };
        updated.touched(by, at)
    }

    /// The same, deleted.
    pub(super) fn deleted(self, by: Actor, at: Timestamp) -> Self {
        Self { is_valid: false, deleted: true, ..self }.touched(by, at)
    }

    pub(super) fn touched(self, by: Actor, at: Timestamp) -> Self {
        Self { updated: at, updated_by: by, ..self }
    }
}

/// Without the secret: somebody may have put a real one in.
impl fmt::Debug for Record {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Record")
            .field("id", &self.id)
            .field("name", &self.name)
            .field("key", &self.key)
            .field("scopes", &self.scopes)
            .field("is_valid", &self.is_valid)
            .field("deleted", &self.deleted)
            .finish_non_exhaustive()
    }
}
