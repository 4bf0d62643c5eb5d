//! Performs the engine's effects.

pub mod ask;
pub mod books;
pub mod clock;
mod keep;
pub mod listen;
pub mod log;
mod perform;
pub mod ready;
mod source;
pub mod systemd;
pub mod told;
pub mod view;

pub use perform::{PerformError, Performer};
pub use source::{Source, SourceError};
