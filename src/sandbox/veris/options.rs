//! How the stand-in starts.

use std::fmt;
use std::time::Duration;

use super::Fault;

/// How the stand-in starts, and what it goes back to on a reset.
#[derive(Clone)]
pub struct Options {
    /// Header `client_id`; `sandbox`.
    pub client_id: String,
    /// Header `client_secret`; `sandbox-secret`.
    pub client_secret: String,
    /// Header `x-api-key`; `sandbox-key`.
    pub api_key: String,
    /// Token requests in the window; 150.
    pub quota: usize,
    /// The window; 24 hours, rolling.
    pub window: Duration,
    /// How long a token is good; 15 minutes.
    pub lifetime: Duration,
    /// Members a batch may hold; 500.
    pub batch_limit: usize,
    /// Faults that are on from the start; none.
    pub faults: Vec<Fault>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            client_id: "sandbox".into(),
            client_secret: "sandbox-secret".into(),
            api_key: "sandbox-key".into(),
            quota: 150,
            window: Duration::from_hours(24),
            lifetime: Duration::from_mins(15),
            batch_limit: 500,
            faults: Vec::new(),
        }
    }
}

/// Without the secrets: somebody may have put real ones in.
impl fmt::Debug for Options {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { client_id, client_secret: _, api_key: _, quota, window, lifetime, batch_limit, faults } = self;
        formatter
            .debug_struct("Options")
            .field("client_id", client_id)
            .field("quota", quota)
            .field("window", window)
            .field("lifetime", lifetime)
            .field("batch_limit", batch_limit)
            .field("faults", faults)
            .finish_non_exhaustive()
    }
}
