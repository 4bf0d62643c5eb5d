//! Performs the engine's effects.

pub mod ask;
pub mod books;
pub mod clock;
mod keep;
pub mod peer;
mod perform;
mod source;
pub mod watch;

pub use perform::{PerformError, Performer};
pub use source::{Source, SourceError};
