//! A running stand-in in a test's hands.

use serde_json::Value;

use super::{Counts, Edit, Entity, Fault, Habits, Receipt, Record};
use crate::sandbox::input::Turn;
use crate::sandbox::shared::Shared;

/// A running stand-in.
#[derive(Clone, Copy)]
pub struct Handle<'a>(&'a Shared);

impl<'a> Handle<'a> {
    pub(in crate::sandbox) fn new(shared: &'a Shared) -> Self {
        Self(shared)
    }

    /// The clients in the order of their ids; deleted ones only where they are kept.
    pub fn clients(self) -> Vec<Record> {
        self.0.look(|world, now| world.capillary.clients(now))
    }

    /// One client by its key, also after it was deleted.
    pub fn client(self, key: &str) -> Option<Record> {
        self.0.look(|world, now| world.capillary.client(key, now))
    }

    /// Puts clients there that somebody else has made, each of them as in a request to create one, and maybe with
    /// `createdOn`. The error says what is wrong, and none is put there.
    pub fn seed(self, clients: Vec<Value>) -> Result<usize, String> {
        let count = clients.len();
        self.0.turn(Turn::CapillarySeed(clients)).map(|()| count)
    }

    /// Changes a client by hand. The error says what is wrong, and nothing has changed then.
    pub fn edit(self, key: &str, edit: Edit) -> Result<(), String> {
        self.0.turn(Turn::CapillaryEdit { key: key.into(), edit })
    }

    /// Deletes a client by hand. The error says that there is none.
    pub fn remove(self, key: &str) -> Result<(), String> {
        self.0.turn(Turn::CapillaryRemove(key.into()))
    }

    /// The scopes of the organization.
    pub fn scopes(self) -> Vec<Entity> {
        self.0.look(|world, _| world.capillary.entities().to_vec())
    }

    /// From now on the organization has these scopes. Clients keep what they were given.
    pub fn set_scopes(self, scopes: impl IntoIterator<Item = Entity>) {
        self.turn(Turn::CapillaryScopes(scopes.into_iter().collect()));
    }

    /// No token is good any more.
    pub fn revoke_tokens(self) {
        self.turn(Turn::CapillaryRevoke);
    }

    /// How many tokens were ever issued.
    pub fn tokens(self) -> u64 {
        self.0.look(|world, _| world.capillary.tokens())
    }

    /// What it does where the documentation leaves it open.
    pub fn habits(self) -> Habits {
        self.0.look(|world, _| world.capillary.habits())
    }

    /// What it does from now on where the documentation leaves it open.
    pub fn set_habits(self, habits: Habits) {
        self.turn(Turn::CapillaryHabits(habits));
    }

    /// Switches these faults on, and all others off.
    pub fn faults(self, faults: impl IntoIterator<Item = Fault>) {
        self.turn(Turn::CapillaryFaults(faults.into_iter().collect()));
    }

    /// The faults that are on: those with a number of times go when they are used up.
    pub fn faults_on(self) -> Vec<Fault> {
        self.0.look(|world, _| world.capillary.faults().to_vec())
    }

    /// The last requests, oldest first.
    pub fn receipts(self) -> Vec<Receipt> {
        self.0.look(|world, _| world.capillary.receipts())
    }

    /// All requests by what became of them.
    pub fn counts(self) -> Counts {
        self.0.look(|world, _| world.capillary.counts())
    }

    fn turn(self, turn: Turn) {
        self.0.turn(turn).expect("only a folder that can't be written keeps it from being turned");
    }
}
