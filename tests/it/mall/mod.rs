//! The road to Boostcom as a user has it: real slapd, the real program, the sandbox's club over real HTTP.

mod abreast;
mod consent;
mod crowd;
mod example;
mod killed;
mod numbers;
mod password;
mod permits;
mod restarted;
mod shared;
