//! A target that takes a batch with a ticket and works on it for as long as it likes, as Boostcom will.

use std::sync::Arc;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{refusal, request};
use crate::destination::veris::Veris;
use crate::destination::{
    Destination, Done, Env, Input, Item, Job, Limits, Member, MemberFault, Method, Refusal, Reply, Step, Ticket,
};
use crate::roster::{Fingerprint, Identity, Payload};

/// Nothing is followed for longer.
const LONGEST: SignedDuration = SignedDuration::from_hours(24);

#[derive(Debug)]
pub struct Imports {
    /// With the same people, limits and secret.
    pub veris: Arc<Veris>,
}

/// Where a batch stands.
#[derive(Serialize, Deserialize)]
#[serde(tag = "at")]
enum Stand {
    /// On its way there.
    Posting { import: String },
    /// Nobody knows whether it arrived.
    Asking(Following),
    /// It arrived.
    Following(Following),
}

#[derive(Clone, Serialize, Deserialize)]
struct Following {
    import: String,
    pause: i64,
}

impl Stand {
    fn ticket(&self) -> Ticket {
        Ticket::new(serde_json::to_string(self).unwrap())
    }

    fn of(ticket: &Ticket) -> Option<Self> {
        ticket.words().map(|words| serde_json::from_str(words).unwrap())
    }
}

impl Destination for Imports {
    fn realm(&self) -> String {
        format!("imports of {}", self.veris.realm())
    }

    fn credential(&self) -> Fingerprint {
        self.veris.credential()
    }

    fn limits(&self) -> Limits {
        Limits { token: None, ..self.veris.limits() }
    }

    fn identity_field(&self) -> &'static str {
        self.veris.identity_field()
    }

    fn columns(&self) -> Vec<&'static str> {
        self.veris.columns()
    }

    fn member(&self, mapped: &Payload) -> Result<Member, Vec<MemberFault>> {
        self.veris.member(mapped)
    }

    fn leaving(&self, identity: &Identity, _last: &Payload) -> Payload {
        self.veris.leaving(identity, &Payload::default())
    }

    fn start(&self, job: Job<'_>, env: &Env<'_>) -> Step {
        let Job::Deliver(items) = job else { return Step::Done(Done::Later(None, Refusal::unsent("no such job"))) };
        let import = Fingerprint::of(format!("{} {}", env.session, env.number).as_bytes()).to_string();
        let members: Vec<_> = items.iter().map(|item| item.payload.fields()).collect();
        let body = json!({ "import": import, "members": members }).to_string();
        Step::Call(request(Method::Post, "imports", None, Some(body)), Stand::Posting { import }.ticket())
    }

    fn resume(&self, job: Job<'_>, ticket: &Ticket, input: Input<'_>, env: &Env<'_>) -> Step {
        let Job::Deliver(items) = job else { return Step::Done(Done::Later(None, Refusal::unsent("no such job"))) };
        match Stand::of(ticket) {
            None => Step::Done(Done::Later(None, Refusal::unsent("a crash came first"))),
            Some(Stand::Posting { import }) => posted(import, input, env),
            Some(Stand::Asking(following)) => followed(following, Stand::Asking, items, input, env),
            Some(Stand::Following(following)) => followed(following, Stand::Following, items, input, env),
        }
    }
}

fn posted(import: String, input: Input<'_>, env: &Env<'_>) -> Step {
    let following = Following { import, pause: 5 };
    let reply = match input {
        Input::Reply(reply) => reply,
        Input::Unsent(why) => return Step::Done(Done::Later(None, Refusal::unsent(why))),
        Input::Woken => return ask(&Stand::Asking(following.clone()), &following),
        Input::Unanswered(_) | Input::Kept(_) => return Step::Done(Done::Unknown(Refusal::unanswered("cut"))),
    };
    let no = refusal(reply);
    match reply.status {
        200..=299 => {
            let first = env.now + SignedDuration::from_secs(following.pause);
            Step::Wait(first, Stand::Following(following).ticket(), "taken".to_owned())
        }
        400 => Step::Done(Done::Split(no)),
        401 => Step::Done(Done::Unauthorised(no)),
        413 => Step::Done(Done::TooLarge(no)),
        402..=499 => Step::Done(Done::Later(reply.retry_after, no)),
        _ => Step::Done(Done::Unknown(no)),
    }
}

fn ask(stand: &Stand, following: &Following) -> Step {
    Step::Call(request(Method::Get, &format!("imports/{}", following.import), None, None), stand.ticket())
}

fn followed(
    following: Following,
    stand: fn(Following) -> Stand,
    items: &[Item],
    input: Input<'_>,
    env: &Env<'_>,
) -> Step {
    let arrived = matches!(stand(following.clone()), Stand::Following(_));
    match input {
        Input::Woken => ask(&stand(following.clone()), &following),
        Input::Reply(Reply { status: 200, body, .. }) => match judged(body, items) {
            Some(done) => Step::Done(done),
            None => later(following, Stand::Following, env),
        },
        Input::Reply(Reply { status: 404, .. }) if arrived => Step::Done(Done::Lost(Refusal::new("forgotten"))),
        Input::Reply(Reply { status: 404, .. }) => Step::Done(Done::Later(None, Refusal::new("never arrived"))),
        _ => later(following, stand, env),
    }
}

fn later(following: Following, stand: fn(Following) -> Stand, env: &Env<'_>) -> Step {
    if env.since + LONGEST < env.now {
        return Step::Done(Done::Lost(Refusal::new("not done within a day")));
    }
    let pause = (following.pause * 2).min(300);
    Step::Wait(
        env.now + SignedDuration::from_secs(pause),
        stand(Following { pause, ..following }).ticket(),
        "working".to_owned(),
    )
}

/// What became of the members; `None` while the target is at work on them.
fn judged(body: &str, items: &[Item]) -> Option<Done> {
    let body: Value = serde_json::from_str(body).unwrap();
    let no = || Refusal::new("not welcome");
    match body["state"].as_str().unwrap() {
        "working" => None,
        "failed" => Some(Done::Later(None, Refusal::new("the import failed"))),
        _ => {
            let refused = |item: &&Item| body["errors"].get(item.identity.as_str()).is_some();
            Some(Done::Partly(items.iter().filter(refused).map(|item| (item.account, no())).collect()))
        }
    }
}
