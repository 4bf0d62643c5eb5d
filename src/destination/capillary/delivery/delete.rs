//! A client is deleted, and its secret's file after it.

use std::path::PathBuf;

use super::{Client, Stand};
use crate::destination::capillary::wire;
use crate::destination::{Chore, Done, Input, Method, Refusal, Reply, Step};

impl Client<'_> {
    pub(super) fn delete(self, key: &str) -> Step {
        // Nobody saws off the branch they sit on.
        if key == self.settings.auth.name() {
            return Step::Done(Done::Split(Refusal::new(
                "it is the client in `auth`, by which rosterd is known itself",
            )));
        }
        let request = wire::client(self.settings, Method::Delete, key, None, self.env);
        Step::Call(request, Stand::Deleting { key: key.to_owned() }.ticket())
    }

    /// "Not found" may be anybody's word on the way, so that the list has to say it, too; and after a crash nobody knows.
    pub(super) fn deleted(self, key: String, input: Input<'_>) -> Step {
        match input {
            Input::Reply(reply) if wire::data(reply).is_some() => self.discard(key),
            Input::Reply(Reply { status: 404, .. }) | Input::Woken | Input::Kept(_) => self.miss(key),
            other => Step::Done(self.sent(other)),
        }
    }

    fn miss(self, key: String) -> Step {
        Step::Call(wire::list(self.settings, self.env), Stand::Missing { key }.ticket())
    }

    pub(super) fn missed(self, key: String, input: Input<'_>) -> Step {
        let reply = match input {
            Input::Reply(reply) => reply,
            Input::Woken | Input::Kept(_) => return self.miss(key),
            other => return Step::Done(self.undecided(other)),
        };
        match wire::Client::read_list(reply) {
            None => Step::Done(self.undecided(input)),
            Some(clients) if clients.iter().any(|client| client.key() == key && client.is_there()) => {
                Step::Done(Done::Lost(Refusal::new("no answer; it is still there")))
            }
            // A list may be cut short.
            Some(_) => {
                let request = wire::client(self.settings, Method::Get, &key, None, self.env);
                Step::Call(request, Stand::Asking { key }.ticket())
            }
        }
    }

    pub(super) fn asked(self, key: String, input: Input<'_>) -> Step {
        let reply = match input {
            Input::Reply(reply) => reply,
            Input::Woken | Input::Kept(_) => return self.miss(key),
            other => return Step::Done(self.undecided(other)),
        };
        match wire::Client::read(reply) {
            Some(client) if client.is_there() => Step::Done(Done::Lost(Refusal::new("it is still there"))),
            Some(_) => self.discard(key),
            None if reply.status == 404 => self.discard(key),
            None => Step::Done(self.undecided(input)),
        }
    }

    fn discard(self, key: String) -> Step {
        match self.file(&key) {
            Some(file) => Step::Keep(Chore::Discard(file), Stand::Discarding { key }.ticket()),
            None => Step::Done(Done::Accepted(vec![(self.item.account, None)])),
        }
    }

    pub(super) fn discarded(self, key: &str, input: Input<'_>) -> Step {
        match input {
            Input::Kept(Ok(())) => Step::Done(Done::Accepted(vec![(self.item.account, None)])),
            Input::Kept(Err(why)) => Step::Done(Done::Lost(Refusal::new(format!("it is deleted; but {why}")))),
            _ => self.discard(key.to_owned()),
        }
    }

    /// Where a client's secret is kept.
    pub(super) fn file(self, key: &str) -> Option<PathBuf> {
        self.settings.vault.folder.as_ref().map(|folder| folder.join(format!("{key}.json")))
    }
}
