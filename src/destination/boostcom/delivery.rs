//! A bulk's way: sent, taken, asked about until it is done. Where no answer came, its import is asked whether it arrived
//! before anything is sent again.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use super::refusal::{Permit, refusal};
use super::wire::{self, Status};
use super::{Settings, report};
use crate::destination::{Done, Env, Input, Item, Refusal, Reply, Step, Ticket};
use crate::roster::Timestamp;

/// "Check status in intervals not smaller than 5 seconds" (seed).
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
/// After so long the target has forgotten what a bulk's errors were, and who was in it (seed): it can't take effect any
/// more.
pub(super) const FORGOTTEN: SignedDuration = SignedDuration::from_hours(24);

/// Something on the way repeats requests.
const TWICE: &str = "taken more than once: each is waited for";

/// Where a bulk stands.
#[derive(Clone, Serialize, Deserialize)]
struct Stand {
    at: Place,
    /// The import it is part of.
    import: String,
    /// Its request number there.
    number: i64,
    /// Its id there, once that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bulk: Option<u64>,
    /// Seconds until it is asked about again.
    pause: u64,
}

#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Place {
    /// On its way there.
    Sending,
    /// Nobody knows whether it arrived.
    Asking,
    /// It arrived.
    Following,
}

impl Stand {
    fn ticket(&self) -> Ticket {
        Ticket::new(serde_json::to_string(self).unwrap_or_default())
    }

    fn at(&self, at: Place) -> Self {
        Self { at, ..self.clone() }
    }
}

/// The first step: the bulk is sent, under an id of ours, so that it can be asked for whatever becomes of the answer.
pub(super) fn send(settings: &Settings, items: &[Item], env: &Env<'_>) -> Step {
    let import = wire::import_id(env.session);
    let request = wire::send(settings, items, &import, env);
    let pause = FIRST_PAUSE.as_secs();
    let stand = Stand { at: Place::Sending, import, number: env.number, bulk: None, pause };
    Step::Call(request, stand.ticket())
}

/// The next step of a bulk.
pub(super) fn resume(settings: &Settings, items: &[Item], ticket: &Ticket, input: Input<'_>, env: &Env<'_>) -> Step {
    let Some(words) = ticket.words() else {
        return Step::Done(Done::Later(None, Refusal::unsent("rosterd was stopped before")));
    };
    let Ok(stand) = serde_json::from_str::<Stand>(words) else {
        return Step::Done(Done::Lost(Refusal::new("where it stood can't be read")));
    };
    match (stand.at, input) {
        (Place::Sending, Input::Reply(reply)) => sent(settings, items, &stand, reply, env),
        (Place::Sending, Input::Unsent(why)) => Step::Done(Done::Later(None, Refusal::unsent(why))),
        (Place::Sending, Input::Unanswered(why)) => Step::Done(Done::Unknown(Refusal::unanswered(why))),
        (Place::Sending, Input::Woken | Input::Kept(_)) => ask(settings, &stand.at(Place::Asking)),
        (Place::Asking, Input::Reply(reply)) => Arrival { settings, items, stand: &stand, env }.answered(reply),
        (Place::Following, Input::Reply(reply)) => Following { settings, items, stand: &stand, env }.answered(reply),
        (_, Input::Woken | Input::Kept(_)) => ask(settings, &stand),
        (Place::Asking, Input::Unsent(why) | Input::Unanswered(why)) => {
            Step::Done(undecided(settings, env, Refusal::new(format!("could not be asked whether it arrived: {why}"))))
        }
        (Place::Following, Input::Unsent(why) | Input::Unanswered(why)) => {
            Following { settings, items, stand: &stand, env }.later(None, &format!("could not be asked: {why}"))
        }
    }
}

/// What the credential is worth: an import that cannot be there is not found.
pub(super) fn checked(settings: &Settings, input: Input<'_>) -> Done {
    match input {
        Input::Reply(reply) if matches!(reply.status, 200..=299 | 404) => Done::Good(Vec::new()),
        Input::Reply(reply) => {
            let why = refusal(settings, &[], reply, Permit::Get);
            if matches!(reply.status, 401..=403 | 470 | 471) { Done::Unauthorised(why) } else { Done::Later(None, why) }
        }
        Input::Unsent(why) => Done::Later(None, Refusal::unsent(why)),
        Input::Unanswered(why) => Done::Later(None, Refusal::unanswered(why)),
        Input::Kept(_) | Input::Woken => Done::Later(None, Refusal::unanswered("nothing was asked")),
    }
}

fn sent(settings: &Settings, items: &[Item], stand: &Stand, reply: &Reply, env: &Env<'_>) -> Step {
    let no = || refusal(settings, items, reply, Permit::Create);
    Step::Done(match reply.status {
        200..=299 => {
            let given = serde_json::from_str::<wire::Taken>(&reply.body).ok().map(|taken| taken.import_id);
            let import = given.filter(|id| is_id(id)).unwrap_or_else(|| stand.import.clone());
            let stand = Stand { import, ..stand.at(Place::Following) };
            return Step::Wait(env.now + FIRST_PAUSE, stand.ticket(), "taken".to_owned());
        }
        413 => Done::TooLarge(no()),
        422 => Done::Split(no()),
        408 | 500.. => Done::Unknown(no()),
        _ => Done::Later(reply.retry_after, no()),
    })
}

/// What may stand in a path.
fn is_id(id: &str) -> bool {
    (1..=128).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
}

/// A bulk is asked about by its id; as long as that is not known, its import is.
fn ask(settings: &Settings, stand: &Stand) -> Step {
    let request = match stand.bulk {
        Some(bulk) => wire::ask_bulk(settings, &stand.import, bulk),
        None => wire::ask_import(settings, &stand.import),
    };
    Step::Call(request, stand.ticket())
}

/// Our bulk in an import.
enum Ours {
    Missing,
    /// It is there more than once, as something on the way repeats requests, and not all of them are done: what the last
    /// one brings counts.
    Several,
    Bulk(u64),
}

fn ours(stand: &Stand, reply: &Reply) -> Result<Ours, serde_json::Error> {
    let import: wire::Import = serde_json::from_str(&reply.body)?;
    let ours: Vec<_> = import.bulks.iter().filter(|bulk| bulk.request_number == Some(stand.number)).collect();
    let status = |bulk: &&wire::Reference| Status::from_word(&bulk.status);
    let done = |bulk: &&wire::Reference| matches!(status(bulk), Some(Status::Finished | Status::Failed));
    Ok(match ours.as_slice() {
        [] => Ours::Missing,
        [bulk] => Ours::Bulk(bulk.id),
        several if !several.iter().all(done) => Ours::Several,
        several => {
            let finished = several.iter().rfind(|bulk| status(bulk) == Some(Status::Finished));
            Ours::Bulk(finished.unwrap_or(&several[0]).id)
        }
    })
}

/// As long as the target can still tell what became of a bulk, it is asked.
fn undecided(settings: &Settings, env: &Env<'_>, why: Refusal) -> Done {
    if env.now < deadline(settings, env) { Done::Unknown(why) } else { Done::Lost(why) }
}

/// The target counts from when it took the bulk.
fn deadline(settings: &Settings, env: &Env<'_>) -> Timestamp {
    let longest = FORGOTTEN + SignedDuration::try_from(settings.quiet).unwrap_or(FORGOTTEN);
    env.since.checked_add(longest).unwrap_or(Timestamp::MAX)
}

/// A bulk of which nobody knows whether it arrived.
struct Arrival<'a> {
    settings: &'a Settings,
    items: &'a [Item],
    stand: &'a Stand,
    env: &'a Env<'a>,
}

impl Arrival<'_> {
    fn answered(&self, reply: &Reply) -> Step {
        let Self { settings, items, stand, env } = self;
        let never = || Step::Done(Done::Lost(Refusal::new("the target does not know of it: it never arrived")));
        match reply.status {
            200..=299 => match ours(stand, reply) {
                Ok(Ours::Bulk(bulk)) => ask(settings, &Stand { bulk: Some(bulk), ..stand.at(Place::Following) }),
                Ok(Ours::Several) => {
                    let stand = stand.at(Place::Following);
                    Following { settings, items, stand: &stand, env }.later(None, TWICE)
                }
                Ok(Ours::Missing) => never(),
                Err(_) => Step::Done(undecided(settings, env, Refusal::new("the import's status can't be read"))),
            },
            // It is asked only when what was sent can't arrive any more.
            404 => never(),
            _ => Step::Done(undecided(settings, env, refusal(settings, items, reply, Permit::Get))),
        }
    }
}

/// A bulk that arrived.
struct Following<'a> {
    settings: &'a Settings,
    items: &'a [Item],
    stand: &'a Stand,
    env: &'a Env<'a>,
}

impl Following<'_> {
    fn answered(&self, reply: &Reply) -> Step {
        let Self { settings, items, stand, env } = self;
        match reply.status {
            200..=299 if stand.bulk.is_none() => match ours(stand, reply) {
                Ok(Ours::Bulk(bulk)) => ask(settings, &Stand { bulk: Some(bulk), ..(*stand).clone() }),
                Ok(Ours::Several) => self.later(None, TWICE),
                Ok(Ours::Missing) => self.later(None, "taken, but not among the import's bulks yet"),
                Err(_) => self.later(None, "the import's status can't be read"),
            },
            200..=299 => match serde_json::from_str(&reply.body) {
                Ok(bulk) => self.told(&bulk),
                Err(_) => self.later(None, "the bulk's status can't be read"),
            },
            // What was just taken may not be found everywhere at once.
            404 if env.now >= env.since + settings.quiet => {
                Step::Done(Done::Lost(Refusal::new("the target took it and does not know of it any more")))
            }
            404 => self.later(None, "taken, but not found yet"),
            _ => {
                let why = refusal(settings, items, reply, Permit::Get).text;
                self.later(reply.retry_after, &format!("could not be asked: {why}"))
            }
        }
    }

    fn told(&self, bulk: &wire::Bulk) -> Step {
        match Status::from_word(&bulk.status) {
            Some(Status::Finished) => Step::Done(report::finished(self.settings, self.items, bulk, self.env)),
            Some(Status::Failed) => {
                let tries = bulk.retries;
                Step::Done(Done::Failed(Refusal::new(format!("failed at the target after {tries} retries of its own"))))
            }
            Some(Status::WaitingForRetry) => {
                self.later(None, &format!("waiting_for_retry: it failed at the target, retry {} of 5", bulk.retries))
            }
            Some(status @ (Status::Waiting | Status::Working)) => self.later(None, &status.to_string()),
            None => self.later(None, "in a status that this version does not know"),
        }
    }

    /// Asked again after a pause that grows, unless the target will have forgotten by then.
    fn later(&self, asked: Option<Timestamp>, note: &str) -> Step {
        let Self { settings, stand, env, .. } = self;
        let deadline = deadline(settings, env);
        if env.now >= deadline {
            return Step::Done(Done::Lost(Refusal::new(format!("not finished within 24 hours ({note})"))));
        }
        let pause = Duration::from_secs(stand.pause);
        let next = (env.now + pause).max(asked.unwrap_or(env.now)).min(deadline);
        let pause = (pause * 3 / 2).min(LONGEST_PAUSE).as_secs();
        Step::Wait(next, Stand { pause, ..(*stand).clone() }.ticket(), note.to_owned())
    }
}
