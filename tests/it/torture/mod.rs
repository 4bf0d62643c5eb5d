//! What must hold whatever happens: parts that are killed together, networks that fail half-way, disks that are full,
//! stores that are copied, and several who are at work on one. `tests/torture` does the same for longer.

mod company;
mod journal;
mod oracle;
mod storm;
