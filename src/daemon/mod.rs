//! Performs the engine's effects.

pub mod books;
mod keep;
mod perform;
mod source;

pub use perform::{PerformError, Performer};
pub use source::{Source, SourceError};
