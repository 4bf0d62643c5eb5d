//! The road to Capillary as a user has it: real slapd, the real program, the sandbox's organisation over real HTTP.

mod commands;
mod days;
mod drift;
mod example;
mod killed;
mod names;
mod vault;
