//! Everything that needs more than one module: real servers, real HTTP, the real program.

mod commands;
mod config;
mod directory;
mod fixtures;
