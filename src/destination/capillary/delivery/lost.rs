//! A client that was sent and whose answer was lost, or whose secret is nowhere: it is deleted again, where it is known
//! which it is.

use std::time::Duration;

use jiff::SignedDuration;

use super::{Before, Client, Stand};
use crate::destination::capillary::wire;
use crate::destination::{Done, Input, Refusal, Step};

/// How long until a list that may be cut short is asked for again.
const AGAIN: Duration = Duration::from_mins(1);

/// How long it is asked for; then what it shows has to do, and nobody is deleted by it.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

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
        if !self.is_whole(&clients) && self.env.since + LONGEST > self.env.now {
            let until = self.env.now + AGAIN;
            return Step::Wait(
                until,
                Stand::Searching { before }.ticket(),
                "looking for a client whose creation was not answered".to_owned(),
            );
        }
        let mut found = self.namesakes(&clients);
        found.retain(|key| !before.namesakes.contains(key));
        let whole = self.is_whole(&clients);
        let made = |key: &str| whole && clients.iter().find(|it| it.key() == key).is_some_and(|it| before.made(it));
        match found.as_slice() {
            [] if whole => Step::Done(Done::Later(None, Refusal::new("no answer; it was not created"))),
            [] => Step::Done(Done::Split(Refusal::new(
                "its creation was not answered, and for a day the list of clients was cut short: look whether it is at \
                 Capillary, delete it there if it is, then `rosterd retry`",
            ))),
            [key] if made(key) => {
                self.undo(key.clone(), "made without its secret being told: deleted again".to_owned())
            }
            found => Step::Done(Done::Split(Refusal::new(format!(
                "its creation was not answered, and whether it is one of these clients can't be told: {}; their secrets \
                 are lost. Delete it at Capillary if it is, then `rosterd retry`",
                found.join(", ")
            )))),
        }
    }
}

impl Before {
    /// Whether a client can only have been made since, and by us: nobody had its name before.
    pub(super) fn made(&self, client: &wire::Client) -> bool {
        let since = || Some(client.created()?.as_second() >= self.told?);
        self.whole && self.namesakes.is_empty() && since() == Some(true)
    }
}
