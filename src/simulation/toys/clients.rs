//! A target that gives its members names and secrets of its own, says each secret once, and can be read, as Capillary
//! will.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{refusal, request};
use crate::destination::veris::Veris;
use crate::destination::{
    Chore, Destination, Done, Env, Input, Item, Job, Limits, Member, MemberFault, Mending, Method, Op, Refusal, Remote,
    Reply, Secret, Seen, Step, Ticket,
};
use crate::roster::{Fingerprint, Identity, Key, Payload, Timestamp, Unique};

/// A field the target never shows.
pub const HIDDEN: &str = "country";

#[derive(Debug)]
pub struct Clients {
    /// With the same people, limits and secret.
    pub veris: Arc<Veris>,
}

/// Where a client's job stands.
#[derive(Serialize, Deserialize)]
#[serde(tag = "at")]
enum Stand {
    /// Whether there is a client of that name already is asked before one is made.
    Listing,
    Creating,
    /// It may have been made: it is looked for by its name, of which there was none before.
    Searching,
    /// Made; its secret is on the way to its file.
    Keeping {
        key: String,
    },
    /// Made, and its secret lost.
    Undoing {
        key: String,
    },
    Putting,
    Deleting,
    /// It may have been deleted.
    Missing,
}

impl Stand {
    fn ticket(&self) -> Ticket {
        Ticket::new(serde_json::to_string(self).unwrap())
    }
}

/// The file of a member's secret.
pub fn path(identity: &str) -> PathBuf {
    PathBuf::from(format!("secrets/{identity}.json"))
}

impl Destination for Clients {
    fn realm(&self) -> String {
        format!("clients of {}", self.veris.realm())
    }

    fn credential(&self) -> Fingerprint {
        self.veris.credential()
    }

    fn limits(&self) -> Limits {
        Limits { batch: NonZeroUsize::MIN, readable: Some(Mending::Repair), ..self.veris.limits() }
    }

    fn identity_field(&self) -> &'static str {
        self.veris.identity_field()
    }

    fn columns(&self) -> Vec<&'static str> {
        self.veris.columns()
    }

    fn member(&self, key: &Key, mapped: &Payload) -> Result<Member, Vec<MemberFault>> {
        self.veris.member(key, mapped)
    }

    fn leaving(&self, _identity: &Identity, last: &Payload, _let_go: &[Unique]) -> Payload {
        last.clone()
    }

    fn start(&self, job: Job<'_>, env: &Env<'_>) -> Step {
        match job {
            Job::Authenticate => Step::Call(request(Method::Get, "token", None, None), Ticket::NONE),
            Job::Observe(_) => list(env, Ticket::NONE),
            Job::Check => Step::Done(Done::Later(None, Refusal::unsent("nobody asked"))),
            Job::Deliver([item]) => first(item, env),
            Job::Deliver(_) => Step::Done(Done::TooLarge(Refusal::new("one at a time"))),
        }
    }

    fn resume(&self, job: Job<'_>, ticket: &Ticket, input: Input<'_>, env: &Env<'_>) -> Step {
        match (job, ticket.words()) {
            (Job::Authenticate, _) => Step::Done(authenticated(input, env.now)),
            (Job::Observe(_) | Job::Check, _) => Step::Done(observed(input)),
            (Job::Deliver(_), None) => Step::Done(Done::Later(None, Refusal::unsent("a crash came first"))),
            (Job::Deliver(items), Some(words)) => on(serde_json::from_str(words).unwrap(), &items[0], input, env),
        }
    }

    fn held(&self, confirmed: &Payload, seen: &Payload) -> Payload {
        let hidden = confirmed.fields().get(HIDDEN).cloned();
        hidden.into_iter().fold(seen.clone(), |seen, hidden| seen.with(HIDDEN, hidden))
    }
}

fn list(env: &Env<'_>, ticket: Ticket) -> Step {
    Step::Call(request(Method::Get, "clients", env.token, None), ticket)
}

fn delete(key: &str, stand: &Stand, env: &Env<'_>) -> Step {
    Step::Call(request(Method::Delete, &format!("clients/{key}"), env.token, None), stand.ticket())
}

fn first(item: &Item, env: &Env<'_>) -> Step {
    match (&item.remote, item.op == Op::Leave) {
        (None, true) => Step::Done(Done::Accepted(Vec::new())),
        (Some(key), true) => delete(key.as_str(), &Stand::Deleting, env),
        (None, false) => list(env, Stand::Listing.ticket()),
        (Some(key), false) => {
            let path = format!("clients/{}", key.as_str());
            let body = Some(item.payload.to_json());
            Step::Call(request(Method::Put, &path, env.token, body), Stand::Putting.ticket())
        }
    }
}

/// The next step from where the job stands.
fn on(stand: Stand, item: &Item, input: Input<'_>, env: &Env<'_>) -> Step {
    match (stand, input) {
        (Stand::Listing, Input::Woken) => Step::Done(Done::Later(None, Refusal::unsent("only a list was asked for"))),
        // One that is not there any more is made anew.
        (Stand::Putting, Input::Reply(Reply { status: 404, .. })) => list(env, Stand::Listing.ticket()),
        (Stand::Listing, Input::Reply(Reply { status: 200, body, .. })) => match named(body, item).as_deref() {
            Some([]) => {
                let body = Some(item.payload.to_json());
                Step::Call(request(Method::Post, "clients", env.token, body), Stand::Creating.ticket())
            }
            Some(_) => Step::Done(Done::Split(Refusal::new("there is a client of that name already"))),
            None => Step::Done(Done::Later(None, Refusal::new("the list was cut short"))),
        },
        (Stand::Creating | Stand::Searching, Input::Woken) => list(env, Stand::Searching.ticket()),
        (Stand::Creating, Input::Reply(Reply { status: 200, body, .. })) => {
            let made: Value = serde_json::from_str(body).unwrap();
            let key = made["key"].as_str().unwrap().to_owned();
            let path = Some(path(item.identity.as_str()));
            let secret = Secret { path, command: Vec::new(), value: body.as_str().into() };
            Step::Keep(Chore::Keep(secret), Stand::Keeping { key }.ticket())
        }
        (Stand::Searching, Input::Reply(Reply { status: 200, body, .. })) => match named(body, item).as_deref() {
            Some([]) => Step::Done(Done::Later(None, Refusal::new("was not created"))),
            Some([key]) => delete(key, &Stand::Undoing { key: key.clone() }, env),
            Some(_) => Step::Done(Done::Split(Refusal::new("there are several clients of that name"))),
            None => {
                Step::Wait(env.now + SignedDuration::from_mins(1), Stand::Searching.ticket(), "searching".to_owned())
            }
        },
        (Stand::Keeping { key }, Input::Kept(Ok(()))) => {
            Step::Done(Done::Accepted(vec![(item.account, Some(Remote::new(key)))]))
        }
        // Also when a crash came first: whether it was kept is not known, and it is not told again.
        (Stand::Keeping { key }, _) | (Stand::Undoing { key }, Input::Woken) => {
            delete(&key.clone(), &Stand::Undoing { key }, env)
        }
        (Stand::Undoing { .. }, Input::Reply(Reply { status: 200 | 404, .. })) => {
            Step::Done(Done::Later(None, Refusal::new("made without its secret being kept: made anew")))
        }
        (Stand::Putting, Input::Reply(Reply { status: 200, .. })) => Step::Done(Done::Accepted(Vec::new())),
        (Stand::Putting, Input::Woken) => Step::Done(Done::Lost(Refusal::new("no answer"))),
        (Stand::Deleting | Stand::Missing, Input::Woken) => list(env, Stand::Missing.ticket()),
        (Stand::Missing, Input::Reply(Reply { status: 200, body, .. })) => {
            Step::Done(match named(body, item).as_deref() {
                Some([]) => Done::Accepted(vec![(item.account, None)]),
                Some(_) => Done::Lost(Refusal::new("is there still")),
                None => Done::Unknown(Refusal::new("the list was cut short")),
            })
        }
        (Stand::Deleting, Input::Reply(Reply { status: 200 | 404, .. })) => {
            Step::Done(Done::Accepted(vec![(item.account, None)]))
        }
        (stand, input) => Step::Done(failed(&stand, input)),
    }
}

/// Keys of the clients with a member's name; `None` when the list is not whole.
fn named(body: &str, item: &Item) -> Option<Vec<String>> {
    let clients = whole(body)?;
    let same = clients.iter().filter(|client| client["fields"]["unique_id"] == item.identity.as_str());
    Some(same.map(|client| client["key"].as_str().unwrap().to_owned()).collect())
}

fn whole(body: &str) -> Option<Vec<Value>> {
    let body: Value = serde_json::from_str(body).unwrap();
    let clients = body["clients"].as_array().unwrap().clone();
    (body["total"] == json!(clients.len())).then_some(clients)
}

/// Reading applies nothing; of everything else only some answers say so.
fn failed(stand: &Stand, input: Input<'_>) -> Done {
    let undecided = matches!(stand, Stand::Searching | Stand::Undoing { .. } | Stand::Missing);
    match input {
        Input::Reply(reply) if reply.status == 401 => Done::Unauthorised(refusal(reply)),
        Input::Reply(reply) if undecided => Done::Unknown(refusal(reply)),
        Input::Unsent(why) if undecided => Done::Unknown(Refusal::unsent(why)),
        Input::Unanswered(why) if matches!(stand, Stand::Listing) => Done::Later(None, Refusal::unanswered(why)),
        Input::Reply(reply) if matches!(stand, Stand::Listing) => Done::Later(reply.retry_after, refusal(reply)),
        Input::Reply(reply) => match reply.status {
            400 => Done::Split(refusal(reply)),
            413 => Done::TooLarge(refusal(reply)),
            402..=499 => Done::Later(reply.retry_after, refusal(reply)),
            _ => Done::Unknown(refusal(reply)),
        },
        Input::Unsent(why) => Done::Later(None, Refusal::unsent(why)),
        Input::Unanswered(_) | Input::Kept(_) | Input::Woken => Done::Unknown(Refusal::unanswered("cut")),
    }
}

fn authenticated(input: Input<'_>, now: Timestamp) -> Done {
    match input {
        Input::Reply(Reply { status: 200, body, .. }) => {
            Done::Token(body.as_str().into(), now + SignedDuration::from_mins(15))
        }
        Input::Reply(reply) if reply.status == 401 => Done::Unauthorised(refusal(reply)),
        Input::Reply(reply) => Done::Later(reply.retry_after, refusal(reply)),
        Input::Unsent(why) => Done::Later(None, Refusal::unsent(why)),
        _ => Done::Later(None, Refusal::unanswered("cut")),
    }
}

fn observed(input: Input<'_>) -> Done {
    let reply = match input {
        Input::Reply(reply) if reply.status == 401 => return Done::Unauthorised(refusal(reply)),
        Input::Reply(reply) => reply,
        _ => return Done::Later(None, Refusal::unanswered("cut")),
    };
    let clients = if reply.status == 200 { whole(&reply.body) } else { None };
    let Some(clients) = clients else { return Done::Later(None, refusal(reply)) };
    let seen = |client: &Value| Seen {
        remote: Remote::new(client["key"].as_str().unwrap()),
        payload: Payload::from_json(&client["fields"].to_string()).unwrap(),
        since: None,
    };
    Done::Observed(clients.iter().map(seen).collect(), Vec::new())
}
