//! Everything that needs more than one module: real servers, real HTTP, the real program.

mod directory;
mod fixtures;
mod config;
