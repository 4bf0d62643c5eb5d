//! Performs the engine's effects.

pub mod agenda;
pub mod books;
pub mod clock;
mod keep;
mod perform;
pub mod schedule;
mod source;

pub use perform::{PerformError, Performer};
pub use source::{Source, SourceError};
