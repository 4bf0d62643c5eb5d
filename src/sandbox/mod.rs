//! Stand-ins for the target systems and an embedded directory. Imports nothing of the client side: its own wire types
//! catch the client's mistakes.
//!
//! A target is plain state whose methods take the time as an argument ([`veris`], [`boostcom`], [`capillary`]); the HTTP face over it parses
//! and prints, and spoils answers where a fault says so. Time is [`Sandbox`]'s own clock, which only moves forward:
//! tests advance it instead of sleeping.

pub(crate) mod answer;
pub mod boostcom;
mod boostcom_control;
pub mod capillary;
mod capillary_control;
mod clock;
mod connection;
mod control;
pub mod directory;
mod face;
pub mod fault;
mod folder;
mod input;
mod instant;
pub mod ldif;
mod server;
mod shared;
mod span;
pub mod veris;
mod world;

pub use folder::{Folder, FolderError};
pub use server::{Options, Sandbox};

#[cfg(test)]
mod tests;
