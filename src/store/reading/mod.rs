//! What a reading asks of the store, and what it stages.

mod drift;
mod feed;
mod known;
mod question;
mod spans;
mod stage;
mod suspects;

pub(super) use question::confirmed_active;
