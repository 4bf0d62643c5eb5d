//! A client that was sent and whose answer was lost, or whose secret is nowhere: it is deleted again, where it is known
//! which it is.

use std::time::Duration;

use super::{Before, Client, Stand};
use crate::destination::capillary::wire;
use crate::destination::{Chore, Done, Input, Method, Refusal, Step};

/// How long until a list that may be cut short is asked for again.
const AGAIN: Duration = Duration::from_mins(1);

impl Client<'_> {
    pub(super) fn search(self, before: Before) -> Step {
        Step::Call(wire::list(self.settings, self.env), Stand::Searching { before }.ticket())
    }

    /// It is deleted only if no client had its name in a list told just before, exactly one has it now, and that one was
    /// created since then. Else somebody has to look: it may be anybody's.
    pub(super) fn searched(self, before: Before, input: Input<'_>) -> Step {
        let reply = match input {
            Input::Reply(reply) => reply,
            Input::Woken | Input::Kept(_) => return self.search(before),
            other => return Step::Done(self.undecided(other)),
        };
        let Some(clients) = wire::Client::read_list(reply) else { return Step::Done(self.undecided(input)) };
        if !self.is_whole(&clients) {
            let until = self.env.now + AGAIN;
            return Step::Wait(
                until,
                Stand::Searching { before }.ticket(),
                "looking for a client whose creation was not answered".to_owned(),
            );
        }
        let mut found = self.namesakes(&clients);
        found.retain(|key| !before.namesakes.contains(key));
        let since = |key: &str| {
            let client = clients.iter().find(|client| client.key() == key)?;
            Some(client.created()?.as_second() >= before.told?)
        };
        match found.as_slice() {
            [] => Step::Done(Done::Later(None, Refusal::new("no answer; it was not created"))),
            [key] if before.whole && before.namesakes.is_empty() && since(key) == Some(true) => {
                self.undo(key.clone(), "made without its secret being told: deleted again".to_owned())
            }
            found => Step::Done(Done::Split(Refusal::new(format!(
                "its creation was not answered, and whether it is one of these clients can't be told: {}; their secrets \
                 are lost. Delete it at Capillary if it is, then `rosterd retry`",
                found.join(", ")
            )))),
        }
    }

    /// Deletes a client that nobody can use.
    pub(super) fn undo(self, key: String, why: String) -> Step {
        let request = wire::client(self.settings, Method::Delete, &key, None, self.env);
        Step::Call(request, Stand::Undoing { key, why }.ticket())
    }

    pub(super) fn undone(self, key: String, why: String, input: Input<'_>) -> Step {
        match input {
            Input::Reply(reply) if reply.status == 404 || wire::data(reply).is_some() => match self.file(&key) {
                Some(file) => Step::Keep(Chore::Discard(file), Stand::Clearing { key, why }.ticket()),
                None => Step::Done(Done::Later(None, Refusal::new(why))),
            },
            Input::Woken | Input::Kept(_) => self.undo(key, why),
            other => Step::Done(self.undecided(other)),
        }
    }
}
