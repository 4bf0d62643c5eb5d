//! Everything that needs more than one module: real servers, real HTTP, the real program.

#[cfg(test)]
mod commands;
mod config;
mod directory;
mod fixtures;
