//! What can go wrong with a call.

use jiff::SignedDuration;

use crate::destination::Reply;
use crate::engine::Event;
use crate::roster::Timestamp;

/// What goes wrong with a call.
#[derive(Clone, Copy, Debug)]
pub enum Fault {
    /// Answered with this status, nothing applied; `Retry-After` in seconds.
    Status(u16, Option<i64>),
    /// Applied, but the answer is lost.
    Cut,
    /// Neither applied nor answered.
    Lost,
    /// Applied, not answered, and applied once more so many seconds later: somebody on the way repeats requests.
    Twice(i64),
    /// Never left.
    Unsent,
    /// Not answered, and takes effect so many seconds later.
    Late(i64),
    /// Applied, but answered with this status.
    Applied(u16),
    /// All is well; the fault after it is for the next call.
    Fine,
}

pub(super) fn shown(fault: Option<Fault>) -> String {
    fault.map(|fault| format!(" → {fault:?}")).unwrap_or_default()
}

pub(super) fn answer(fault: Option<Fault>, whole: Event, now: Timestamp) -> Event {
    match fault {
        None | Some(Fault::Fine) => whole,
        Some(Fault::Status(status, wait)) => answered(status, wait, "", now),
        Some(Fault::Applied(status)) => answered(status, None, "", now),
        Some(Fault::Cut | Fault::Lost | Fault::Late(_) | Fault::Twice(_)) => {
            Event::Unanswered("the connection was cut".to_owned())
        }
        Some(Fault::Unsent) => Event::Unsent("no route to host".to_owned()),
    }
}

pub(super) fn answered(status: u16, wait: Option<i64>, body: &str, now: Timestamp) -> Event {
    let retry_after = wait.map(|seconds| now + SignedDuration::from_secs(seconds));
    Event::Replied(Reply { status, date: Some(now), retry_after, redirect: None, body: body.to_owned() })
}
