//! Performs the engine's effects.

mod perform;
mod source;

pub use perform::{PerformError, Performer};
pub use source::{Source, SourceError};
