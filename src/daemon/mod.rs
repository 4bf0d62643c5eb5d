//! Performs the engine's effects.

pub mod ask;
pub mod agenda;
pub mod books;
pub mod clock;
mod keep;
pub mod peer;
mod perform;
pub mod schedule;
mod source;
pub mod watch;
pub mod listen;
pub mod log;
pub mod ready;
pub mod systemd;
pub mod told;
pub mod view;

pub use perform::{PerformError, Performer};
pub use source::{Source, SourceError};
