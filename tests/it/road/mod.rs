//! The whole road, as a user has it: a directory, the program, a target. Nothing is mocked.

mod days;
mod guarded;
mod identities;
mod unreachable;
mod unreadable;
