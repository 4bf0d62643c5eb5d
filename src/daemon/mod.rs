//! Performs the engine's effects.

mod perform;
mod source;

pub use perform::{Performer, PerformError};
pub use source::Source;
