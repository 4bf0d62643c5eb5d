//! How the stand-in starts.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Actor, Entity, Fault, Permission, Record, Scope};

/// How the stand-in starts, and what it goes back to on a reset.
#[derive(Clone)]
pub struct Options {
    /// Key of the client that is there from the start and may do everything; `sandboxAdminClientKey0001`.
    pub key: String,
    /// Its secret; `sandboxAdminClientSecret0000000000000001`.
    pub secret: String,
    /// Its name; `rosterd`.
    pub name: String,
    /// Its till, as which it creates and changes clients; 50006796.
    pub till: i64,
    /// Somebody who may do everything with a password; `sandbox`.
    pub username: String,
    /// The password; `sandbox-password`.
    pub password: String,
    /// The scopes of the organization; the documentation's three.
    pub entities: Vec<Entity>,
    /// What different installations may do differently.
    pub habits: Habits,
    /// Faults that are on from the start; none.
    pub faults: Vec<Fault>,
}

/// What the documentation leaves open, and may be one way or the other. All of it can be changed while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Habits {
    /// Deleted clients are still told, with `isValid` false; no.
    pub keeps_deleted: bool,
    /// Errors have the status 200, and are found in `errors` alone; no.
    pub errors_with_200: bool,
}

impl Default for Options {
    fn default() -> Self {
        let entities = (1..).zip(["TargetGroups", "All", "Transaction"]);
        Self {
            key: "sandboxAdminClientKey0001".into(),
            secret: "sandboxAdminClientSecret0000000000000001".into(),
            name: "rosterd".into(),
            till: 50_006_796,
            username: "sandbox".into(),
            password: "sandbox-password".into(),
            entities: entities.map(|(id, entity)| Entity { id, entity: entity.into() }).collect(),
            habits: Habits::default(),
            faults: Vec::new(),
        }
    }
}

impl Options {
    /// The client that is there from the start.
    pub(super) fn admin(&self) -> Record {
        let all = self.entities.iter().filter(|entity| entity.entity == "All");
        let scope =
            |entity: &Entity| Scope { entity_id: entity.id, permission: Permission::ReadWrite, resources: Vec::new() };
        let since = Timestamp::constant(1_577_836_800, 0);
        Record {
            id: 1,
            name: self.name.clone(),
            description: "creates the clients of the others".into(),
            key: self.key.clone(),
            secret: self.secret.clone(),
            expiration_token_time: 3600,
            default_till_id: self.till,
            scopes: all.map(scope).collect(),
            is_valid: true,
            deleted: false,
            created: since,
            created_by: Actor::admin(),
            updated: since,
            updated_by: Actor::admin(),
        }
    }
}

/// Without the secrets: somebody may have put real ones in.
impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { key, secret: _, name, till, username, password: _, entities, habits, faults } = self;
        formatter
            .debug_struct("Options")
            .field("key", key)
            .field("name", name)
            .field("till", till)
            .field("username", username)
            .field("entities", entities)
            .field("habits", habits)
            .field("faults", faults)
            .finish_non_exhaustive()
    }
}
