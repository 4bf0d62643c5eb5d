//! rosterd keeps member rosters in step with a company directory.
//!
//! **The flow in a sentence**: a [`directory`] is read page by page, every entry is fingerprinted and, where it
//! differs from what is known, [`mapping`] turns it into a member and [`plan`] decides — with claims and guard — what
//! is now due at the target; [`store`] keeps that, and [`delivery`] brings it there through a [`destination`].
//!
//! **In reading order**
//!
//! | module | what it is |
//! |---|---|
//! | [`roster`] | the words everybody uses: key, identity, payload, fingerprint, now |
//! | [`directory`] | entries, pages, why somebody is missing; `ldap` touches the wire |
//! | [`mapping`] | entry → judgement: who is active, and with which fields |
//! | [`plan`] | what was read + what is known → what is due; claims, guard |
//! | [`destination`] | the contract of a target, and the targets: protocols without I/O |
//! | [`delivery`] | batches, quota, retry: what to do next, given everything and now |
//! | [`engine`] | the pipeline: events in, effects out |
//! | [`store`] | SQLite: one function a transaction |
//! | [`transport`] | the one HTTP executor |
//! | [`config`] | YAML → checked config, all faults at once |
//! | [`report`] | what is shown: status, runs, a person's story |
//! | [`daemon`] | performs the engine's effects |
//! | [`cli`] | one file a command |
//! | `simulation` | tests only: bad weeks by the hundred, and what must hold in them |
//! | [`sandbox`] | stand-ins for the targets and an embedded directory (cargo feature) |
//!
//! **Invariants**
//!
//! - Only a complete reading can say that someone is gone.
//! - An account with an active claim is never sent as leaving.
//! - `roster`, `mapping`, `plan`, `destination`, `delivery` and `engine` name neither a clock, nor randomness, nor
//!   `async`, nor I/O; `sandbox` imports nothing of the client side. `tests/` holds this.

pub mod cli;
pub mod config;
pub mod daemon;
pub mod delivery;
pub mod destination;
pub mod directory;
pub mod engine;
pub mod mapping;
pub mod plan;
pub mod report;
pub mod roster;
#[cfg(feature = "sandbox")]
pub mod sandbox;
#[cfg(test)]
mod simulation;
pub mod store;
pub mod transport;
