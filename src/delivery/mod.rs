//! What to do next at a target, given everything and now: [`quota`] when a token may be asked for, [`retry`] when to
//! try again.

pub mod quota;
pub mod retry;
