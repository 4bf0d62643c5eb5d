//! A client is deleted, because it leaves or because nobody could use what was just made; and its secret's file after it.

use std::path::PathBuf;

use super::{Client, End, Stand};
use crate::destination::capillary::wire;
use crate::destination::{Chore, Done, Input, Method, Refusal, Reply, Step};

impl Client<'_> {
    pub(super) fn delete(self, key: &str) -> Step {
        self.end(End { key: key.to_owned(), undone: None, answered: false })
    }

    /// Deletes a client that nobody can use: it was just made, and so is nobody's yet.
    pub(super) fn undo(self, key: String, why: String) -> Step {
        if self.env.ours.iter().any(|ours| ours.as_str() == key) {
            return Step::Done(Done::Split(Refusal::new(format!("told of {key} as new, which is somebody else's"))));
        }
        self.end(End { key, undone: Some(why), answered: false })
    }

    fn end(self, end: End) -> Step {
        // Nobody saws off the branch they sit on.
        if end.key == self.settings.auth.name() {
            return Step::Done(Done::Split(Refusal::new(
                "it is the client in `auth`, by which rosterd is known itself",
            )));
        }
        let request = wire::client(self.settings, Method::Delete, &end.key, None, self.env);
        Step::Call(request, Stand::Deleting(end).ticket())
    }

    /// "Not found" may be anybody's word on the way, and a success that does not say so is none: the list has to say it,
    /// too. After a crash nobody knows.
    pub(super) fn deleted(self, end: End, input: Input<'_>) -> Step {
        match input {
            Input::Reply(reply) if is_gone(reply, &end.key) => self.discard(end),
            Input::Reply(reply) if wire::status(reply) == 404 || wire::data(reply).is_some() => {
                self.miss(End { answered: true, ..end })
            }
            Input::Woken | Input::Kept(_) => self.again(end),
            other if end.undone.is_some() => Step::Done(self.undecided(other)),
            other => Step::Done(self.sent(other)),
        }
    }

    /// Woken. By now it may be wanted again, unless it was nobody's ever.
    fn again(self, end: End) -> Step {
        if end.undone.is_some() { self.end(end) } else { self.miss(end) }
    }

    fn miss(self, end: End) -> Step {
        Step::Call(wire::list(self.settings, self.env), Stand::Missing(end).ticket())
    }

    pub(super) fn missed(self, end: End, input: Input<'_>) -> Step {
        let reply = match input {
            Input::Reply(reply) => reply,
            Input::Woken | Input::Kept(_) => return self.again(end),
            other => return Step::Done(self.undecided(other)),
        };
        match wire::Client::read_list(reply) {
            None => Step::Done(self.undecided(input)),
            Some(clients) if clients.iter().any(|client| client.key() == end.key && client.is_there()) => {
                Step::Done(still_there(&end))
            }
            // A list may be cut short.
            Some(_) => {
                let request = wire::client(self.settings, Method::Get, &end.key, None, self.env);
                Step::Call(request, Stand::Asking(end).ticket())
            }
        }
    }

    pub(super) fn asked(self, end: End, input: Input<'_>) -> Step {
        let reply = match input {
            Input::Reply(reply) => reply,
            Input::Woken | Input::Kept(_) => return self.again(end),
            other => return Step::Done(self.undecided(other)),
        };
        match wire::Client::read(reply) {
            _ if wire::status(reply) == 404 || is_gone(reply, &end.key) => self.discard(end),
            Some(client) if client.key() == end.key => Step::Done(still_there(&end)),
            _ => Step::Done(self.undecided(input)),
        }
    }

    fn discard(self, end: End) -> Step {
        match self.file(&end.key) {
            Some(file) => Step::Keep(Chore::Discard(file), Stand::Discarding(end).ticket()),
            None => self.ended(end, Ok(())),
        }
    }

    pub(super) fn discarded(self, end: End, input: Input<'_>) -> Step {
        match input {
            Input::Kept(kept) => self.ended(end, kept),
            _ => self.discard(end),
        }
    }

    fn ended(self, end: End, discarded: Result<(), &str>) -> Step {
        Step::Done(match (end.undone, discarded) {
            (None, Ok(())) => Done::Accepted(vec![(self.item.account, None)]),
            // Not at once, and not for ever: it is asked for again each time.
            (None, Err(why)) => Done::Failed(Refusal::new(format!("it is deleted; but {why}"))),
            (Some(undone), Ok(())) => Done::Later(None, Refusal::new(undone)),
            (Some(undone), Err(why)) => Done::Later(None, Refusal::new(format!("{undone}; but {why}"))),
        })
    }

    /// Where a client's secret is kept.
    pub(super) fn file(self, key: &str) -> Option<PathBuf> {
        self.settings.vault.folder.as_ref().map(|folder| folder.join(format!("{key}.json")))
    }
}

/// Whether an answer about a client says that it is there no more.
fn is_gone(reply: &Reply, key: &str) -> bool {
    wire::Client::read(reply).is_some_and(|client| client.key() == key && !client.is_there())
}

fn still_there(end: &End) -> Done {
    match end {
        // Woken, it is deleted once more.
        End { undone: Some(undone), .. } => Done::Unknown(Refusal::new(format!("{undone}; but it is still there"))),
        // To send it at once again would be to send it for ever.
        End { answered: true, .. } => Done::Failed(Refusal::new("its deletion was answered, and it is still there")),
        _ => Done::Lost(Refusal::new("no answer; it is still there")),
    }
}
