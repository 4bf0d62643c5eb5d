//! A client's way: created, updated or deleted; and what is done about whatever a lost answer or a crash left behind.
//!
//! Woken, a job asks and undoes, and never sends the client: by then other things may be due.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::refusal::refusal;
use super::scope::Entities;
use super::{Adopt, Capillary, Settings, wire};
use crate::destination::{Done, Env, Input, Item, Method, Op, Refusal, Remote, Reply, Scope, Step, Ticket};

mod create;
mod delete;
mod lost;

/// Where a client's job stands.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "snake_case")]
enum Stand {
    /// The target is asked what clients can be given.
    Naming,
    /// Before one is created it is asked which there are.
    Listing { scopes: Vec<Scope> },
    /// Whether its secret could be kept is tried.
    Preparing { scopes: Vec<Scope>, before: Before },
    /// It is on its way there.
    Creating { before: Before },
    /// It was lost on the way; it is looked for.
    Searching { before: Before },
    /// It is there, and its secret on the way to where it is kept.
    Keeping { key: String },
    /// It is updated; one that is taken over by its key.
    Putting { adopted: Option<String> },
    /// It is deleted.
    Deleting(End),
    /// Whether it is gone is not known: the list is asked.
    Missing(End),
    /// And so are its details.
    Asking(End),
    /// It is gone, and so is its secret's file next.
    Discarding(End),
}

/// A client that is deleted.
#[derive(Clone, Serialize, Deserialize)]
struct End {
    key: String,
    /// Why it is deleted again, where nobody could use what was just made; `None`: it leaves.
    undone: Option<String>,
    /// Whether the target answered that.
    answered: bool,
}

/// What was there before a client was created, by which it is found again should the answer be lost.
#[derive(Clone, Serialize, Deserialize)]
struct Before {
    /// Clients of the same name.
    namesakes: Vec<String>,
    /// Whether the list was whole, as far as can be told: all of ours were in it.
    whole: bool,
    /// When it was told, in seconds since 1970 by the target's own clock, which nobody here sets.
    told: Option<i64>,
}

impl Stand {
    fn ticket(&self) -> Ticket {
        Ticket::new(serde_json::to_string(self).unwrap_or_default())
    }
}

/// What a job's steps look at.
#[derive(Clone, Copy)]
struct Client<'a> {
    settings: &'a Settings,
    item: &'a Item,
    env: &'a Env<'a>,
}

/// The first step.
pub(super) fn start(capillary: &Capillary, item: &Item, env: &Env<'_>) -> Step {
    let client = Client { settings: &capillary.settings, item, env };
    match (&item.remote, item.op, &capillary.scopes) {
        (None, Op::Leave, _) => Step::Done(Done::Accepted(vec![(item.account, None)])),
        (Some(remote), Op::Leave, _) => client.delete(remote.as_str()),
        (_, _, Some(scopes)) => client.send(scopes),
        (_, _, None) => Step::Call(wire::scopes(client.settings, env.token), Stand::Naming.ticket()),
    }
}

/// The next step, now that this became of the last one.
pub(super) fn resume(settings: &Settings, item: &Item, ticket: &Ticket, input: Input<'_>, env: &Env<'_>) -> Step {
    let Some(words) = ticket.words() else {
        return Step::Done(Done::Later(None, Refusal::unsent("rosterd was stopped before")));
    };
    let client = Client { settings, item, env };
    match serde_json::from_str(words) {
        Ok(stand) => client.on(stand, input),
        Err(_) => Step::Done(Done::Split(Refusal::new("where it stood can't be read"))),
    }
}

impl Client<'_> {
    fn on(self, stand: Stand, input: Input<'_>) -> Step {
        match stand {
            Stand::Naming => self.named(input),
            Stand::Listing { scopes } => self.listed(scopes, input),
            Stand::Preparing { scopes, before } => self.prepared(&scopes, before, input),
            Stand::Creating { before } => self.created(before, input),
            Stand::Searching { before } => self.searched(before, input),
            Stand::Keeping { key } => self.kept(key, input),
            Stand::Putting { adopted } => self.put(adopted, input),
            Stand::Deleting(end) => self.deleted(end, input),
            Stand::Missing(end) => self.missed(end, input),
            Stand::Asking(end) => self.asked(end, input),
            Stand::Discarding(end) => self.discarded(end, input),
        }
    }

    /// Created or updated, whichever it takes.
    fn send(self, scopes: &[Scope]) -> Step {
        if let Some(remote) = &self.item.remote {
            return self.update(remote.as_str(), None, scopes);
        }
        let stand = Stand::Listing { scopes: scopes.to_vec() };
        Step::Call(wire::list(self.settings, self.env), stand.ticket())
    }

    fn named(self, input: Input<'_>) -> Step {
        match input {
            Input::Reply(reply) => match wire::read_scopes(reply) {
                Some(scopes) => self.send(&scopes),
                None => Step::Done(self.nothing_sent(reply)),
            },
            other => Step::Done(nothing_came(other)),
        }
    }

    /// Always the whole of it.
    fn update(self, key: &str, adopted: Option<String>, scopes: &[Scope]) -> Step {
        match wire::body(&self.item.payload, Entities(scopes)) {
            Ok(body) => {
                let request = wire::client(self.settings, Method::Put, key, Some(body), self.env);
                Step::Call(request, Stand::Putting { adopted }.ticket())
            }
            Err(why) => Step::Done(Done::Split(Refusal::new(why))),
        }
    }

    fn put(self, adopted: Option<String>, input: Input<'_>) -> Step {
        Step::Done(match input {
            Input::Reply(reply) if wire::data(reply).is_some() => {
                let remote = adopted.map(|key| (self.item.account, Some(Remote::new(key))));
                Done::Accepted(remote.into_iter().collect())
            }
            // Put there again only by a run that looked, and asked the guard. Nobody else waits for that: where they did, the
            // target would be left alone whenever its sync's turn comes to look.
            Input::Reply(reply) if wire::status(reply) == 404 => {
                Done::Split(Refusal::new("the client is not there any more; the next run looks for it"))
            }
            // An update that is sent again is the same update.
            Input::Woken | Input::Kept(_) => Done::Lost(Refusal::new("no answer")),
            other => self.sent(other),
        })
    }

    /// What became of a call that may have changed something, and did not end well.
    fn sent(self, input: Input<'_>) -> Done {
        let reply = match input {
            Input::Reply(reply) => reply,
            Input::Unsent(why) => return Done::Later(None, Refusal::unsent(why)),
            Input::Unanswered(why) => return Done::Unknown(Refusal::unanswered(why)),
            Input::Kept(_) | Input::Woken => return Done::Unknown(Refusal::unanswered("nothing was asked")),
        };
        let refusal = self.refusal(reply);
        match wire::status(reply) {
            401 => Done::Unauthorised(refusal),
            400 | 409 | 413 | 415 | 422 => Done::Split(refusal),
            // A success that says what is wrong is none; one that can't be read may be one.
            200..=299 if wire::errors(reply).is_some() && no_data(reply) => Done::Split(refusal),
            200..=299 | 408 => Done::Unknown(refusal),
            300..=499 => Done::Later(reply.retry_after, refusal),
            _ => Done::Unknown(refusal),
        }
    }

    /// What became of a question before anything was sent, and did not end well.
    fn nothing_sent(self, reply: &Reply) -> Done {
        match wire::status(reply) {
            401 => Done::Unauthorised(self.refusal(reply)),
            _ => Done::Later(reply.retry_after, self.refusal(reply)),
        }
    }

    /// What became of a question on whose answer it hangs whether something was done.
    fn undecided(self, input: Input<'_>) -> Done {
        match input {
            Input::Reply(reply) if wire::status(reply) == 401 => Done::Unauthorised(self.refusal(reply)),
            Input::Reply(reply) => Done::Unknown(self.refusal(reply)),
            Input::Unsent(why) => Done::Unknown(Refusal::unsent(why)),
            Input::Unanswered(why) => Done::Unknown(Refusal::unanswered(why)),
            Input::Kept(_) | Input::Woken => Done::Unknown(Refusal::unanswered("nothing was asked")),
        }
    }

    fn refusal(self, reply: &Reply) -> Refusal {
        refusal(self.settings, Some(self.item), self.env.token, reply)
    }
}

/// Nothing was sent yet, whatever became of it.
fn nothing_came(input: Input<'_>) -> Done {
    Done::Later(
        None,
        match input {
            Input::Unsent(why) => Refusal::unsent(why),
            Input::Unanswered(why) => Refusal::unanswered(why),
            Input::Kept(Err(why)) => Refusal::new(why),
            Input::Reply(_) | Input::Kept(Ok(())) | Input::Woken => Refusal::unsent("rosterd was stopped before"),
        },
    )
}

fn no_data(reply: &Reply) -> bool {
    serde_json::from_str::<Value>(&reply.body).is_ok_and(|body| body["data"].is_null())
}
