//! Every command that README and `docs/` show is run, with what it prints compared with what is shown.
//!
//! `claims` says who runs which page or section, and fails where nobody does. Runners take the blocks out of the page
//! (`page`) and type them into a shell (`shell`). Those that need a world that other tests make lie beside these, as in
//! `package/documented.rs`.

pub mod claims;
pub mod compare;
mod guard;
mod inline;
pub mod page;
mod sandbox;
pub mod shell;
