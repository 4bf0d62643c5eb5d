//! Who is told that something is wrong, and when. [`conditions`] says what is, [`Told`] what a receiver knows of it and what it is to
//! be told now, [`Message`] in which words.
//!
//! A level, not an edge: nothing is queued. What could not be delivered stays untold, and the next look tells the newest.

mod condition;
mod kind;
mod message;
mod told;

pub use condition::{Condition, Seen, conditions};
pub use kind::Kind;
pub use message::{Message, Stage, trial};
pub use told::{Standing, Terms, Told};

/// What a condition is about: its kind, and the name of a sync, of a destination, or `config`.
pub type Subject = (Kind, String);

#[cfg(test)]
mod tests;
