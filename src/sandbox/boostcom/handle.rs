//! A running stand-in in a test's hands.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Bulk, Counts, Fault, Permits, Receipt, Record, Workers};
use crate::sandbox::input::Turn;
use crate::sandbox::shared::Shared;

/// A running stand-in.
#[derive(Clone, Copy)]
pub struct Handle<'a>(&'a Shared);

impl<'a> Handle<'a> {
    pub(in crate::sandbox) fn new(shared: &'a Shared) -> Self {
        Self(shared)
    }

    /// Members by their mail in lower case, or by msisdn where they have none.
    pub fn members(self) -> BTreeMap<String, Record> {
        self.0.look(|world, now| world.boostcom.members(now))
    }

    /// One member, by mail or msisdn.
    pub fn member(self, identifier: &str) -> Option<Record> {
        self.0.look(|world, now| world.boostcom.member(identifier, now))
    }

    /// Puts members there without an import, each of them as in the `members` of one. The error says what is wrong, and
    /// nobody is put there.
    pub fn seed(self, members: Vec<Value>) -> Result<usize, String> {
        let count = members.len();
        self.0.turn(Turn::BoostcomSeed(members)).map(|()| count)
    }

    /// Switches these faults on, and all others off.
    pub fn faults(self, faults: impl IntoIterator<Item = Fault>) {
        self.turn(Turn::BoostcomFaults(faults.into_iter().collect()));
    }

    /// The faults that are on: those with a number of times go when they are used up.
    pub fn faults_on(self) -> Vec<Fault> {
        self.0.look(|world, _| world.boostcom.faults().to_vec())
    }

    /// How bulks are worked on.
    pub fn workers(self) -> Workers {
        self.0.look(|world, now| {
            world.boostcom.settle(now);
            world.boostcom.workers().clone()
        })
    }

    /// From now on bulks are worked on like this.
    pub fn set_workers(self, workers: Workers) {
        self.turn(Turn::BoostcomWorkers(workers));
    }

    /// What the client may do from now on.
    pub fn set_permits(self, permits: Permits) {
        self.turn(Turn::BoostcomPermits(permits));
    }

    /// All bulks, oldest first.
    pub fn bulks(self) -> Vec<Bulk> {
        self.0.look(|world, now| world.boostcom.bulks(now).to_vec())
    }

    /// The last requests, oldest first.
    pub fn receipts(self) -> Vec<Receipt> {
        self.0.look(|world, _| world.boostcom.receipts())
    }

    /// All requests by what became of them.
    pub fn counts(self) -> Counts {
        self.0.look(|world, _| world.boostcom.counts())
    }

    fn turn(self, turn: Turn) {
        self.0.turn(turn).expect("only a folder that can't be written keeps it from being turned");
    }
}
