//! What a stand-in answers, as a value: status, headers, body, and the way it reaches the client or fails to.

use std::time::Duration;

use serde_json::{Value, json};

/// An answer and its fate on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// The body, whole.
    pub body: String,
    /// `Content-Type`.
    pub content_type: &'static str,
    /// `Retry-After`, in seconds.
    pub retry_after: Option<u64>,
    /// `Location`.
    pub location: Option<String>,
    /// Kept back this long before the first byte.
    pub wait: Duration,
    /// What the client gets to see of it.
    pub delivery: Delivery,
}

/// What the client gets to see of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Delivery {
    /// All of it.
    Whole,
    /// The head at once, the body in single bytes over this time.
    Slow(Duration),
    /// Head and half of the body, then the connection ends.
    Truncated,
    /// A body of [`HUGE`] bytes.
    Huge,
    /// The connection ends before the first byte.
    Cut,
    /// Nothing, and the connection stays open.
    Hang,
}

/// Bytes of a huge body: more than anybody should be willing to read.
pub const HUGE: usize = 64 * 1024 * 1024;

impl Answer {
    pub(super) fn new(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            body: body.into(),
            content_type: "application/json",
            retry_after: None,
            location: None,
            wait: Duration::ZERO,
            delivery: Delivery::Whole,
        }
    }

    pub(super) fn json(status: u16, body: &Value) -> Self {
        Self::new(status, body.to_string())
    }

    /// The seed shows no error, so the shape is ours.
    pub(super) fn error(status: u16, message: &str) -> Self {
        Self::json(status, &json!({ "error": message }))
    }

    pub(super) fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_after = Some(seconds);
        self
    }

    pub(super) fn delivered(mut self, delivery: Delivery) -> Self {
        self.delivery = delivery;
        self
    }

    /// How the answer looks from outside, for the journal.
    pub(super) fn seen(&self) -> String {
        match self.delivery {
            Delivery::Cut => "cut".into(),
            Delivery::Hang => "hang".into(),
            Delivery::Truncated => format!("{} truncated", self.status),
            Delivery::Whole | Delivery::Slow(_) | Delivery::Huge => self.status.to_string(),
        }
    }
}
