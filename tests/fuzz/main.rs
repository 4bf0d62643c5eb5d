//! Everything that comes from outside, bent and broken: no panic, no hang, no memory without bound.
//!
//! Each target feeds its corpus (`corpus/NAME`) as it is, then mutations of it by seed. `ROSTERD_SEEDS=from..to` names
//! others than the usual ones; a seed that fails is printed, with its input in a file. Beside them stand the worst cases
//! that no mutation would come upon, made by size.

#[cfg(test)]
mod corpus;
#[cfg(test)]
mod harness;
#[cfg(test)]
mod mutate;
#[cfg(test)]
mod watch;

#[cfg(test)]
mod config;
#[cfg(test)]
mod control;
#[cfg(test)]
mod destinations;
#[cfg(test)]
mod ldap;
#[cfg(test)]
#[cfg(feature = "sandbox")]
mod ldif;
#[cfg(test)]
mod mapping;
#[cfg(test)]
mod transport;
