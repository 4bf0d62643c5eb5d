//! The whole road, as a user has it: a directory, the program, a target. Nothing is mocked.

mod answers;
mod days;
mod delta_faults;
mod delta_people;
mod deltas;
mod groups;
mod guarded;
mod identities;
mod killed;
mod patience;
mod state;
mod tokens;
mod unreachable;
mod unreadable;
