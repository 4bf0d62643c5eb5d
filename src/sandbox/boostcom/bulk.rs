//! A bulk: one request's members and what became of them.

use std::fmt;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde_json::{Map, Value};

use super::send::Sent;
use crate::sandbox::instant;

/// One request's members.
#[derive(Clone, Serialize)]
pub struct Bulk {
    /// Counted from 1, over all imports.
    pub id: u64,
    /// The import it belongs to.
    pub import_id: String,
    /// As the client gave it; nobody looks whether it is unique.
    pub request_number: Option<i64>,
    /// Whether it leaves members alone that are there.
    pub only_create: bool,
    /// How far it is.
    pub status: Status,
    /// Members in it.
    pub size: usize,
    /// Members it created.
    pub created: usize,
    /// Members it updated.
    pub updated: usize,
    /// Members with validation errors.
    pub invalid: usize,
    /// How often its job failed.
    pub retries: u32,
    /// The validation errors by the member's identifier, until they are removed.
    pub errors: Map<String, Value>,
    /// When it came.
    #[serde(with = "instant")]
    pub created_at: Timestamp,
    /// Since when it has its status.
    #[serde(with = "instant")]
    pub since: Timestamp,
    /// The members, until they are removed.
    #[serde(skip)]
    pub(super) payload: Option<Arc<Vec<Value>>>,
}

/// How far a bulk is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No job has picked it yet.
    Waiting,
    /// A job is at it.
    Working,
    /// A job has ended well, whatever became of the members.
    Finished,
    /// Nothing becomes of it any more.
    Failed,
    /// A job failed; another one will pick it.
    WaitingForRetry,
}

impl Bulk {
    pub(super) fn new(id: u64, import_id: String, sent: Sent, at: Timestamp) -> Self {
        let Sent { import_id: _, request_number, only_create, members } = sent;
        Self {
            id,
            import_id,
            request_number,
            only_create,
            status: Status::Waiting,
            size: members.len(),
            created: 0,
            updated: 0,
            invalid: 0,
            retries: 0,
            errors: Map::new(),
            created_at: at,
            since: at,
            payload: Some(Arc::new(members)),
        }
    }

    pub(super) fn becomes(&mut self, status: Status, at: Timestamp) {
        self.status = status;
        self.since = at;
    }

    /// Its members as they were sent, until they are removed.
    pub fn members(&self) -> &[Value] {
        self.payload.as_ref().map_or(&[], |members| members.as_slice())
    }

    /// Whether nothing will become of it any more.
    pub fn is_done(&self) -> bool {
        matches!(self.status, Status::Finished | Status::Failed)
    }

    /// Whether its members, and what was wrong with them, have been removed.
    pub fn is_removed(&self) -> bool {
        self.payload.is_none()
    }
}

/// Members are people: neither they nor their identifiers get into logs and panics.
impl fmt::Debug for Bulk {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Bulk")
            .field("id", &self.id)
            .field("import_id", &self.import_id)
            .field("request_number", &self.request_number)
            .field("status", &self.status)
            .field("size", &self.size)
            .field("retries", &self.retries)
            .finish_non_exhaustive()
    }
}
