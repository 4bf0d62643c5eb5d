//! What must hold at every moment.

mod admitted;
mod at_rest;
mod called;
pub mod clients;
mod resumed;

pub use admitted::admitted;
pub use at_rest::at_rest;
pub use called::called;
pub use resumed::{added_up, resumed};

/// Verdicts of people who stay as they were for now, for a reason that is recorded.
const KEPT: [&str; 4] = ["held", "disputed", "absent", "imported"];
