//! What to do next at a target, given everything and now.

pub mod batch;
pub mod drift;
pub mod next;
pub mod quota;
pub mod retry;

#[cfg(test)]
mod tests;
