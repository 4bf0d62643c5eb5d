//! Values → what people read. Pure: times are values, nothing is asked, colours are nobody's.
//!
//! Whatever comes from a directory or a target is shown without control characters: a terminal obeys those.

pub(super) mod attention;
mod check;
mod clients;
mod daemon;
mod link;
mod plan;
mod runs;
mod sentences;
mod status;
mod steer;
mod story;
pub(super) mod words;

pub use check::check;
pub use clients::{clients, scopes};
pub use daemon::{Glance, glance};
pub use link::link;
pub use plan::plan;
pub use runs::runs;
pub use sentences::sentences;
pub use status::status;
pub use steer::approved;
pub use story::{meaning, nobody, story};
pub use words::{argument, printable};

#[cfg(test)]
mod tests;
