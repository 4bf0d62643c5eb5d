//! A client that was sent and whose answer was lost, or whose secret is nowhere: it is deleted again, where it is known
//! which it is.

use std::time::Duration;

use jiff::SignedDuration;

use super::{Before, Client, Stand};
use crate::destination::capillary::member::{DESCRIPTION, EXPIRY, NAME, TILL};
use crate::destination::capillary::scope::Entities;
use crate::destination::capillary::{Settings, wire};
use crate::destination::{Done, Input, Refusal, Step};

/// How long until a list that may be cut short is asked for again.
const AGAIN: Duration = Duration::from_mins(1);
/// How long it takes at most from a list to the creation after it.
const SPARE: Duration = Duration::from_mins(1);

/// How long it is asked for; then what it shows has to do, and nobody is deleted by it.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

impl Client<'_> {
    pub(super) fn search(self, before: Before) -> Step {
        Step::Call(wire::list(self.settings, self.env), Stand::Searching { before }.ticket())
    }

    /// It is deleted only if no client had its name in a list told just before, exactly one has it now, and that one was
    /// created right after that, and as it was sent. Else somebody has to look: it may be anybody's.
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
        let found_by = |key: &str| clients.iter().find(|client| client.key() == key);
        let made = |key: &str| {
            let ours = |client: &wire::Client| before.made(client, self.settings) && self.is_as_sent(client);
            whole && found_by(key).is_some_and(ours)
        };
        match found.as_slice() {
            [] if whole => Step::Done(Done::Later(None, Refusal::new("no answer; it was not created"))),
            [] => Step::Done(Done::Stuck(Refusal::new(
                "its creation was not answered, and for a day the list of clients was cut short: look whether it is at \
                 Capillary, delete it there if it is, then `rosterd retry`",
            ))),
            [key] if made(key) => {
                self.undo(key.clone(), "made without its secret being told: deleted again".to_owned())
            }
            found => Step::Done(Done::Stuck(Refusal::new(format!(
                "its creation was not answered, and whether it is one of these clients can't be told: {}; their secrets \
                 are lost. Delete it at Capillary if it is, then `rosterd retry`",
                found.join(", ")
            )))),
        }
    }

    /// Whether a client has all that a list shows as it was sent.
    fn is_as_sent(self, client: &wire::Client) -> bool {
        let shown = client.payload(Entities(&[]));
        let same = |field: &&str| shown.fields().get(*field) == self.item.payload.fields().get(*field);
        [NAME, DESCRIPTION, EXPIRY, TILL].iter().all(same)
    }
}

impl Before {
    /// Whether a client can only have been made then, and by us: nobody had its name before. What was sent right after the
    /// list was told takes effect within the time that the target is given, or never.
    pub(super) fn made(&self, client: &wire::Client, settings: &Settings) -> bool {
        let longest = settings.quiet.saturating_add(SPARE).as_secs().cast_signed();
        let since = || Some((0..=longest).contains(&client.created()?.as_second().checked_sub(self.told?)?));
        self.whole && self.namesakes.is_empty() && since() == Some(true)
    }
}
