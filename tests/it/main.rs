//! Everything that needs more than one module: real servers, real HTTP, the real program.

// Always true here: it tells clippy that helpers are tests too, in which a panic is how to fail.
#[cfg(test)]
mod directory;
#[cfg(test)]
mod fixtures;
