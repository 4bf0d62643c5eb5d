//! A look at everybody the target knows: what clients can be given, the list of clients, then the details of ours, which
//! alone tell their scopes.

use std::collections::BTreeMap;

use super::Settings;
use super::refusal::refusal;
use super::scope::Entities;
use super::wire::{self, Client};
use crate::destination::{Done, Env, Input, Look, Method, Refusal, Reply, Seen, Step, Ticket};

/// How many answers come before the details of ours.
const BEFORE: usize = 2;

/// The first step.
pub(super) fn start(settings: &Settings, env: &Env<'_>) -> Step {
    Step::Call(wire::scopes(settings, env.token), at(0))
}

/// The next step, or what was seen.
pub(super) fn resume(settings: &Settings, look: &Look, ticket: &Ticket, input: Input<'_>, env: &Env<'_>) -> Step {
    let reply = match input {
        Input::Reply(reply) => reply,
        Input::Unsent(why) => return Step::Done(Done::Later(None, Refusal::unsent(why))),
        Input::Unanswered(why) => return Step::Done(Done::Later(None, Refusal::unanswered(why))),
        Input::Kept(_) | Input::Woken => {
            return Step::Done(Done::Later(None, Refusal::unanswered("nothing was asked")));
        }
    };
    let step: usize = ticket.words().and_then(|words| words.parse().ok()).unwrap_or_default();
    let readable = match step {
        0 => wire::read_scopes(reply).is_some(),
        1 => Client::read_list(reply).is_some(),
        _ => wire::status(reply) == 404 || Client::read(reply).is_some(),
    };
    if !readable {
        let why = refusal(settings, None, env.token, reply);
        return Step::Done(if wire::status(reply) == 401 {
            Done::Unauthorised(why)
        } else {
            Done::Later(reply.retry_after, why)
        });
    }
    if step == 0 {
        return Step::Call(wire::list(settings, env), at(1));
    }
    match look.ours.get(step + 1 - BEFORE) {
        Some(next) => Step::Call(wire::client(settings, Method::Get, next.as_str(), None, env), at(step + 1)),
        None => Step::Done(seen(look, reply)),
    }
}

fn at(step: usize) -> Ticket {
    Ticket::new(step.to_string())
}

/// What all answers come to. The list says nothing of how long it is: that it is whole shows in the details of ours, which
/// say of each whether it is there. Where they differ it is no list of anything.
fn seen(look: &Look, last: &Reply) -> Done {
    let unreadable = || Done::Later(None, Refusal::new("its answers can't be read"));
    let replies: Vec<&Reply> = look.replies.iter().chain([last]).collect();
    let [scopes, list, details @ ..] = replies.as_slice() else { return unreadable() };
    let (Some(scopes), Some(list)) = (wire::read_scopes(scopes), Client::read_list(list)) else { return unreadable() };
    let mut there: BTreeMap<String, Client> =
        list.into_iter().filter(Client::is_there).map(|client| (client.key().to_owned(), client)).collect();
    for (ours, reply) in look.ours.iter().zip(details) {
        let detailed = Client::read(reply).filter(Client::is_there);
        match (detailed, there.get_mut(ours.as_str())) {
            (Some(detailed), Some(listed)) if detailed.key() == ours.as_str() => *listed = detailed,
            (None, None) => {}
            (Some(_), None) => return Done::Later(None, Refusal::new("its list of clients was cut short")),
            _ => return Done::Later(None, Refusal::new("its list of clients and their details differ")),
        }
    }
    let seen = |client: &Client| Seen {
        remote: client.remote(),
        payload: client.payload(Entities(&scopes)),
        since: client.since().map(str::to_owned),
    };
    Done::Observed(there.values().map(seen).collect(), scopes.clone())
}
